// @ts-check
/**
 * `npm run fuzz -- [--seconds N] [--at-once N] [--minimise] [target…]`: runs the targets of `fuzz/`, or
 * those that are named, two at a time, for a minute each unless told otherwise. What a target finds is kept below
 * `target/fuzz`, and is where the next run begins; `--minimise`, in the place of a run, makes of it and of
 * `fuzz/corpus`, which is in the repository, the least that reaches as much of the code.
 *
 * libFuzzer comes as a crate and is compiled here, so that a compiler for C++ is needed. No sanitizer is
 * used, as the stable toolchain has none; overflows and debug assertions are checked.
 */

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { run } from '../pkg-template/build/run.mjs'
import { cargoTool } from '../pkg-template/build/tools.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CARGO_FUZZ_VERSION = '0.13.2'
const FUZZ = join(ROOT, 'fuzz')
const BUILT = join(ROOT, 'target', 'fuzz')
const DEFAULT_AT_ONCE = '2'
const DEFAULT_SECONDS = '60'

/** Of one input: nothing takes longer that is linear. */
const LONGEST_SECONDS = 10
const MOST_MEMORY_MB = 1_024

const ALL = readdirSync(join(FUZZ, 'fuzz_targets')).map((file) => basename(file, '.rs')).sort()

/** A compiler for C++ has to be there. */
function ensureCompiler() {
  const compilers = [process.env.CXX, 'c++', 'g++', 'clang++'].filter((name) => name !== undefined)
  if (compilers.some((name) => spawnSync(name, ['--version']).status === 0)) return
  throw new Error(
    'Fuzzing needs a compiler for C++, which libFuzzer is written in, and there is none. ' +
      'On Debian and Ubuntu, `apt-get install g++` installs one; on a Mac, `xcode-select --install`. ' +
      'The environment variable CXX can name another.',
  )
}

/** @returns {Promise<string>} the folder of the programs */
async function build() {
  ensureCompiler()
  const cargoFuzz = await cargoTool('cargo-fuzz', CARGO_FUZZ_VERSION)
  const { stdout } = spawnSync('rustc', ['-vV'], { encoding: 'utf8' })
  const host = /^host: (.+)$/m.exec(stdout)?.[1]
  if (host === undefined) throw new Error('`rustc -vV` names no host: is Rust installed? See https://rustup.rs')
  await run(cargoFuzz, ['fuzz', 'build', '--sanitizer', 'none', '--target', host, '--target-dir', BUILT])
  return join(BUILT, host, 'release')
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<{ status: number | null, output: string }>} the status, null after a signal
 */
function runQuietly(program, args) {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, RUST_BACKTRACE: '1' } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text))
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output }))
  })
}

/** @param {string} target */
function foldersOf(target) {
  const folders = {
    // In the repository, and never written but by `--minimise`.
    kept: join(FUZZ, 'corpus', target),
    found: join(BUILT, 'corpus', target),
    artifacts: join(FUZZ, 'artifacts', target),
  }
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true })
  return folders
}

/**
 * Runs a target, and tells of it.
 * @param {string} folder - of the programs
 * @param {string} target
 * @param {number} seconds
 * @returns {Promise<boolean>} whether it has found nothing
 */
async function fuzz(folder, target, seconds) {
  const { kept, found, artifacts } = foldersOf(target)
  const { status, output } = await runQuietly(join(folder, target), [
    found,
    kept,
    `-dict=${join(FUZZ, 'dictionary.txt')}`,
    `-artifact_prefix=${artifacts}/`,
    `-max_total_time=${seconds}`,
    `-timeout=${LONGEST_SECONDS}`,
    `-rss_limit_mb=${MOST_MEMORY_MB}`,
    '-print_final_stats=1',
  ])
  const count = Number(/^stat::number_of_executed_units:\s*(\d+)/m.exec(output)?.[1] ?? 0)
  // What only starts, and ends with 0, has tried nothing.
  if (status === 0 && count > 0) {
    const coverage = /^#\d+\s+DONE\s+cov: (\d+)/m.exec(output)?.[1]
    console.log(`${target}: ${count.toLocaleString('en')} executions in ${seconds} s, ${coverage} edges, nothing found`)
    return true
  }
  console.log(output.split('\n').slice(-60).join('\n'))
  const artifact = /Test unit written to (\S+)/.exec(output)?.[1]
  console.log(
    `${target}: failed after ${count.toLocaleString('en')} executions, with status ${status}` +
      (artifact ? `. To try it again: ${join(folder, target)} ${artifact}` : ''),
  )
  return false
}

/**
 * Makes the corpus of a target in the repository the least that reaches as much of the code, from it and
 * from what was found.
 * @param {string} folder
 * @param {string} target
 */
async function minimise(folder, target) {
  const { kept, found } = foldersOf(target)
  const merged = join(BUILT, 'merged', target)
  rmSync(merged, { recursive: true, force: true })
  mkdirSync(merged, { recursive: true })
  // Which edges are taken, not how often, and by as few inputs as can be.
  const { status, output } = await runQuietly(join(folder, target), ['-set_cover_merge=1', '-use_counters=0', merged, kept, found])
  const files = readdirSync(merged)
  if (status !== 0 || files.length === 0) throw new Error(`The corpus of ${target} cannot be merged:\n${output}`)
  rmSync(kept, { recursive: true })
  renameSync(merged, kept)
  const size = files.reduce((sum, file) => sum + statSync(join(kept, file)).size, 0)
  console.log(`${target}: ${files.length} inputs, ${size} bytes`)
}

/**
 * @param {string[]} targets
 * @param {(target: string) => Promise<unknown>} action - for several at a time
 */
async function forEach(targets, action) {
  const left = [...targets]
  const worker = async () => {
    for (let target = left.shift(); target !== undefined; target = left.shift()) await action(target)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

const { values, positionals } = parseArgs({
  options: {
    seconds: { type: 'string', default: DEFAULT_SECONDS },
    'at-once': { type: 'string', default: DEFAULT_AT_ONCE },
    minimise: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const [seconds, atOnce] = /** @type {const} */ (['seconds', 'at-once']).map((name) => {
  const number = Number(values[name])
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${name} must be a whole number above 0, not ${values[name]}`)
})
for (const target of positionals) {
  if (!ALL.includes(target)) throw new Error(`There is no target ${target}. There are ${ALL.join(', ')}.`)
}
const targets = positionals.length > 0 ? positionals : ALL
const programs = await build()
if (values.minimise) {
  await forEach(targets, (target) => minimise(programs, target))
} else {
  let passed = 0
  await forEach(targets, async (target) => {
    if (await fuzz(programs, target, seconds)) passed += 1
  })
  // As the runner of Node's tests tells it, for `npm test` to count.
  console.log(`# pass ${passed}\n# fail ${targets.length - passed}`)
  process.exitCode = passed === targets.length ? 0 : 1
}
