// @ts-check
/**
 * `npm run bench:sharing`: what the option `share` costs, in tabs of a real browser, beside a connection
 * for each. Prints the table; with `--report`, it is also put into docs/sharing.md.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { brotliCompressSync } from 'node:zlib'

import { ensurePackage } from '../pkg-template/build/build.mjs'
import { replaceBlock } from './document.mjs'
import { machine } from './results.mjs'
import { median, spread } from './statistics.mjs'

const DOCUMENT = new URL('../docs/sharing.md', import.meta.url)
const SHARE = new URL('../pkg/share.js', import.meta.url)
const RECEIVERS = [1, 5, 20]
/** Enough that no server has more than six connections. */
const PORTS = 4
/** Of the stream: some 130 kB and 1,000 events each. */
const CYCLES = 30

const { values: options } = parseArgs({
  options: { report: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
})
const rounds = Number(options.rounds)

await ensurePackage()
const { openBrowser } = await import('../tests/package/browsers.mjs')

/**
 * @typedef {object} Row
 * @property {number} receivers
 * @property {boolean} isShared
 * @property {number} connections
 * @property {number[]} rates events a second that each of them gets, a value for each round
 * @property {number} heap what a tab keeps more than before it had a source, in bytes; the median of all tabs
 * @property {number} resident by how much the processes of the tabs have grown, in bytes for each tab
 */

const server = fork(fileURLToPath(new URL('sharing-server.mjs', import.meta.url)), [String(PORTS)])
const [{ ports }] = await once(server, 'message')
const browser = await openBrowser('chromium')
const driver = /** @type {import('selenium-webdriver/chrome.js').Driver} */ (browser.driver)
try {
  const home = await driver.getWindowHandle()
  /** @type {Row[]} */
  const rows = RECEIVERS.flatMap((receivers) =>
    [false, true].map((isShared) => ({ receivers, isShared, connections: 0, rates: [], heap: 0, resident: 0 })),
  )
  for (let round = 0; round < rounds; round++) {
    for (const row of round % 2 === 0 ? rows : rows.toReversed()) {
      process.stderr.write(`round ${round + 1}: ${row.receivers} ${row.isShared ? 'shared' : 'apart'}\n`)
      await run(row, home)
    }
  }
  const text = report(rows)
  console.log(text)
  if (options.report) writeFileSync(DOCUMENT, replaceBlock(readFileSync(DOCUMENT, 'utf8'), 'costs', text))
} finally {
  await browser.close()
  server.disconnect()
}

/**
 * Opens the tabs of a row, has them receive the stream, and closes them.
 * @param {Row} row
 * @param {string} home
 */
async function run(row, home) {
  /** @type {string[]} */
  const tabs = []
  for (let index = 0; index < row.receivers; index++) {
    await driver.switchTo().newWindow('tab')
    tabs.push(await driver.getWindowHandle())
    // A tab of its own connection asks a server of which it is one of few; those that share need one origin.
    const port = ports[row.isShared ? 0 : index % PORTS]
    await driver.get(`http://127.0.0.1:${port}/sharing.html`)
    await until(() => driver.executeScript('return window.receiver !== undefined'))
  }
  const heapsBefore = await inEach(tabs, heap)
  const residentBefore = resident()
  await inEach(tabs, () => driver.executeScript('receiver.open(arguments[0])', row.isShared))
  await inEach(tabs, () => until(() => driver.executeScript('return receiver.isOpen')))
  const { streams } = await tell({ count: true })
  row.connections = streams

  const { events, started } = await tell({ cycles: CYCLES })
  /** @type {{ events: number, finished: number }[]} */
  const results = await inEach(tabs, async () => {
    await until(() => driver.executeScript('return receiver.finished > 0'))
    return driver.executeScript('return { events: receiver.events, finished: receiver.finished }')
  })
  for (const result of results) {
    if (result.events !== events) throw new Error(`${result.events} events of ${events} have come`)
  }
  const seconds = (Math.max(...results.map(({ finished }) => finished)) - started) / 1000
  row.rates.push(events / seconds)
  const heapsAfter = await inEach(tabs, heap)
  row.heap = median(heapsAfter.map((after, index) => after - Number(heapsBefore[index])))
  row.resident = (resident() - residentBefore) / row.receivers
  await inEach(tabs, () => driver.close())
  await driver.switchTo().window(home)
}

/**
 * @template T
 * @param {string[]} tabs
 * @param {() => Promise<T>} action
 */
async function inEach(tabs, action) {
  /** @type {T[]} */
  const results = []
  for (const tab of tabs) {
    await driver.switchTo().window(tab)
    results.push(await action())
  }
  return results
}

/** @param {object} order */
async function tell(order) {
  const answer = once(server, 'message')
  server.send(order)
  return (await answer)[0]
}

/** @param {() => Promise<unknown>} isReached */
async function until(isReached) {
  const end = Date.now() + 60_000
  while (!(await isReached())) {
    if (Date.now() > end) throw new Error(`never: ${isReached}`)
    await sleep(20)
  }
}

/** What the current tab keeps, that of WebAssembly apart, after a collection. */
async function heap() {
  for (let round = 0; round < 2; round++) await driver.sendDevToolsCommand('HeapProfiler.collectGarbage', {})
  const usage = /** @type {any} */ (await driver.sendAndGetDevToolsCommand('Runtime.getHeapUsage', {}))
  return /** @type {number} */ (usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize)
}

/** The memory of their own that the processes of all tabs have. */
function resident() {
  return browser
    .processes()
    .filter((id) => readFileSync(`/proc/${id}/cmdline`, 'latin1').includes('--type=renderer'))
    .map((id) => /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'latin1'))?.[1])
    .reduce((sum, kilobytes) => sum + 1024 * Number(kilobytes), 0)
}

/** @param {Row[]} rows */
function report(rows) {
  const { processor, cores, system, node } = machine()
  const count = (/** @type {number} */ value) => Math.round(value).toLocaleString('en')
  const kilobytes = (/** @type {number} */ value) => `${count(value / 1000)} kB`
  const lines = rows.map(({ receivers, isShared, connections, rates, heap, resident }) => {
    const { median, least, greatest } = spread(rates)
    const cells = [
      receivers,
      isShared ? '`share`' : 'one for each',
      connections,
      `${count(median)} (${count(least)} to ${count(greatest)})`,
      count(median * receivers),
      kilobytes(heap),
      kilobytes(resident),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const bytes = readFileSync(SHARE)
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} with Chromium ${browser.version} on ${system}, ${cores} × ${processor}, Node ${node}, by`,
    `\`npm run bench:sharing -- --rounds ${rounds}\`: tabs of one browser, a stream of small events with IDs (the corpus`,
    '`ticker`) from a server on',
    `the same machine, sent as fast as it is taken; the median of ${rounds} rounds, and how far they went. What shares the`,
    'machine with them shares its cores: with many cores, tabs of their own connection would be less in each other’s way.',
    '',
    '| tabs | connections | open at the server | events a second, in each tab | in all tabs | JavaScript heap for each tab | memory of the process for each tab |',
    '|---:|---|---:|---:|---:|---:|---:|',
    ...lines,
    '',
    `\`share.js\` has ${count(bytes.length)} bytes, ${count(brotliCompressSync(bytes).length)} with brotli. A page that does not use the option does not load it.`,
  ].join('\n')
}
