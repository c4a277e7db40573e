// @ts-check
/** The licences of what is compiled into the WebAssembly module, as they ask to be passed on. */

import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** @typedef {{ name: string, version: string, license: string | null, authors: string[], repository: string | null, manifest_path: string }} Crate */

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
  // The one knows what is compiled, with the features of this crate alone, and the other all about it.
  const tree = cargo(
    ...['tree', '--locked', '--package', 'wasm-eventsource', '--no-default-features', '--features', 'source,decoder'],
    ...['--target', 'wasm32-unknown-unknown', '--edges', 'normal,no-proc-macro', '--prefix', 'none', '--format', '{p}'],
  )
  const compiled = new Set(tree.split('\n').map((line) => line.split(' ', 2).join(' ')))
  /** @type {{ packages: Crate[] }} */
  const { packages } = JSON.parse(cargo('metadata', '--locked', '--format-version', '1', '--features', 'source,decoder'))
  return packages
    .filter(({ name, version }) => name !== 'wasm-eventsource' && compiled.has(`${name} v${version}`))
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
}

/** @param {string[]} args @returns {string} what it prints */
function cargo(...args) {
  return execFileSync('cargo', args, {
    cwd: ROOT,
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
}
