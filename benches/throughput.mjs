// @ts-check
/**
 * How many events a second each client delivers.
 *
 * Three tables, each for questions of its own:
 *
 * - `server`: from a real server to the listener. The only one that the native class and those that
 *   read with `XMLHttpRequest` can be in, so it is the one that compares clients. Nobody decides how
 *   the bytes are cut on their way: the server sends as fast as they are taken.
 * - `chunks`: the same clients as far as they take a `fetch`, which here gives a stream of exactly so
 *   many bytes in each chunk. The one for what depends on the chunks.
 * - `parse`: from the chunk to the event, with no stream at all. The one that compares parsers.
 *
 * A run's clock goes from the call that opens the stream to the last event. Each client reads as
 * many cycles of the corpus as it can in about the same time, which is found out beforehand, so that
 * a slow one does not make everybody wait and a fast one is not done before the clock has ticked;
 * this favours those whose cost grows with the length of the stream. What is found out beforehand,
 * too, is whether each event is what was sent; during the runs, their number, the length of their
 * data, and the last one are checked.
 */

import { CORPORA } from './corpora.mjs'
import { order } from './statistics.mjs'

/** @typedef {import('./browser/frame.mjs').Task} Task */
/** @typedef {import('./browser/frame.mjs').Result} Result */
/** @typedef {import('./corpora.mjs').Cut} Cut */
/** @typedef {import('./corpora.mjs').CorpusName} CorpusName */
/** @typedef {Task['from']} Table */

/** The clients, each a file in `browser/clients/`, and what to call them. */
export const CLIENTS = /** @type {const} */ ({
  'ours-events': 'ours, DOM events',
  'ours-iterator': 'ours, iterator',
  'ours-decoder': 'ours, decoder',
  // Those of another build, which only `--before` asks for.
  'before-events': 'before, DOM events',
  'before-iterator': 'before, iterator',
  'before-decoder': 'before, decoder',
  native: 'native',
  eventsource: 'eventsource',
  'fetch-event-source': '@microsoft/fetch-event-source',
  'event-source-polyfill': 'event-source-polyfill',
  'sse.js': 'sse.js',
  'eventsource-parser': 'eventsource-parser',
  'bare-reader': 'bare reader',
})

/** @typedef {keyof typeof CLIENTS} ClientName */

/**
 * How each table is measured, and who is not in it although it could be: those that are not of its
 * question.
 * @type {Record<Table, { cuts: readonly Cut[], without: readonly ClientName[] }>}
 */
export const TABLES = {
  server: { cuts: [null], without: [] },
  chunks: {
    cuts: ['event', 1400, 16384],
    without: ['native', 'sse.js', 'eventsource-parser', 'ours-decoder', 'before-decoder', 'bare-reader'],
  },
  parse: { cuts: ['event', 1400, 16384], without: [] },
}

/** A line of 8 MiB and one of twice that, in packets, to see whether the time doubles too. */
export const LONG_LINES = [8 * 1024 * 1024, 16 * 1024 * 1024]
export const LONG_LINE_CUT = 1460

/**
 * @typedef {object} Cell what a client did on one corpus, cut in one way
 * @property {Table} table
 * @property {CorpusName | number} corpus
 * @property {Cut} cut
 * @property {ClientName} client
 * @property {number} events in each run
 * @property {number[]} rates events a second, one for each round
 * @property {number[]} times of the runs, in ms
 * @property {number} bytesPerEvent
 * @property {string} [failure] why there are no rates
 */

/**
 * @typedef {object} Settings
 * @property {number} rounds
 * @property {number} duration how long a run should take, in ms
 * @property {number} limit the time after which a run counts as one that does not end, in ms
 * @property {readonly CorpusName[]} corpora
 * @property {readonly ClientName[]} clients
 * @property {readonly Cut[]} cuts
 * @property {readonly Table[]} tables
 */

/** No run is longer than so many bytes. */
const MOST_BYTES = 2 ** 30

/**
 * Measures all tables.
 * @param {import('./page.mjs').Page} page
 * @param {Settings} settings
 * @param {(text: string) => void} tell
 * @returns {Promise<Cell[]>}
 */
