// @ts-check
/**
 * `npm run release`: makes the tarball twice, the second time of a copy of the sources in another folder, with nothing
 * built in it, which has to give the same bytes; writes down what it is made of, and checks that; tries the tarball in
 * every tool, runtime, page and library that `tests/install` has; and writes what it has found to
 * `docs/compatibility.md`, and the comments of the declarations to `docs/api.md`. It takes a quarter of an hour.
 * Publishing is left to whoever runs it.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from '../pkg-template/build/build.mjs'
import { hasStandardLibrarySource } from '../pkg-template/build/tools.mjs'
import { apiDocument } from './install/api-document.mjs'
import { compatibility } from './install/compatibility.mjs'
import { checkSupplyChain, writeBillOfMaterials } from './supply-chain.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUTPUT = join(ROOT, 'target', 'release-tarball')
const FINDINGS = join(OUTPUT, 'findings.jsonl')

/** @param {string} program @param {string[]} args @param {string} [folder] @param {NodeJS.ProcessEnv} [added] */
function succeeds(program, args, folder = ROOT, added = {}) {
  const { status } = spawnSync(program, args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...added },
    shell: process.platform === 'win32',
  })
  return status === 0
}

/**
 * Packs the package that has been built in a checkout.
 * @param {string} checkout
 * @param {string} destination
 * @returns the path of the tarball
 */
function pack(checkout, destination) {
  mkdirSync(destination, { recursive: true })
  const packed = succeeds('npm', ['pack', '--silent', '--pack-destination', destination], join(checkout, 'pkg'))
  const name = readdirSync(destination).find((file) => file.endsWith('.tgz'))
  if (!packed || name === undefined) throw new Error('npm has packed nothing')
  return join(destination, name)
}

/** Makes the tarball anew, of a copy of the sources in another folder. @returns its path */
function makeElsewhere() {
  const checkout = mkdtempSync(join(tmpdir(), 'wasm-eventsource-release-'))
  try {
    // Those that are not committed yet are in this tarball, too.
    const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
    for (const file of files.split('\0')) {
      if (file !== '' && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(checkout, file))
    }
    if (!succeeds('node', ['pkg-template/build/build.mjs'], checkout)) throw new Error('A copy of the sources does not build')
    return pack(checkout, join(OUTPUT, 'elsewhere'))
  } finally {
    rmSync(checkout, { recursive: true, force: true })
  }
}

/** @param {string} file */
const digest = (file) => createHash('sha512').update(readFileSync(file)).digest('base64')

/** @param {string} folder */
const testsIn = (folder) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.test.mjs'))
    .map((file) => join(folder, file))

/** @type {string[]} */
const failed = []
rmSync(OUTPUT, { recursive: true, force: true })
if (!hasStandardLibrarySource()) {
  throw new Error('A release is built with the standard library: type `rustup component add rust-src`. Without it the modules are a third larger.')
}
await build()
const tarball = pack(ROOT, OUTPUT)
if (digest(makeElsewhere()) !== digest(tarball)) failed.push('The same sources gave two tarballs, which are in target/release-tarball')
const bill = join(OUTPUT, 'wasm-eventsource.cdx.json')
await writeBillOfMaterials(bill)
const { failed: found, unchecked } = await checkSupplyChain()
failed.push(...found)
for (const script of ['size', 'check']) if (!succeeds('npm', ['run', script])) failed.push(`npm run ${script}`)

writeFileSync(join(ROOT, 'docs', 'api.md'), apiDocument())
for (const test of [...testsIn('tests/install'), ...testsIn('tests/install/matrix')]) {
  const args = ['--test', '--test-reporter=spec', test]
  if (!succeeds(process.execPath, args, ROOT, { WASM_EVENTSOURCE_FINDINGS: FINDINGS })) failed.push(test)
}
if (failed.length === 0) {
  writeFileSync(join(ROOT, 'docs', 'compatibility.md'), compatibility(readFileSync(FINDINGS, 'utf8')))
}
for (const what of unchecked) console.error(`Could not be checked here: ${what}`)
for (const what of failed) console.error(`Failed: ${what}`)
console.log(`\n${tarball}\nsha512-${digest(tarball)}\n${bill}`)
process.exitCode = failed.length === 0 ? 0 : 1
