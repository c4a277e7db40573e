// @ts-check
/**
 * `npm run bench`: measures the built package beside the others, in a real browser. Builds it first if
 * that has not been done yet.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { ensurePackage } from '../pkg-template/build/build.mjs'
import { bundleClients, ensureRivals } from './bundles.mjs'
import { chart } from './chart.mjs'
import { CORPORA } from './corpora.mjs'
import { replaceBlock } from './document.mjs'
import { measureFirstRequest } from './first-request.mjs'
import { measureLatency } from './latency.mjs'
import { measureMemory } from './memory.mjs'
import { report } from './report.mjs'
import { machine, packageVersions } from './results.mjs'
import { CLIENTS } from './throughput.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUTPUT = path.join(ROOT, 'target', 'bench')
const DOCUMENT = path.join(ROOT, 'benches', 'RESULTS.md')
const CHART = path.join(ROOT, 'benches', 'results.svg')

const BROWSERS = /** @type {const} */ (['chromium', 'firefox', 'webkit'])
const TABLES = /** @type {const} */ (['server', 'chunks', 'parse'])
const PARTS = /** @type {const} */ ([...TABLES, 'latency', 'first-request', 'memory'])

/** @type {import('./throughput.mjs').ClientName[]} */
const CLIENT_NAMES = /** @type {any} */ (Object.keys(CLIENTS))

const USAGE = `Usage: npm run bench [-- options]
  --browser NAME    ${BROWSERS.join(', ')}; the first by default
  --only PART,…     some of ${PARTS.join(', ')}
  --corpora NAME,…  some of ${CORPORA.join(', ')}
  --before FOLDER   the pkg/ of another checkout: measures only ours, beside that build
  --quick           fewer and shorter runs, whose figures say little
  --devtools        while the network is being watched, as by open developer tools
  --report          also writes the tables to benches/RESULTS.md, and the chart
  --help            this`

/** How long each part takes to find out; a quick run is to see that everything works. */
const FULL = {
  throughput: { rounds: 5, duration: 150, limit: 10_000, cuts: [null, 'event', 1400, 16384] },
  latency: { turns: 6, events: 200 },
  firstRequest: { pages: 30 },
  memory: { events: 1_000_000 },
}
const QUICK = {
  throughput: { rounds: 3, duration: 25, limit: 1000, cuts: [null, 'event', 16384] },
  latency: { turns: 2, events: 50 },
  firstRequest: { pages: 3 },
  memory: { events: 200_000 },
}

const args = process.argv.slice(2)
const options = readOptions()
const settings = options.quick ? QUICK : FULL
const started = Date.now()

await ensurePackage()
ensureRivals()
await bundleClients(options.before)
// Only here, as these modules need what has just been installed.
const { Page } = await import('./page.mjs')
const { measureThroughput } = await import('./throughput.mjs')

const page = await Page.open(options.browser)
try {
  if (options.devtools) await page.watchNetwork()
  const tables = TABLES.filter(isWanted)
  /** @type {import('./results.mjs').Results} */
  const results = {
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    browser: { name: page.name, version: page.version },
    machine: machine(),
    packages: packageVersions(),
    rounds: settings.throughput.rounds,
    cells: await measureThroughput(
      page,
      /** @type {import('./throughput.mjs').Settings} */ ({
        ...settings.throughput,
        corpora: options.corpora,
        clients: options.clients,
        tables,
      }),
      tell,
    ),
    latency: await part('latency', () => measureLatency(page, settings.latency)),
    memory: await part('memory', () => measureMemory(page, settings.memory)),
    firstRequest: await part('first-request', () =>
      measureFirstRequest(page, settings.firstRequest),
    ),
  }
  tell('done')
  const text = report(results)
  console.log(text)
  mkdirSync(OUTPUT, { recursive: true })
  writeFileSync(path.join(OUTPUT, `${page.name}.json`), `${JSON.stringify(results, null, 2)}\n`)
  if (options.report) {
    writeFileSync(DOCUMENT, replaceBlock(readFileSync(DOCUMENT, 'utf8'), page.name, text))
    if (page.name === 'chromium') writeFileSync(CHART, chart(results))
  }
} finally {
  await page.close()
}

/**
 * @template T
 * @param {(typeof PARTS)[number]} name
 * @param {() => Promise<T>} measure
 */
async function part(name, measure) {
  if (!isWanted(name)) return undefined
  tell(name)
  return measure()
}

/** @param {(typeof PARTS)[number]} name */
function isWanted(name) {
  return options.only.includes(name)
}

/** @param {string} text */
function tell(text) {
  process.stderr.write(
    `${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${text}\n`,
  )
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      browser: { type: 'string', default: BROWSERS[0] },
      only: { type: 'string', default: PARTS.join() },
      corpora: { type: 'string', default: CORPORA.join() },
      quick: { type: 'boolean', default: false },
      devtools: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      before: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    process.exit()
  }
  const [browser] = some('browser', values.browser, BROWSERS)
  return {
    ...values,
    browser,
    clients: CLIENT_NAMES.filter((name) =>
      values.before === undefined ? !name.startsWith('before-') : /^(ours|before)-/.test(name),
    ),
    only: some('only', values.only, PARTS),
    corpora: some('corpora', values.corpora, CORPORA),
  }
}

/**
 * @template {string} T
 * @param {string} option
 * @param {string} value names with commas between them
 * @param {readonly T[]} names all that there are
 * @returns {T[]}
 */
function some(option, value, names) {
  return value.split(',').map((name) => {
    const known = names.find((one) => one === name)
    if (known === undefined) {
      throw new Error(`--${option}: there is no "${name}", only ${names.join(', ')}\n${USAGE}`)
    }
    return known
  })
}
