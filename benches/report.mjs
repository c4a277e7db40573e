// @ts-check
/** What was measured, as text: the tables of the console and of RESULTS.md. */

import { compare, find, summarize, timePerEvent } from './comparison.mjs'
import { CORPORA, corpus } from './corpora.mjs'
import { FIRST_REQUEST_CLIENTS } from './first-request.mjs'
import { goals } from './goals.mjs'
import { median } from './statistics.mjs'
import { DASH, digits, rate, spreadText, table } from './table.mjs'
import { CLIENTS, cutTitle } from './throughput.mjs'

/** @typedef {import('./throughput.mjs').Cell} Cell */
/** @typedef {import('./throughput.mjs').ClientName} ClientName */
/** @typedef {import('./results.mjs').Results} Results */

/** @type {Record<Cell['table'], string>} */
const TABLE_TITLES = {
  server: 'From the server to the listener',
  chunks: 'From chunks in memory to the listener',
  parse: 'Parsing alone',
}

/** @type {{ client: ClientName, others: ClientName[] }[]} */
const OURS_AND_BEFORE = [
  { client: 'ours-events', others: ['before-events'] },
  { client: 'ours-iterator', others: ['before-iterator'] },
  { client: 'ours-decoder', others: ['before-decoder'] },
]

/** Whose ratios to which others are worth a table. */
/** @type {Record<Cell['table'], { client: ClientName, others: ClientName[] }[]>} */
const COMPARISONS = {
  server: [
    {
      client: 'ours-events',
      others: [
        'native',
        'eventsource',
        'fetch-event-source',
        'sse.js',
        'event-source-polyfill',
        'bare-reader',
      ],
    },
    { client: 'ours-decoder', others: ['eventsource-parser', 'bare-reader'] },
    ...OURS_AND_BEFORE,
  ],
  chunks: [
    {
      client: 'ours-events',
      others: ['eventsource', 'fetch-event-source', 'event-source-polyfill'],
    },
    {
      client: 'ours-iterator',
      others: ['eventsource', 'fetch-event-source', 'event-source-polyfill'],
    },
    ...OURS_AND_BEFORE,
  ],
  parse: [{ client: 'ours-decoder', others: ['eventsource-parser'] }, ...OURS_AND_BEFORE],
}

/**
 * All of it, in Markdown.
 * @param {Results} results
 * @returns {string}
 */
export function report(results) {
  const parts = [provenance(results), '### Goals', goalsTable(results)]
  if (results.cells.length > 0) parts.push(throughputReport(results.cells))
  if (results.latency) parts.push('### Latency', latencyTable(results.latency))
  if (results.firstRequest)
    parts.push('### The first request of a page', firstRequestTable(results.firstRequest))
  if (results.memory) parts.push('### Memory', memoryTable(results.memory))
  return parts.join('\n\n')
}

/** @param {Results} results */
function provenance({ date, command, browser, machine, packages, rounds }) {
  const memory = `${Math.round(machine.memory / 2 ** 30)} GiB of memory`
  return [
    `- ${date}, \`${command}\`, ${rounds} rounds`,
    `- ${browser.name} ${browser.version}, headless`,
    `- ${machine.processor}, ${machine.cores} cores, ${memory}, ${machine.system}, Node ${machine.node}`,
    `- ${Object.entries(packages)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  ].join('\n')
}

/** @param {Results} results */
function goalsTable(results) {
  const rows = goals(results).map(({ figure, goal, measured }) => [
    figure,
    goal,
    measured?.text ?? DASH,
    measured === undefined ? DASH : measured.isReached ? 'reached' : 'not reached',
  ])
  return table(['figure', 'goal', 'measured', ''], rows)
}

/** @param {import('./latency.mjs').LatencyResult} latency */
function latencyTable({ rate: eventRate, events, native, ours, reader, ratio, limit }) {
  const rows = [
    ['native', digits(native.median), digits(native.p99)],
    ['ours', digits(ours.median), digits(ours.p99)],
    ['bare reader', digits(reader.median), digits(reader.p99)],
    ['ours over native', spreadText(ratio.median), ratio.p99.toFixed(2)],
    ['bare reader over native', spreadText(limit.median), limit.p99.toFixed(2)],
  ]
  const head = ['ms from the write to the listener', 'median', '99th percentile']
  return `${events} events of each, ${eventRate} a second:\n\n${table(head, rows)}`
}

/** @param {import('./first-request.mjs').FirstRequestResult} firstRequest */
function firstRequestTable({ pages, medians, later }) {
  const rows = FIRST_REQUEST_CLIENTS.map((client) => [
    client === 'native' ? client : `\`${client}.js\``,
    digits(medians[client]),
    client === 'native' ? DASH : digits(later[client]),
  ])
  const head = ['ms from the constructor to the arrival', 'median', 'later than native']
  return `${pages} fresh pages of each:\n\n${table(head, rows)}`
}

