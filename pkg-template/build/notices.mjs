// @ts-check
/** The licences of what is compiled into the WebAssembly module, as they ask to be passed on. */

import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** @typedef {{ id: string, name: string, version: string, license: string | null, authors: string[], repository: string | null, manifest_path: string, targets: { kind: string[] }[] }} Crate */
/** @typedef {{ id: string, deps: { pkg: string, dep_kinds: { kind: string | null }[] }[] }} Node */

const PREAMBLE = `What is compiled into the WebAssembly module of wasm-eventsource, and into its translation to JavaScript,
with the licences of each. Where there is a choice, the MIT licence was chosen.

The standard library of Rust is part of it, too: https://github.com/rust-lang/rust, copyright The Rust
Project Contributors, MIT OR Apache-2.0; the text of the MIT licence is the one that stands below.
`

/** @returns {string} the text of the file with the notices */
export function notices() {
  return [PREAMBLE, ...compiledIn().map(notice)].join(`\n${'-'.repeat(80)}\n\n`)
}

/** @param {Crate} crate */
function notice({ name, version, license, authors, repository, manifest_path }) {
  const folder = dirname(manifest_path)
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort()
  const mit = files.filter((file) => /mit/i.test(file))
  const texts = (mit.length > 0 ? mit : files).map((file) => readFileSync(join(folder, file), 'utf8').trim())
  if (license === null) throw new Error(`${name} ${version} comes without a licence`)
  if (texts.length === 0) texts.push(`By ${authors.join(', ')}. It comes without the text of its licence.`)
  return `${name} ${version}, ${license}\n${repository ?? ''}\n\n${texts.join('\n\n')}\n`.replaceAll('\r\n', '\n')
}

/**
 * The crates that the module is made of, by their names: no procedural macros, and no build scripts.
 * @returns {Crate[]}
 */
export function compiledIn() {
  const { packages, resolve } = JSON.parse(
    execFileSync(
      'cargo',
      ['metadata', '--format-version', '1', '--locked', '--features', 'source,decoder'].concat(
        ['--filter-platform', 'wasm32-unknown-unknown', '--manifest-path', join(ROOT, 'Cargo.toml')],
      ),
      { maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
    ),
  )
  /** @type {Map<string, Crate>} */
  const crates = new Map(packages.map((/** @type {Crate} */ crate) => [crate.id, crate]))
  /** @type {Map<string, Node>} */
  const nodes = new Map(resolve.nodes.map((/** @type {Node} */ node) => [node.id, node]))
  const reached = new Set([resolve.root])
  // What is added while this runs is visited, too.
  for (const id of reached) {
    for (const { pkg, dep_kinds } of nodes.get(id)?.deps ?? []) {
      const isMacro = crates.get(pkg)?.targets.some(({ kind }) => kind.includes('proc-macro'))
      if (!isMacro && dep_kinds.some(({ kind }) => kind === null)) reached.add(pkg)
    }
  }
  reached.delete(resolve.root)
  return [...reached]
    .map((id) => /** @type {Crate} */ (crates.get(id)))
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
}
