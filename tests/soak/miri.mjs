// @ts-check
/**
 * The tests of the core in Miri, an interpreter of Rust that stops at undefined behaviour. The core has no
 * `unsafe` of its own; what it is built on has.
 */

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'

import { output } from './support/command.mjs'

export const parameters = { toolchain: 'nightly', streams: 2 }

const TESTS = new URL('../', import.meta.url)

/** Those of a browser, and those with megabytes, ten thousand clients or a stopwatch, which take Miri too long. */
const LEFT_OUT = ['herd', 'hostile', 'linear_time', 'web']

/** What a run tells of its tests. */
const TOLD = /^test result: ok\. (\d+) passed; 0 failed/m

/** @param {string} toolchain */
function ensureMiri(toolchain) {
  // Does nothing where it is there already.
  const added = spawnSync('rustup', ['component', 'add', '--toolchain', toolchain, 'miri', 'rust-src'], { encoding: 'utf8' })
  if (added.status === 0) return
  throw new Error(
    `Miri comes with nightly toolchains alone, and rustup cannot add it to ${toolchain}:\n${added.stderr ?? added.error}\n` +
      'Try `rustup toolchain install nightly --component miri,rust-src`.',
  )
}

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ toolchain, streams }, tell) {
  ensureMiri(String(toolchain))
  const files = readdirSync(TESTS).filter((file) => file.endsWith('.rs')).map((file) => basename(file, '.rs'))
  const chosen = files.filter((name) => !LEFT_OUT.includes(name)).sort()
  const environment = {
    // A clock, and files; results of powers that are those of the machine, not any that Rust allows.
    MIRIFLAGS: '-Zmiri-disable-isolation -Zmiri-deterministic-floats',
    PROPTEST_CASES: String(streams),
  }
  const rows = []
  for (const [name, ...args] of [['the crate', '--lib'], ...chosen.map((name) => [name, '--test', name])]) {
    const started = Date.now()
    const told = await output('cargo', [`+${toolchain}`, 'miri', 'test', ...args], environment)
    const [, passed] = TOLD.exec(told) ?? []
    if (!Number(passed)) throw new Error(`Of the tests of ${name} none has run`)
    const seconds = Math.round((Date.now() - started) / 1_000)
    tell(`${name}: ${passed} tests in ${seconds} s`)
    rows.push({
      fault: name === 'the crate' ? 'the tests within the crate' : `the tests of \`${name}\``,
      client: 'ours',
      tried: `${passed} tests, no undefined behaviour`,
      lost: '–',
      doubled: '–',
      memory: 'no leak',
    })
  }
  return {
    title: 'Undefined behaviour',
    about:
      'The tests of the core in [Miri](https://github.com/rust-lang/miri), which stops at undefined behaviour and at ' +
      'memory that is never given back. The core forbids `unsafe`; memchr, which it searches bytes with, does not.',
    rows,
  }
}