/** @param {import('./memory.mjs').MemoryResult} memory */
function memoryTable({ events, heapGrowth, wasmBefore, wasmAfter, kept }) {
  /** @param {number} bytes */
  const kibibytes = (bytes) => `${digits(bytes / 1024)} KiB`
  const rows = [
    ['heap growth', heapGrowth === undefined ? DASH : kibibytes(heapGrowth)],
    ['WebAssembly memory, after 10,000 events', kibibytes(wasmBefore)],
    ['WebAssembly memory, in the end', kibibytes(wasmAfter)],
    ...kept.flatMap(({ width, heapEach, residentEach }) => [
      [`alive for each kept string, ${width}`, kibibytes(heapEach)],
      [`the process larger by, ${width}`, kibibytes(residentEach)],
    ]),
  ]
  return table([`after ${events.toLocaleString('en')} events`, ''], rows)
}

/**
 * The tables of the throughput.
 * @param {readonly Cell[]} cells
 * @returns {string}
 */
function throughputReport(cells) {
  const parts = []
  for (const name of /** @type {Cell['table'][]} */ (Object.keys(TABLE_TITLES))) {
    const ofTable = cells.filter(({ table }) => table === name)
    if (ofTable.length === 0) continue
    parts.push(`### ${TABLE_TITLES[name]}`)
    const cuts = new Set(
      ofTable.filter(({ corpus }) => typeof corpus === 'string').map(({ cut }) => cut),
    )
    for (const cut of cuts) {
      const group = ofTable.filter((cell) => cell.cut === cut && typeof cell.corpus === 'string')
      parts.push(`Events a second, ${cutTitle(cut)}:`, ratesTable(group))
      for (const { client, others } of COMPARISONS[name]) {
        if (![[client], others].every((names) => group.some((cell) => names.includes(cell.client)))) continue
        const text = `${CLIENTS[client]}, in multiples of each other client`
        parts.push(
          `${text}, ${cutTitle(cut)}:`,
          ratiosTable(group, { table: name, cut }, client, others),
        )
      }
    }
    const lines = ofTable.filter(({ corpus }) => typeof corpus === 'number')
    if (lines.length > 0) parts.push('One long line, in ms:', longLinesTable(lines))
  }
  const failures = cells.filter(({ failure }) => failure !== undefined)
  if (failures.length > 0) parts.push('### What has failed', failuresList(failures))
  return parts.join('\n\n')
}

/** @param {readonly Cell[]} cells of one group */
function ratesTable(cells) {
  const clients = [...new Set(cells.map(({ client }) => client))]
  const rows = CORPORA.filter((name) => cells.some((cell) => cell.corpus === name)).map((name) => [
    corpus(name).title,
    ...clients.map((client) => {
      const cell = cells.find((cell) => cell.corpus === name && cell.client === client)
      if (cell === undefined) return DASH
      return cell.failure === undefined ? rate(median(cell.rates)) : 'fails'
    }),
  ])
  return table(['corpus', ...clients.map((client) => CLIENTS[client])], rows)
}

/**
 * @param {readonly Cell[]} cells
 * @param {import('./comparison.mjs').Group} group
 * @param {ClientName} client
 * @param {ClientName[]} others
 */
function ratiosTable(cells, group, client, others) {
  const present = others.filter((other) => cells.some((cell) => cell.client === other))
  const names = CORPORA.filter((name) => cells.some((cell) => cell.corpus === name))
  const rows = names.map((name) => [
    corpus(name).title,
    ...present.map((other) => {
      const compared = compare(cells, group, name, client, other)
      if (compared) return spreadText(compared)
      return find(cells, group, name, other)?.failure === undefined ? DASH : 'fails'
    }),
  ])
  const summaries = present.map((other) => summarize(cells, [group], client, other))
  rows.push(['geometric mean', ...summaries.map((summary) => summary?.mean.toFixed(2) ?? DASH)])
  return table(['corpus', ...present.map((other) => CLIENTS[other])], rows)
}

/** @param {readonly Cell[]} cells of lines of two lengths */
function longLinesTable(cells) {
  const lengths = [...new Set(cells.map(({ corpus }) => Number(corpus)))]
  const clients = [...new Set(cells.map(({ client }) => client))]
  const rows = clients.map((client) => {
    const times = lengths.map((length) => timePerEvent(cells, length, client))
    const doubled =
      times[0] === undefined || times[1] === undefined ? undefined : times[1] / times[0]
    return [
      CLIENTS[client],
      ...times.map((time) => (time === undefined ? 'fails' : digits(time))),
      doubled?.toFixed(2) ?? DASH,
    ]
  })
  const titles = lengths.map((length) => `${length / 2 ** 20} MiB`)
  return table(['client', ...titles, 'second over first'], rows)
}

/** @param {readonly Cell[]} cells that have failed */
function failuresList(cells) {
  return cells
    .map(({ table, corpus: name, cut, client, failure }) => {
      const where = `${TABLE_TITLES[table].toLowerCase()}, ${corpus(name).title}, ${cutTitle(cut)}`
      return `- ${CLIENTS[client]} (${where}): ${failure}`
    })
    .join('\n')
}
