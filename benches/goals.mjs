// @ts-check
/** What is to be reached, and whether it is. */

import { compare, summarize, timePerEvent } from './comparison.mjs'
import { digits } from './table.mjs'
import { CLIENTS, LONG_LINES, LONG_LINE_CUT, TABLES } from './throughput.mjs'

/** @typedef {import('./results.mjs').Results} Results */
/** @typedef {import('./comparison.mjs').Group} Group */
/** @typedef {import('./throughput.mjs').ClientName} ClientName */
/** @typedef {import('../tests/package/browser-programs.mjs').BrowserName} BrowserName */

/** @typedef {{ text: string, isReached: boolean }} Measured */

/**
 * @typedef {object} Goal
 * @property {string} figure
 * @property {string} goal
 * @property {BrowserName[]} [browsers] all by default
 * @property {(results: Results) => Measured | undefined} measured nothing where it was not measured
 */

/** @type {Group[]} */
const FROM_SERVER = [{ table: 'server', cut: null }]
/** @type {Group[]} */
const EVENT_PER_CHUNK = [{ table: 'chunks', cut: 'event' }]
/** @type {Group[]} */
const PARSING = TABLES.parse.cuts.map((cut) => ({ table: 'parse', cut }))

/** The time for a line of twice the length may be that much more than twice as long. */
const LINEAR = 2.25

/** @type {Goal[]} */
const GOALS = [
  {
    figure: 'DOM events over native',
    goal: '12, worst 3',
    browsers: ['chromium'],
    measured: over(FROM_SERVER, 'ours-events', 'native', { mean: 12, worst: 3 }),
  },
  {
    figure: 'DOM events over `eventsource`',
    goal: '3, worst 1.2 (big: 1.0)',
    browsers: ['chromium'],
    measured: over(FROM_SERVER, 'ours-events', 'eventsource', { mean: 3, worst: 1.2, big: 1 }),
  },
  {
    figure: 'DOM events over `eventsource`',
    goal: 'never below 1.0',
    browsers: ['firefox', 'webkit'],
    measured: over(FROM_SERVER, 'ours-events', 'eventsource', { worst: 1 }),
  },
  ...[/** @type {const} */ ('sse.js'), /** @type {const} */ ('fetch-event-source')].map(
    (other) => ({
      figure: `DOM events over \`${CLIENTS[other]}\``,
      goal: '1.5, worst 1.0',
      measured: over(FROM_SERVER, 'ours-events', other, { mean: 1.5, worst: 1 }),
    }),
  ),
  {
    figure: 'DOM events over `event-source-polyfill`',
    goal: 'stretch: 1.0 on every corpus',
    measured: over(FROM_SERVER, 'ours-events', 'event-source-polyfill', { worst: 1 }),
  },
  {
    figure: 'decoder over `eventsource-parser` with a TextDecoder',
    goal: '1.3, worst 1.0',
    measured: over(PARSING, 'ours-decoder', 'eventsource-parser', { mean: 1.3, worst: 1 }),
  },
  {
    figure: 'one event per chunk, DOM events over `eventsource`',
    goal: '1.0 or better',
    measured: over(EVENT_PER_CHUNK, 'ours-events', 'eventsource', { worst: 1 }),
  },
  {
    figure: `8 MiB line in chunks of ${LONG_LINE_CUT} bytes, decoder over \`eventsource-parser\``,
    goal: '1.0 or better',
    measured: ({ cells }) => {
      const group = { table: /** @type {const} */ ('parse'), cut: LONG_LINE_CUT }
      const ratio = compare(cells, group, LONG_LINES[0], 'ours-decoder', 'eventsource-parser')
      return ratio && { text: ratio.median.toFixed(2), isReached: ratio.median >= 1 }
    },
  },
  {
    figure: 'a line of twice the length, decoder and DOM events',
    goal: 'twice the time',
    measured: ({ cells }) => {
      const factors = /** @type {const} */ ([
        ['parse', 'ours-decoder'],
        ['chunks', 'ours-events'],
      ]).flatMap(([table, client]) => {
        const ofTable = cells.filter((cell) => cell.table === table)
        const [once, twice] = LONG_LINES.map((length) => timePerEvent(ofTable, length, client))
        return once === undefined || twice === undefined ? [] : [twice / once]
      })
      if (factors.length === 0) return undefined
      return {
        text: factors.map((factor) => factor.toFixed(2)).join(' and '),
        isReached: factors.every((factor) => factor <= LINEAR),
      }
    },
  },
  {
    figure: 'latency over native, median',
    goal: 'at most 1.1',
    measured: ({ latency }) => latency && atMost(latency.ratio.median.median, 1.1),
  },
  {
    figure: 'latency over native, 99th percentile',
    goal: 'at most 1.1',
    measured: ({ latency }) => latency && atMost(latency.ratio.p99, 1.1),
  },
  ...Object.entries({ polyfill: 5, index: 8, slim: 8 }).map(([client, limit]) => ({
    figure: `fresh page to request by \`${client}.js\`, later than native`,
    goal: `at most ${limit} ms at the median`,
    /** @type {Goal['measured']} */
    measured: ({ firstRequest }) =>
      firstRequest &&
      atMost(
        firstRequest.later[/** @type {'polyfill' | 'index' | 'slim'} */ (client)],
        limit,
        ' ms',
      ),
  })),
  {
    figure: 'heap growth over a million events',
    goal: 'below 1 MB',
    browsers: ['chromium'],
    measured: ({ memory }) =>
      memory?.heapGrowth === undefined ? undefined : atMost(memory.heapGrowth / 1000, 1000, ' kB'),
  },
  {
    figure: 'growth of the WebAssembly memory after the first 10,000 events',
    goal: 'none',
    measured: ({ memory }) =>
      memory && atMost((memory.wasmAfter - memory.wasmBefore) / 1024, 0, ' KiB'),
  },
  {
    figure: 'what a string keeps alive that the user keeps',
    goal: 'at most 32 kB',
    browsers: ['chromium'],
    measured: ({ memory }) =>
      memory?.kept.length
        ? atMost(Math.max(...memory.kept.map(({ heapEach }) => heapEach)) / 1024, 32, ' KiB')
        : undefined,
  },
]

/**
 * Those of a browser, and how they were met.
 * @param {Results} results
 */
export function goals(results) {
  return GOALS.filter(({ browsers }) => browsers?.includes(results.browser.name) ?? true).map(
    ({ figure, goal, measured }) => ({ figure, goal, measured: measured(results) }),
  )
}

/**
 * @param {Group[]} groups
 * @param {ClientName} client
 * @param {ClientName} other
 * @param {{ mean?: number, worst: number, big?: number }} wanted `big`: of that corpus, in place of `worst`
 * @returns {Goal['measured']}
 */
function over(groups, client, other, wanted) {
  return ({ cells }) => {
    const summary = summarize(cells, groups, client, other)
    if (summary === undefined) return undefined
    const { mean, worst, ratios, failed } = summary
    const text =
      `${mean.toFixed(2)}, worst ${worst.ratio.toFixed(2)} (${worst.corpus})` +
      (failed.length > 0 ? `; it fails on ${failed.join(', ')}` : '')
    const isReached =
      mean >= (wanted.mean ?? 0) &&
      ratios.every(
        ({ corpus, ratio }) => ratio >= ((corpus === 'big' && wanted.big) || wanted.worst),
      )
    return { text, isReached }
  }
}

/**
 * @param {number} value
 * @param {number} limit
 * @param {string} [unit]
 * @returns {Measured}
 */
function atMost(value, limit, unit = '') {
  return { text: digits(value) + unit, isReached: value <= limit }
}
