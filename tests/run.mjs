// @ts-check
/**
 * `npm test`: installs what is missing and runs everything, cheapest first. Each step's output is
 * passed on as it comes; the last line counts the tests of all of them.
 */

import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'

import { ensureNpmPackages } from '../pkg-template/build/npm-packages.mjs'
import { ensureWasmBindgen, ensureWasmPack, ensureWasmTarget, environmentWith } from '../pkg-template/build/tools.mjs'
import { ensureBrowsers } from './package/browser-programs.mjs'
import { startTestServer } from './package/test-server.mjs'
import {
  count,
  disagreements,
  isReportCurrent,
  keepResults,
  numbersOfVectors,
  readLedger,
} from './ledger.mjs'
import { resultsOfCargo, resultsOfTap } from './test-results.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** @type {import('./package/browser-programs.mjs').BrowserName[]} */
const BROWSERS = ['chromium', 'firefox', 'webkit']

/** For each target. */
const FUZZING_SECONDS = '60'

/** How the runners tell the number of tests that passed and failed. */
const COUNTS = [
  // cargo test, and wasm-pack test
  { passed: /^test result: .* (\d+) passed/gm, failed: /^test result: .* (\d+) failed/gm },
  // node --test, and tests/fuzz.mjs
  { passed: /^# pass (\d+)/gm, failed: /^# fail (\d+)/gm },
]

const totals = { passed: 0, failed: 0 }
/** The steps that failed, each with the tests that did. @type {string[]} */
const failed = []

/**
 * Runs one step, and returns its output. One whose program fails without telling of a failed test
 * counts as one.
 * @param {string} title
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [environment]
 */
async function step(title, program, args, environment = process.env) {
  console.log(`\n== ${title}: ${program.split('/').at(-1)} ${args.join(' ')}`)
  return follow(title, begin(program, args, environment), (text) => process.stdout.write(text))
}

/**
 * Runs a step beside the others, with what of the processors they leave. Call what it returns to have its
 * output told, and to wait for its end.
 * @param {string} title
 * @param {string} program
 * @param {string[]} args
 */
function aside(title, program, args) {
  const child = begin(program, args, process.env)
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  /** @type {string[]} */
  const output = []
  const following = follow(title, child, (text) => output.push(text))
  return async () => {
    console.log(`\n== ${title}, which ran beside the others: ${program.split('/').at(-1)} ${args.join(' ')}`)
    await following
    process.stdout.write(output.join(''))
  }
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function begin(program, args, env) {
  return spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/**
 * Waits for the end of a step, and counts its tests.
 * @param {string} title
 * @param {ReturnType<typeof begin>} child
 * @param {(text: string) => unknown} tell
 */
async function follow(title, child, tell) {
  const started = Date.now()
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
    tell(text)
  })
  const status = await new Promise((resolve) => child.once('close', resolve))

  /** @param {RegExp} pattern */
  const sum = (pattern) => [...output.matchAll(pattern)].reduce((sum, [, n]) => sum + Number(n), 0)
  const numberPassed = COUNTS.reduce((total, { passed }) => total + sum(passed), 0)
  const numberFailed = COUNTS.reduce((total, { failed }) => total + sum(failed), 0)
  totals.passed += numberPassed
  totals.failed += Math.max(numberFailed, status === 0 ? 0 : 1)
  if (status !== 0) failed.push(title)
  for (const result of [...resultsOfCargo(output, 'host', []), ...resultsOfTap(output, BROWSERS)]) {
    if (result.outcome === 'failed') failed.push(`${title}, ${result.where}: ${result.title}`)
  }
  tell(`== ${title}: ${numberPassed} passed, ${numberFailed} failed, ${Date.now() - started} ms\n`)
  return output
}

ensureWasmTarget()
await ensureNpmPackages()
const wasmBindgen = await ensureWasmBindgen()
const wasmPack = await ensureWasmPack()
// wasm-pack looks for wasm-bindgen's runner of tests there.
const environment = environmentWith([wasmBindgen, wasmPack])
const programs = await ensureBrowsers(BROWSERS)

// The runner of the wasm tests drives the browser that an environment variable names, whatever it
// was told, and would send what it says to a driver on this machine to a proxy.
const { CHROMEDRIVER, GECKODRIVER, SAFARIDRIVER, ...runnerEnvironment } = environment
Object.assign(runnerEnvironment, {
  no_proxy: '127.0.0.1,localhost',
  // Without it Firefox ignores the setting that keeps it from asking for updates of its settings.
  MOZ_REMOTE_SETTINGS_DEVTOOLS: '1',
  // Seconds. The defaults, 20 and 5, are short for a busy machine.
  WASM_BINDGEN_TEST_TIMEOUT: '120',
  WASM_BINDGEN_TEST_DRIVER_TIMEOUT: '60',
})

await step('Build', process.execPath, ['pkg-template/build/build.mjs'])
await step('Size', process.execPath, ['pkg-template/build/size.mjs'])
await step('Check', process.execPath, ['tests/check.mjs'])
const vectors = numbersOfVectors()
const results = resultsOfCargo(await step('Host', 'cargo', ['test', '--workspace']), 'host', vectors)
const fuzzing = aside('Fuzzing', process.execPath, ['tests/fuzz.mjs', '--seconds', FUZZING_SECONDS, '--at-once', '1'])
// The tests find it by a variable that the compiler reads.
const server = await startTestServer()
runnerEnvironment.EVENTSOURCE_TEST_SERVER = server.origin
for (const [browser, args] of Object.entries({
  chromium: ['--chrome', '--chromedriver', programs.chromedriver],
  firefox: ['--firefox', '--geckodriver', programs.geckodriver],
})) {
  const output = await step(
    `wasm in ${browser}`,
    wasmPack,
    ['test', '--headless', '--mode', 'no-install', ...args, '--', '--test', 'web'],
    runnerEnvironment,
  )
  results.push(...resultsOfCargo(output, browser, vectors))
}
await server.stop()
/** @param {string} folder */
const testsIn = (folder) =>
  readdirSync(new URL(`../${folder}`, import.meta.url))
    .filter((file) => file.endsWith('.test.mjs'))
    .map((file) => `${folder}/${file}`)

await step('Benchmarks', process.execPath, ['--test', '--test-reporter=tap', ...testsIn('benches')])
// One at a time: they share the folder of the packed tarball.
await step('Install', process.execPath, [
  ...['--test', '--test-concurrency=1', '--test-reporter=tap'],
  ...testsIn('tests/install'),
])
// One at a time: two browsers at once on a small machine are slow enough to run into time limits.
const output = await step('Package', process.execPath, [
  '--test',
  '--test-concurrency=1',
  '--test-reporter=tap',
  ...testsIn('tests/package'),
])
results.push(...resultsOfTap(output, BROWSERS))

await fuzzing()

console.log('\n== Ledger')
keepResults(results)
const ledger = readLedger()
const sentences = disagreements(ledger, results)
// What has failed is told above; LEDGER.md is to be written from a run in which nothing has.
if (totals.failed === 0 && sentences.length === 0 && !isReportCurrent(results)) {
  sentences.push('tests/LEDGER.md is out of date: npm run ledger')
}
for (const sentence of sentences) console.error(sentence)
const { shown, different } = count(ledger)
console.log(`== Ledger: ${shown} statements shown, ${different} differences`)
if (sentences.length > 0) {
  totals.failed += 1
  failed.push('Ledger')
}

for (const what of failed) console.error(`Failed: ${what}`)
console.log(`\n${totals.passed} passed, ${totals.failed} failed`)
process.exitCode = totals.failed === 0 ? 0 : 1
