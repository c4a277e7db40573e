// @ts-check
/**
 * The ledger: for each numbered statement about what an EventSource does, the tests that bear its
 * number, where they pass, and where and why the class does otherwise.
 *
 * `ledger.json` says what is expected, `LEDGER.md` what a run has found. `npm test` compares them
 * and fails if they disagree; `npm run ledger` writes LEDGER.md from what the last run has left.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** @typedef {import('./test-results.mjs').TestResult} TestResult */

/**
 * @typedef {object} Statement
 * @property {string} number
 * @property {string} says
 * @property {string[]} [shownIn] where a test with the number must pass: `host`, or a browser
 * @property {string[]} [through] for a decision: the statements that show what was decided
 * @property {string} [difference] why the class does otherwise, wholly or in part
 */

const LEDGER = new URL('ledger.json', import.meta.url)
const REPORT = new URL('LEDGER.md', import.meta.url)
const RESULTS = new URL('../target/test-results.json', import.meta.url)
const VECTORS = new URL('vectors.json', import.meta.url)

/** What the ledger must have, in this order. */
const NUMBERS = [
  ...[...'ABCDEFGHIJK'].map((letter) => `0.${letter}`),
  ...Array.from({ length: 136 }, (_, index) => String(index + 1)),
]
const BROWSERS = ['chromium', 'firefox', 'webkit']
const PLACES = ['host', ...BROWSERS]

/** @returns {Statement[]} */
export const readLedger = () => JSON.parse(readFileSync(LEDGER, 'utf8'))

/** The numbers that the rows of vectors.json bear. */
export function numbersOfVectors() {
  /** @type {{ spec: number[] }[]} */
  const rows = JSON.parse(readFileSync(VECTORS, 'utf8'))
  return [...new Set(rows.flatMap(({ spec }) => spec.map(String)))]
}

/** Leaves the results of a run for `npm run ledger`. @param {TestResult[]} results */
export const keepResults = (results) => writeFileSync(RESULTS, JSON.stringify(results))

/**
 * What the ledger and the results of a run say differently, a sentence each.
 * @param {Statement[]} statements
 * @param {TestResult[]} results
 * @returns {string[]}
 */
export function disagreements(statements, results) {
  const sentences = []
  const numbers = statements.map(({ number }) => number)
  for (const number of NUMBERS) {
    const count = numbers.filter((it) => it === number).length
    if (count !== 1) sentences.push(`The ledger has ${count} entries for ${number}.`)
  }
  for (const number of numbers) {
    if (!NUMBERS.includes(number)) sentences.push(`The ledger has ${number}, which is no statement.`)
  }
  for (const { title, statements } of results) {
    for (const number of statements) {
      if (!NUMBERS.includes(number)) sentences.push(`"${title}" bears ${number}, which is no statement.`)
    }
  }
  for (const statement of statements) {
    const { number, shownIn, through, difference } = statement
    const say = (/** @type {string} */ text) => sentences.push(`${number}: ${text}`)
    if (difference?.trim() === '') say('the difference has no reason.')
    if (!shownIn && !through && difference === undefined) {
      say('it is neither shown anywhere nor a difference.')
    }
    for (const other of through ?? []) {
      if (!numbers.includes(other)) say(`it is shown through ${other}, which is not in the ledger.`)
    }
    for (const place of shownIn ?? []) {
      if (!PLACES.includes(place)) say(`${place} is no place where tests run.`)
      const tests = results.filter((it) => it.where === place && it.statements.includes(number))
      const passed = tests.filter((it) => it.subject !== 'native' && it.outcome === 'passed')
      if (passed.length === 0) say(`no test that bears it has passed in ${place}.`)
    }
  }
  for (const { where, subject, title, statements, outcome, reason } of results) {
    if (statements.length === 0) continue
    const test = `"${title}", ${where}, ${subject}`
    if (outcome === 'failed') sentences.push(`${statements.join(', ')}: failed: ${test}.`)
    if (outcome === 'skipped' && subject !== 'native') {
      sentences.push(`${statements.join(', ')}: skipped: ${test}.`)
    }
    if (outcome === 'skipped' && !reason) {
      sentences.push(`${statements.join(', ')}: skipped without a reason: ${test}.`)
    }
  }
  return sentences
}

