// @ts-check
/**
 * Latency: from the server's write to the listener, at a rate at which nobody has to hurry. Ours,
 * the native class and a bare reader, which shows what no script can do without, take turns on one
 * page, whose clock is compared with the server's beforehand.
 */

import { median, order, quantile, spread } from './statistics.mjs'

const RATE = 100

const CLIENTS = /** @type {const} */ (['native', 'ours', 'reader'])

/** @typedef {(typeof CLIENTS)[number]} Client */

/** @typedef {{ median: number, p99: number }} Latency in ms */

/**
 * @typedef {object} LatencyResult
 * @property {number} rate events a second
 * @property {number} events of each
 * @property {Latency} native
 * @property {Latency} ours
 * @property {Latency} reader
 * @property {Ratio} ratio ours over native
 * @property {Ratio} limit the bare reader over native
 */

/** @typedef {{ median: import('./statistics.mjs').Spread, p99: number }} Ratio the spread is that of the turns */

/**
 * @param {import('./page.mjs').Page} page
 * @param {{ turns: number, events: number }} settings turns of each, and events in each
 * @returns {Promise<LatencyResult>}
 */
export async function measureLatency(page, { turns, events }) {
  await page.show('latency.html')
  /** @type {Record<Client, number[][]>} */
  const latencies = { native: [], ours: [], reader: [] }
  for (let turn = 0; turn < turns; turn++) {
    for (const name of order(CLIENTS, turn)) {
      latencies[name].push(await page.call('latencies', name, String(RATE), String(events)))
    }
  }
  const { native, ours, reader } = latencies
  return {
    rate: RATE,
    events: turns * events,
    native: summary(native),
    ours: summary(ours),
    reader: summary(reader),
    ratio: ratio(ours, native),
    limit: ratio(reader, native),
  }
}

/**
 * @param {number[][]} turns
 * @param {number[][]} others those of what it is compared with
 * @returns {Ratio}
 */
function ratio(turns, others) {
  const ratios = turns.map((turn, index) => median(turn) / median(others[index]))
  const [own, other] = [summary(turns), summary(others)]
  return {
    median: { ...spread(ratios), median: own.median / other.median },
    p99: own.p99 / other.p99,
  }
}

/**
 * @param {number[][]} turns
 * @returns {Latency}
 */
function summary(turns) {
  const all = turns.flat()
  return { median: median(all), p99: quantile(all, 0.99) }
}