export async function measureThroughput(page, settings, tell) {
  await page.show('page.html')
  /** @type {Cell[]} */
  const cells = []
  for (const table of settings.tables) {
    const { cuts, without } = TABLES[table]
    /** @type {ClientName[]} */
    const clients = []
    for (const client of settings.clients) {
      if (without.includes(client)) continue
      const offers = await page.call('offers', client)
      if (offers[table]) clients.push(client)
    }
    for (const corpus of CORPORA.filter((name) => settings.corpora.includes(name))) {
      for (const cut of cuts.filter((cut) => settings.cuts.includes(cut))) {
        tell(`${table}: ${corpus}${cut === null ? '' : `, ${cutTitle(cut)}`}`)
        cells.push(...(await measure(page, { table, corpus, cut, clients }, settings)))
      }
    }
    if (table === 'server' || !settings.corpora.includes('line')) continue
    for (const length of LONG_LINES) {
      tell(`${table}: line of ${length} bytes in chunks of ${LONG_LINE_CUT}`)
      const group = { table, corpus: length, cut: LONG_LINE_CUT, clients }
      cells.push(...(await measure(page, group, settings)))
    }
  }
  return cells
}

/** @param {Cut} cut */
export function cutTitle(cut) {
  if (cut === null) return 'as it comes'
  return cut === 'event' ? 'one event per chunk' : `chunks of ${cut.toLocaleString('en')} bytes`
}

/**
 * Measures one row of a table: all clients on one corpus, in turns.
 * @param {import('./page.mjs').Page} page
 * @param {{ table: Table, corpus: CorpusName | number, cut: Cut, clients: ClientName[] }} group
 * @param {Settings} settings
 */
async function measure(page, { table, corpus, cut, clients }, { rounds, duration, limit }) {
  /** @type {(client: ClientName, cycles: number, checks?: boolean) => Promise<Result>} */
  const run = (client, cycles, checks = false) => {
    /** @type {Task} */
    const task = { corpus, from: table, cut, cycles, checks, limit }
    return page.call('run', client, JSON.stringify(task))
  }
  /** @type {Map<Cell, number>} */
  const cycles = new Map()
  for (const client of clients) {
    /** @type {Cell} */
    const cell = { table, corpus, cut, client, events: 0, rates: [], times: [], bytesPerEvent: 0 }
    cycles.set(
      cell,
      await calibrate(cell, (cycles, checks) => run(client, cycles, checks), duration),
    )
  }
  const cells = [...cycles.keys()]
  for (let round = 0; round < rounds; round++) {
    for (const cell of order(cells, round)) {
      if (cell.failure !== undefined) continue
      const result = await run(cell.client, cycles.get(cell) ?? 1)
      if ('failure' in result) {
        cell.failure = result.failure
      } else {
        cell.rates.push((1000 * result.events) / result.ms)
        cell.times.push(result.ms)
        cell.events = result.events
        cell.bytesPerEvent = result.bytes / result.events
      }
    }
  }
  return cells
}

/**
 * Lets a client run until it is warm and it is known how long a stream it reads in the wanted time.
 * @param {Cell} cell is told of a failure
 * @param {(cycles: number, checks: boolean) => Promise<Result>} run
 * @param {number} duration in ms
 * @returns {Promise<number>} cycles
 */
async function calibrate(cell, run, duration) {
  const checked = await run(1, true)
  if ('failure' in checked) {
    cell.failure = checked.failure
    return 0
  }
  const most = Math.max(1, Math.floor(MOST_BYTES / checked.bytes))
  let cycles = 1
  // The first run may be slow for reasons that are gone in the second.
  for (let attempt = 0, longEnough = 0; attempt < 8 && longEnough < 2; attempt++) {
    const result = await run(cycles, false)
    if ('failure' in result) {
      cell.failure = result.failure
      return 0
    }
    if (result.ms >= duration / 2 || cycles === most) longEnough += 1
    const factor = Math.min(duration / result.ms, 16)
    cycles = Math.min(most, Math.max(1, Math.round(cycles * factor)))
  }
  return cycles
}
