// @ts-check
/** Draws how many events a second each client delivers, as SVG. */

import { find } from './comparison.mjs'
import { CORPORA, corpus } from './corpora.mjs'
import { spread } from './statistics.mjs'
import { rate } from './table.mjs'
import { CLIENTS } from './throughput.mjs'

/** @typedef {import('./results.mjs').Results} Results */
/** @typedef {import('./throughput.mjs').ClientName} ClientName */
/** @typedef {import('./throughput.mjs').Cell} Cell */

/** Those that deliver events to a listener. The first is drawn in another colour. */
/** @type {ClientName[]} */
const DRAWN = [
  'ours-events',
  'native',
  'eventsource',
  'fetch-event-source',
  'sse.js',
  'event-source-polyfill',
]

const WIDTH = 960
const MARGIN = 24
const HEAD = 78
const GAP = 28
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - GAP) / 2
const PANEL_TITLE = 26
const BAR = 14
const BAR_PITCH = 19
const PANEL_HEIGHT = PANEL_TITLE + BAR_PITCH * DRAWN.length
const PANEL_PITCH = PANEL_HEIGHT + 22
const LABEL_WIDTH = 196
const VALUE_WIDTH = 58
const LONGEST_BAR = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH

const STYLE = `
    .card { fill: #ffffff; stroke: #d0d7de }
    text { fill: #1f2328; font: 12px system-ui, sans-serif }
    .title { font-size: 17px; font-weight: 600 }
    .panel { font-size: 13px; font-weight: 600 }
    .small { fill: #59636e }
    .client, .value { dominant-baseline: central }
    .client { text-anchor: end }
    .value { font-variant-numeric: tabular-nums }
    .ours { font-weight: 600 }
    rect.bar { fill: #a3adb8 }
    rect.bar.ours { fill: #0969da }
    .spread { stroke: #1f2328; stroke-width: 1.2; fill: none }
    .axis { stroke: #d0d7de }
    @media (prefers-color-scheme: dark) {
      .card { fill: #0d1117; stroke: #3d444d }
      text { fill: #e6edf3 }
      .small { fill: #9198a1 }
      rect.bar { fill: #5b6571 }
      rect.bar.ours { fill: #4493f8 }
      .spread { stroke: #e6edf3 }
      .axis { stroke: #3d444d }
    }`

/**
 * @param {Results} results
 * @returns {string}
 */
export function chart({ cells, browser, packages, rounds }) {
  const names = CORPORA.filter((name) => cellOf(cells, name, DRAWN[0]) !== undefined)
  const height = HEAD + PANEL_PITCH * Math.ceil(names.length / 2) + 12
  const panels = names.map((name, index) => {
    const x = MARGIN + (index % 2) * (PANEL_WIDTH + GAP)
    const y = HEAD + PANEL_PITCH * Math.floor(index / 2)
    return `<g transform="translate(${x} ${y})">${panel(cells, name)}\n  </g>`
  })
  const browserName = `${browser.name.replace(/^./, (letter) => letter.toUpperCase())} ${browser.version}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
  <style>${STYLE}
  </style>
  <rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
  <text class="title" id="title" x="${MARGIN}" y="34">Events a second, from the server to the listener</text>
  <text class="small" x="${MARGIN}" y="54">wasm-eventsource ${packages['wasm-eventsource']} in ${escaped(browserName)}; medians of ${rounds} rounds, and how far they went. Longer is better; each panel has its own scale.</text>
  ${panels.join('\n  ')}
</svg>
`
}

/**
 * @param {readonly Cell[]} cells
 * @param {import('./corpora.mjs').CorpusName} name
 * @param {ClientName} client
 */
function cellOf(cells, name, client) {
  return find(cells, { table: 'server', cut: null }, name, client)
}

/**
 * @param {readonly Cell[]} cells
 * @param {import('./corpora.mjs').CorpusName} name
 */
function panel(cells, name) {
  const drawn = DRAWN.map((client) => {
    const cell = cellOf(cells, name, client)
    return { client, rates: cell && cell.failure === undefined ? spread(cell.rates) : undefined }
  })
  const greatest = Math.max(...drawn.map(({ rates }) => rates?.greatest ?? 0))
  /** @param {number} value */
  const length = (value) => round((LONGEST_BAR * value) / greatest)
  const bars = drawn.map(({ client, rates }, index) => {
    const y = PANEL_TITLE + BAR_PITCH * index
    const middle = y + BAR / 2
    const own = index === 0 ? ' ours' : ''
    const label = `<text class="client${own}" x="${LABEL_WIDTH - 8}" y="${middle}">${escaped(CLIENTS[client])}</text>`
    if (rates === undefined)
      return `${label}<text class="value small" x="${LABEL_WIDTH + 6}" y="${middle}">fails</text>`
    const [left, right] = [rates.least, rates.greatest].map((value) => LABEL_WIDTH + length(value))
    return (
      label +
      `<rect class="bar${own}" x="${LABEL_WIDTH}" y="${y}" width="${length(rates.median)}" height="${BAR}" rx="2"/>` +
      `<path class="spread" d="M${left} ${middle}H${right}M${left} ${middle - 3}v6M${right} ${middle - 3}v6"/>` +
      `<text class="value${own}" x="${right + 7}" y="${middle}">${rate(rates.median)}</text>`
    )
  })
  const axis = `<path class="axis" d="M${LABEL_WIDTH} ${PANEL_TITLE - 4}V${PANEL_HEIGHT}"/>`
  const title = corpus(name).title.replaceAll('`', '')
  return ['', `<text class="panel" x="0" y="12">${escaped(title)}</text>`, axis, ...bars].join(
    '\n    ',
  )
}

/** @param {number} value */
function round(value) {
  return Math.round(10 * value) / 10
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