/**
 * How many statements have which result.
 * @param {Statement[]} statements
 */
export function count(statements) {
  const different = statements.filter((it) => it.difference !== undefined).length
  return { shown: statements.length - different, different }
}

/**
 * The ledger in Markdown.
 * @param {Statement[]} statements
 * @param {TestResult[]} results
 */
export function report(statements, results) {
  const { shown, different } = count(statements)
  const lines = [
    '# What an EventSource does, and what shows it',
    '',
    'Written by `npm run ledger` from `ledger.json` and the results of the last `npm test`, which',
    'fails if this file is not what it would write. The statements are numbered; tests bear the',
    'numbers in their names. A DIFFERENCE is where the class, knowingly, does otherwise.',
    '',
    `${shown} statements are shown, ${different} are differences. In the table,`,
    '✓ stands for tests that pass, ✗ for a native class that does otherwise than at least one says.',
  ]
  lines.push('', ...table(statements, results))
  for (const statement of statements) {
    const { number, says, through, difference } = statement
    const own = results.filter((it) => it.statements.includes(number))
    lines.push('', `## ${number}`, '', says, '')
    if (difference !== undefined) lines.push(`DIFFERENCE: ${difference}`, '')
    if (through) lines.push(`Shown through ${through.join(', ')}.`, '')
    lines.push(...placesByTest(own), ...nativeDifferences(own))
    if (lines.at(-1) === '') lines.pop()
  }
  return lines.join('\n') + '\n'
}

/**
 * @param {Statement[]} statements
 * @param {TestResult[]} results
 */
function table(statements, results) {
  const columns = [
    ...PLACES.map((where) => ({ where, native: false })),
    ...BROWSERS.map((where) => ({ where, native: true })),
  ]
  const heads = columns.map(({ where, native }) => (native ? `native ${where}` : where))
  const rows = statements.map((statement) => {
    const own = results.filter((it) => it.statements.includes(statement.number))
    const cells = columns.map(({ where, native }) => {
      const here = own.filter((it) => it.where === where && (it.subject === 'native') === native)
      if (here.some(({ outcome }) => outcome === 'skipped')) return '✗'
      return here.some(({ outcome }) => outcome === 'passed') ? '✓' : ''
    })
    return [statement.number, resultOf(statement), ...cells]
  })
  return [['', 'result', ...heads], ['---', '---', ...heads.map(() => ':-:')], ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
}

/** @param {Statement} statement */
function resultOf(statement) {
  if (statement.difference !== undefined) return 'DIFFERENCE'
  return statement.through ? `see ${statement.through.join(', ')}` : 'shown'
}

/** @param {TestResult[]} results */
function placesByTest(results) {
  /** @type {Map<string, Set<string>>} */
  const places = new Map()
  for (const { where, subject, title, outcome } of results) {
    if (outcome !== 'passed') continue
    const key = title
    const place = subject === 'native' ? `native ${where}` : where
    places.set(key, (places.get(key) ?? new Set()).add(place))
  }
  const order = [...PLACES, ...BROWSERS.map((browser) => `native ${browser}`)]
  return [...places]
    .map(([title, set]) => `- ${title} (${order.filter((place) => set.has(place)).join(', ')})`)
    .sort()
}

/** @param {TestResult[]} results */
function nativeDifferences(results) {
  const skipped = results.filter((it) => it.subject === 'native' && it.outcome === 'skipped')
  const lines = skipped.map(({ where, title, reason }) => `- native ${where} ${reason}: ${title}`)
  return [...new Set(lines)].sort()
}

/** Whether LEDGER.md is what a run with these results would write. @param {TestResult[]} results */
export function isReportCurrent(results) {
  try {
    return readFileSync(REPORT, 'utf8') === report(readLedger(), results)
  } catch {
    return false
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!existsSync(RESULTS)) {
    console.error('There are no results to write the ledger from yet: run `npm test` first.')
    process.exit(1)
  }
  writeFileSync(REPORT, report(readLedger(), JSON.parse(readFileSync(RESULTS, 'utf8'))))
}
