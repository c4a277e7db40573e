// @ts-check
/** The scripts of package.json in a clone in which nothing has been installed yet. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { it } from 'node:test'

import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** @type {Record<string, string>} */
const scripts = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).scripts

for (const [name, command] of Object.entries(scripts)) {
  it(`npm run ${name} imports no package before it can install one`, async () => {
    const [, script] = /^node (\S+)$/.exec(command) ?? []
    assert.ok(script !== undefined, command)
    assert.deepEqual(await packagesImportedBy(script), [])
  })
}

/**
 * What a module, and those that it imports, import from packages, `await import` apart, which runs
 * when its turn comes.
 * @param {string} script - from the root folder
 */
async function packagesImportedBy(script) {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [script],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const packages = new Set()
  const reached = new Set([script])
  // What is added while this runs is visited, too.
  for (const file of reached) {
    for (const { path, kind, external } of metafile.inputs[file].imports) {
      if (kind !== 'import-statement') continue
      if (!external) reached.add(path)
      else if (!isBuiltin(path)) packages.add(path)
    }
  }
  return [...packages]
}
