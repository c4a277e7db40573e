// @ts-check
/**
 * From `new EventSource` on a fresh page to the request's arrival at the server. Each page is in a
 * new tab, which in Chromium has a process of its own: so the module has been evaluated, but no
 * WebAssembly has been compiled, not even by a page before.
 */

import { median, order } from './statistics.mjs'

/**
 * @typedef {object} FirstRequestResult
 * @property {number} pages of each
 * @property {number} native the median, in ms
 * @property {number} ours the median, in ms
 * @property {number} difference the median of the differences of two pages in turn, in ms
 */

/**
 * @param {import('./page.mjs').Page} page
 * @param {{ pages: number }} settings how many pages of each
 * @returns {Promise<FirstRequestResult>}
 */
export async function measureFirstRequest(page, { pages }) {
  /** @type {Record<import('./browser/classes.mjs').ClassName, number[]>} */
  const times = { native: [], ours: [] }
  for (let round = 0; round < pages; round++) {
    for (const name of order(/** @type {const} */ (['native', 'ours']), round)) {
      await page.showInNewTab('first-request.html')
      times[name].push(await page.call('firstRequest', name))
    }
  }
  return {
    pages,
    native: median(times.native),
    ours: median(times.ours),
    difference: median(times.ours.map((time, round) => time - times.native[round])),
  }
}
