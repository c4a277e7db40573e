// @ts-check
/**
 * `npm run release`: makes the tarball twice, from the sources, which has to give the same bytes; checks
 * it in every tool, runtime, page and library that `tests/install` has; and writes what it has found to
 * `docs/compatibility.md`, and the comments of the declarations to `docs/api.md`. It takes half an hour. Publishing is left to whoever runs it.
 */

import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from '../pkg-template/build/build.mjs'
import { apiDocument } from './install/api-document.mjs'
import { compatibility } from './install/compatibility.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUTPUT = join(ROOT, 'target', 'release-tarball')
const FINDINGS = join(OUTPUT, 'findings.jsonl')

/** @param {string[]} args - of npm @param {string} [folder] */
function npm(args, folder = ROOT) {
  const { status } = spawnSync('npm', args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  return status === 0
}

/** Builds and packs the package. @returns the path of the tarball, and its digest */
async function make() {
  await build()
  npm(['pack', '--silent', '--pack-destination', OUTPUT], join(ROOT, 'pkg'))
  const name = readdirSync(OUTPUT).find((file) => file.endsWith('.tgz'))
  if (name === undefined) throw new Error('npm has packed nothing')
  const path = join(OUTPUT, name)
  return { path, digest: createHash('sha512').update(readFileSync(path)).digest('base64') }
}

/** @param {string} folder */
const testsIn = (folder) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.test.mjs'))
    .map((file) => join(folder, file))

/** @type {string[]} */
const failed = []
rmSync(OUTPUT, { recursive: true, force: true })
mkdirSync(OUTPUT, { recursive: true })
const first = await make()
const second = await make()
if (first.digest !== second.digest) failed.push('The same sources gave two tarballs')
for (const script of ['size', 'check']) if (!npm(['run', script])) failed.push(`npm run ${script}`)

writeFileSync(join(ROOT, 'docs', 'api.md'), apiDocument())
for (const test of [...testsIn('tests/install'), ...testsIn('tests/install/matrix')]) {
  const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', test], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, WASM_EVENTSOURCE_FINDINGS: FINDINGS },
  })
  if (status !== 0) failed.push(test)
}
if (failed.length === 0 && existsSync(FINDINGS)) {
  writeFileSync(join(ROOT, 'docs', 'compatibility.md'), compatibility(readFileSync(FINDINGS, 'utf8')))
}
for (const what of failed) console.error(`Failed: ${what}`)
console.log(`\n${second.path}\nsha512-${second.digest}`)
process.exitCode = failed.length === 0 ? 0 : 1
