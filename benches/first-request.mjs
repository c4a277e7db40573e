// @ts-check
/**
 * From `new EventSource` on a fresh page to the request's arrival at the server. Each page is in a
 * new tab, which in Chromium has a process of its own: so the script has been evaluated, but no
 * WebAssembly has been compiled that it does not compile by itself, not even by a page before.
 */

import { median, order } from './statistics.mjs'

/** The native class, and the files of the package that have one. */
export const FIRST_REQUEST_CLIENTS = /** @type {const} */ (['native', 'polyfill', 'index', 'slim'])

/** @typedef {(typeof FIRST_REQUEST_CLIENTS)[number]} Client */

/**
 * @typedef {object} FirstRequestResult
 * @property {number} pages of each
 * @property {Record<Client, number>} medians in ms
 * @property {Record<Client, number>} later the medians of the differences to the native class in the
 *   same round, in ms
 */

/**
 * @param {import('./page.mjs').Page} page
 * @param {{ pages: number }} settings how many pages of each
 * @returns {Promise<FirstRequestResult>}
 */
export async function measureFirstRequest(page, { pages }) {
  /** @type {Record<Client, number[]>} */
  const times = { native: [], polyfill: [], index: [], slim: [] }
  for (let round = 0; round < pages; round++) {
    for (const client of order(FIRST_REQUEST_CLIENTS, round)) {
      await page.showInNewTab('first-request.html')
      times[client].push(await page.call('firstRequest', client))
    }
  }
  /** @param {(client: Client) => number} figure */
  const ofEach = (figure) =>
    /** @type {Record<Client, number>} */ (
      Object.fromEntries(FIRST_REQUEST_CLIENTS.map((client) => [client, figure(client)]))
    )
  return {
    pages,
    medians: ofEach((client) => median(times[client])),
    later: ofEach((client) =>
      median(times[client].map((time, round) => time - times.native[round])),
    ),
  }
}
