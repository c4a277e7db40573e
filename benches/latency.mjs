// @ts-check
/**
 * Latency: from the server's write to the listener, at a rate at which nobody has to hurry. Ours and
 * the native class take turns on one page, whose clock is compared with the server's beforehand.
 */

import { median, order, quantile, spread } from './statistics.mjs'

const RATE = 100

/** @typedef {{ median: number, p99: number }} Latency in ms */

/**
 * @typedef {object} LatencyResult
 * @property {number} rate events a second
 * @property {number} events of each
 * @property {Latency} native
 * @property {Latency} ours
 * @property {{ median: import('./statistics.mjs').Spread, p99: number }} ratio ours over native; the
 *   spread is that of the turns
 */

/**
 * @param {import('./page.mjs').Page} page
 * @param {{ turns: number, events: number }} settings turns of each, and events in each
 * @returns {Promise<LatencyResult>}
 */
export async function measureLatency(page, { turns, events }) {
  await page.show('latency.html')
  /** @type {Record<import('./browser/classes.mjs').ClassName, number[][]>} */
  const latencies = { native: [], ours: [] }
  for (let turn = 0; turn < turns; turn++) {
    for (const name of order(/** @type {const} */ (['native', 'ours']), turn)) {
      latencies[name].push(await page.call('latencies', name, String(RATE), String(events)))
    }
  }
  const native = summary(latencies.native)
  const ours = summary(latencies.ours)
  const ratios = latencies.ours.map((turn, index) => median(turn) / median(latencies.native[index]))
  const ratio = {
    median: { ...spread(ratios), median: ours.median / native.median },
    p99: ours.p99 / native.p99,
  }
  return { rate: RATE, events: turns * events, native, ours, ratio }
}

/**
 * @param {number[][]} turns
 * @returns {Latency}
 */
function summary(turns) {
  const all = turns.flat()
  return { median: median(all), p99: quantile(all, 0.99) }
}
