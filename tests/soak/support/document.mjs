// @ts-check
/** Makes `docs/endurance.md` of what the long runs have found. */

import { readFileSync } from 'node:fs'

import { count } from './rows.mjs'

/** @typedef {import('./rows.mjs').Finding & { command: string, date: string, took: number, machine: string }} Result */
/** @typedef {Record<string, Result>} Results by the name of the part */

/** Where results are kept. */
export const RESULTS = new URL('../results.json', import.meta.url)

/** The packages whose versions count. */
const PACKAGES = ['eventsource', '@microsoft/fetch-event-source']

/** The order of the sections; parts that are not here follow. */
const ORDER = ['long-life', 'reconnects', 'chaos', 'crashes', 'clock', 'background', 'http2', 'collected', 'tabs', 'fleet', 'fuzzing', 'miri']

const PREAMBLE = `# Endurance

Written by \`npm run soak\`: what becomes of a client in days, on networks that fail and with servers that
nobody controls, in fast motion. Each table has the command that makes it again. Where others can run the same test,
their figures stand beside ours. **Lost** and **doubled** count events of numbered streams.
`

/**
 * @param {Results} results
 * @returns {string}
 */
export function document(results) {
  const place = (/** @type {string} */ name) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  const names = Object.keys(results).sort((a, b) => place(a) - place(b))
  const versions = PACKAGES.map((name) => `\`${name}\` ${versionOf(name)}`).join(', ')
  return [
    PREAMBLE,
    `Beside wasm-eventsource: ${versions}, and the browser's own class, “native”.\n`,
    ...names.map((name) => section(/** @type {Result} */ (results[name]))),
  ].join('\n')
}

/** @param {Result} result */
function section({ title, about, rows, more, command, date, took, machine }) {
  const head = ['what is done to it', 'client', 'how often', 'lost', 'doubled', 'memory at the end']
  const body = rows.map(({ fault, client, tried, lost, doubled, memory }) => [
    fault,
    client === 'ours' ? '**wasm-eventsource**' : client === 'native' ? client : `\`${client}\``,
    tried,
    number(lost),
    number(doubled),
    memory,
  ])
  const table = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const made = `\`${command}\`, ${date}, ${took} s on ${machine}.`
  return `## ${title}\n\n${about}\n\n${table}\n\n${more === undefined ? '' : `${more}\n\n`}${made}\n`
}

/** @param {number | string} value */
const number = (value) => (typeof value === 'number' ? count(value) : value)

/** @param {string} name */
function versionOf(name) {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).version
}
