// @ts-check
/**
 * `npm run mutants -- [--rust] [--typescript] [file…]`: breaks the pure files of the core, and those files
 * of TypeScript that tests in Node reach, one place at a time, and runs the tests. What no test has noticed
 * is printed, and is to be in `tests/mutants.md`, which says why it cannot be noticed. Takes hours.
 */

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { ensureNpmPackages } from '../pkg-template/build/npm-packages.mjs'
import { run } from '../pkg-template/build/run.mjs'
import { cargoTool } from '../pkg-template/build/tools.mjs'
import { ensureInstalled } from './npm-folder.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CARGO_MUTANTS_VERSION = '27.1.0'
const STRYKER = join(ROOT, 'tests', 'mutants')
const OUTPUT = join(ROOT, 'target', 'mutants')

/** Which tests beside their own are to notice what is broken in which files of the core. */
const CORE = [
  { files: ['content_type', 'error', 'last_event_id', 'origin', 'query_parameter', 'redirect', 'retry_after'], tests: [] },
  { files: ['batch', 'event_stream'], tests: ['connection', 'limits', 'properties', 'remarks', 'standing', 'vectors'] },
  { files: ['connection', 'reconnection'], tests: ['connection', 'orderings', 'reconnection', 'recovery', 'standing'] },
]

/** Which tests are to notice what is broken in which files of TypeScript; a group is called by its first test. */
const GROUPS = [
  { files: ['options/option-checks.ts', 'options/read-options.ts', 'options/request-checks.ts', 'options/share-checks.ts'], tests: ['options'] },
  { files: ['event-source/message-queue.ts'], tests: ['message-queue'] },
  { files: ['event-source/listeners.ts', 'event-source/event-handler.ts'], tests: ['listeners'] },
  { files: ['decoding/batch.ts', 'decoding/batch-reader.ts'], tests: ['batch-reader'] },
  {
    files: ['effects', 'deadlines', 'member', 'messages', 'outlet', 'overheard', 'peers', 'reader', 'reception', 'seen', 'stream', 'times'].map(
      (name) => `sharing/${name}.ts`,
    ),
    tests: ['sharing-member', 'sharing-catching-up', 'sharing-messages', 'sharing-outlet', 'sharing-receivers', 'sharing-rules'],
  },
  { files: ['sharing/locks.ts'], tests: ['sharing-locks'] },
]

/** @typedef {{ status: string, mutatorName: string, replacement: string, location: { start: { line: number } } }} Mutant */

/** @param {string[]} chosen - names of files of `src`; all if there are none */
async function breakRust(chosen) {
  const cargoMutants = await cargoTool('cargo-mutants', CARGO_MUTANTS_VERSION)
  for (const [index, { files, tests }] of CORE.entries()) {
    const names = files.filter((name) => chosen.length === 0 || chosen.includes(name))
    if (names.length === 0) continue
    const args = ['mutants', '--jobs', '1', '--no-shuffle', '--output', join(OUTPUT, `core-${index}`)]
    args.push(...names.flatMap((name) => ['--file', `src/${name}.rs`]), '--', ...tests.flatMap((test) => ['--test', test]))
    // Most are noticed by the first few streams.
    const environment = { ...process.env, PROPTEST_CASES: '1000' }
    mkdirSync(join(OUTPUT, `core-${index}`), { recursive: true })
    const { status } = spawnSync(cargoMutants, args, { cwd: ROOT, env: environment, stdio: 'inherit' })
    // 2 is that some mutants were missed, and 3 that some have run into the time limit, which notices them.
    if (status === null || ![0, 2, 3].includes(status)) throw new Error(`cargo-mutants has failed with status ${status}`)
  }
}

/**
 * @param {{ files: string[], tests: string[] }} group
 * @returns {Promise<string[]>} what was not noticed
 */
async function breakTypeScript({ files, tests }) {
  const folder = join(OUTPUT, /** @type {string} */ (tests[0]))
  mkdirSync(folder, { recursive: true })
  const report = join(folder, 'report.json')
  const configuration = join(folder, 'stryker.config.json')
  writeFileSync(
    configuration,
    JSON.stringify({
      mutate: files.map((file) => `pkg-template/${file}`),
      testRunner: 'command',
      commandRunner: { command: tests.map((test) => `node tests/package/${test}.test.mjs`).join(' && ') },
      // What is not copied: what was built, and what nothing of this needs.
      ignorePatterns: ['target', 'pkg', 'www/dist', 'fuzz/target', '.git'],
      tempDirName: join('target', 'mutants', 'sandboxes'),
      reporters: ['json', 'progress-append-only'],
      jsonReporter: { fileName: report },
      concurrency: 1,
      disableTypeChecks: false,
      allowEmpty: false,
    }),
  )
  // What cargo builds for the tests is built once.
  const environment = { ...process.env, CARGO_TARGET_DIR: join(OUTPUT, 'cargo') }
  await run(process.execPath, [join(STRYKER, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js'), 'run', configuration], environment)
  return unnoticed(report)
}

/** @param {string} report */
function unnoticed(report) {
  /** @type {{ files: Record<string, { mutants: Mutant[] }> }} */
  const { files } = JSON.parse(readFileSync(report, 'utf8'))
  return Object.entries(files).flatMap(([file, { mutants }]) => {
    const left = mutants.filter(({ status }) => status !== 'Killed' && status !== 'Timeout')
    console.log(`${file}: ${mutants.length} mutants, ${left.length} not noticed`)
    return left.map(
      ({ mutatorName, replacement, location, status }) =>
        `${file}:${location.start.line} ${status} ${mutatorName}: ${replacement.replace(/\s+/g, ' ')}`,
    )
  })
}

const { values, positionals } = parseArgs({
  options: { rust: { type: 'boolean', default: false }, typescript: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const isAll = !values.rust && !values.typescript
if (values.typescript || isAll) {
  await ensureNpmPackages()
  ensureInstalled(STRYKER)
  const groups = GROUPS.filter(({ files }) => !values.typescript || positionals.length === 0 || files.some((file) => positionals.includes(file)))
  /** @type {string[]} */
  const left = []
  for (const group of groups) left.push(...(await breakTypeScript(group)))
  for (const mutant of left) console.log(mutant)
}
if (values.rust || isAll) await breakRust(values.rust ? positionals : [])
