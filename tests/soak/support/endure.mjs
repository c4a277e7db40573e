// @ts-check
/** Has a client in a page read a stream to its end, and measures the page on the way. */

import { setTimeout as sleep } from 'node:timers/promises'

import { slope } from './trend.mjs'

/** @typedef {import('./browser.mjs').Figures} Figures */

/** How long nothing may come before a client counts as stuck, in ms. */
const STUCK_MS = 30_000

/** How long to wait before a page is asked again, in ms: at first, and at most. */
const PAUSES = { first: 50, longest: 2_000 }

/** The clients that are put to the test, by the names that the page knows. */
export const CLIENTS = ['ours', 'native', 'eventsource', '@microsoft/fetch-event-source']

/** What only ours can be told: to come back as soon as the server says. */
export const OPTIONS = /** @type {Record<string, object>} */ ({ ours: { reconnect: { minDelay: 1, delay: 1 } } })

/**
 * @typedef {object} Endurance
 * @property {import('./browser.mjs').Count} count
 * @property {number} requests that the server has seen
 * @property {string} outcome what was in the way of the end, after a comma; empty if nothing was
 * @property {Figures[]} figures after each sample, the first one apart
 * @property {number} growth of the heap, in bytes per million events
 */

/**
 * @param {import('./server.mjs').SoakServer} server
 * @param {import('./browser.mjs').SoakPage} page
 * @param {object} settings
 * @param {string} settings.client
 * @param {Omit<import('./server.mjs').Plan, 'hold'>} settings.plan
 * @param {number} settings.samples
 * @param {number} [settings.limit] how long it may take, in ms
 * @param {(text: string) => void} [settings.tell]
 * @returns {Promise<Endurance>}
 */
export async function endure(server, page, { client, plan, samples, limit = Infinity, tell }) {
  // Whole connections, so that each sample is at the end of one.
  const hold = plan.each * Math.floor(plan.count / plan.each / samples)
  const run = server.run(client, { ...plan, hold })
  const index = await page.connect(client, `/numbers?run=${encodeURIComponent(client)}`, OPTIONS[client])
  /** @type {Figures[]} */
  const figures = []
  /** @type {number[]} */
  const places = []
  const end = Date.now() + limit
  let outcome = ''
  for (let place = hold; place <= plan.count && outcome === ''; place += hold) {
    if (!(await reaches(page, index, place, STUCK_MS, end))) {
      outcome = Date.now() > end ? `, stopped after ${Math.round(limit / 1_000)} s` : ', then nothing more'
    }
    figures.push(await page.figures(server))
    places.push(place)
    tell?.(`${client}: ${place} events, ${(figures.at(-1)?.heap ?? 0) / 1e6} MB`)
    run.release()
  }
  const count = await page.count(index)
  await page.disconnect(index)
  if (outcome === '') count.lost += Math.max(0, plan.count - count.last)
  // What the first events need is no growth.
  const warm = Math.min(2, figures.length - 2)
  const growth =
    figures.length < 3
      ? NaN
      : slope(figures.slice(warm).map(({ heap }, i) => ({ at: (places[i + warm] ?? 0) / 1e6, value: heap })))
  return { count, requests: run.requests, outcome, figures: figures.slice(Math.max(warm, 0)), growth }
}

/**
 * @param {import('./browser.mjs').SoakPage} page
 * @param {number} index
 * @param {number} place
 * @param {number} [limit] how long nothing may come, in ms
 * @param {number} [end] how long to wait at all
 * @returns {Promise<boolean>} false if nothing comes any more, or it takes too long
 */
export async function reaches(page, index, place, limit = STUCK_MS, end = Infinity) {
  let last = -1
  let since = Date.now()
  let pause = PAUSES.first
  for (;;) {
    const count = await page.count(index)
    if (count.last >= place) return true
    if (count.received !== last) {
      last = count.received
      since = Date.now()
    }
    if (Date.now() - since > limit || Date.now() > end) return false
    await sleep(pause)
    // More and more rarely: each question leaves a hundred bytes in the page, which would count as the client's.
    pause = Math.min(pause * 1.2, PAUSES.longest)
  }
}

/**
 * What is told of memory in the table.
 * @param {Pick<Endurance, 'figures' | 'growth'>} endurance
 * @returns {string}
 */
export function memoryOf({ figures, growth }) {
  const last = figures.at(-1)
  if (last === undefined) return 'unknown'
  const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(2)} MB`
  const parts = [`heap ${megabytes(last.heap)}`]
  if (Number.isFinite(growth)) parts.push(`${growth < 0 ? '−' : '+'}${megabytes(Math.abs(growth))} per million`)
  if (last.wasm > 0) parts.push(`wasm ${megabytes(last.wasm)}`)
  for (const key of /** @type {const} */ (['listeners', 'timers', 'sockets', 'connections'])) {
    const values = figures.map((one) => one[key])
    const [least, most] = [Math.min(...values), Math.max(...values)]
    parts.push(`${least === most ? most : `${least} to ${most}`} ${key}`)
  }
  return parts.join(', ')
}
