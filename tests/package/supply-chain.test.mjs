// @ts-check
/** What everything is made of: locked, safe, and told of in the bill of materials. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { compiledIn } from '../../pkg-template/build/notices.mjs'
import { NPM_FOLDERS, billOfMaterials, readLock, unlocked } from '../supply-chain.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** @param {string} pattern @returns {string[]} the files of the repository */
const filesLike = (pattern) =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', pattern], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n')

it('names all that is compiled in, with its digest, its licence and its version, in the same bytes each time', async () => {
  const text = await billOfMaterials()
  assert.equal(await billOfMaterials(), text)
  const { metadata, components, dependencies } = JSON.parse(text)
  assert.equal(metadata.component.name, 'wasm-eventsource')
  assert.equal(metadata.timestamp, undefined)
  const named = components.map((/** @type {any} */ { name, version }) => `${name} ${version}`)
  for (const { name, version } of compiledIn()) assert.ok(named.includes(`${name} ${version}`), name)
  for (const { name, hashes, licenses, purl } of components) {
    assert.equal(licenses?.length, 1, name)
    if (purl.startsWith('pkg:cargo/')) assert.match(hashes?.[0]?.content, /^[0-9a-f]{64}$/, name)
  }
  assert.ok(named.some((/** @type {string} */ name) => name.startsWith('std ')))
  const { dependsOn } = dependencies.find((/** @type {any} */ { ref }) => ref === metadata.component['bom-ref'])
  assert.equal(dependsOn.length, components.length)
})

it('is locked, wherever npm packages are installed', () => {
  const locks = filesLike('*package-lock.json').map((file) => file.replace(/\/?package-lock\.json$/, '') || '.')
  assert.deepEqual(locks.sort(), [...NPM_FOLDERS].sort())
  for (const folder of NPM_FOLDERS) assert.deepEqual(unlocked(readLock(folder)), [], folder)
  const integrity = 'sha512-x'
  assert.deepEqual(
    unlocked({
      packages: {
        '': {},
        a: { integrity },
        b: {},
        c: { integrity: 'sha1-x' },
        d: { integrity, resolved: 'git+ssh://git@example.test/d.git' },
        e: { integrity, resolved: 'https://registry.npmjs.org/e/-/e-1.0.0.tgz' },
      },
    }),
    ['b', 'c', 'd'],
  )
})

it('is written without unsafe code', () => {
  const manifests = filesLike('*Cargo.toml')
  assert.ok(manifests.length > 5, `${manifests}`)
  for (const manifest of manifests) {
    assert.match(readFileSync(`${ROOT}${manifest}`, 'utf8'), /^\[lints\.rust\]\n(?:[^[]*\n)?unsafe_code = "forbid"$/m, manifest)
  }
})
