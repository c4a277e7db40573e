// @ts-check
/** Writes the declarations of the package: one file for each entry point, and a twin for `require`. */

import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { run } from './run.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TEMPLATE = join(ROOT, 'pkg-template')
const DECLARATIONS = join(ROOT, 'target', 'declarations')

/** The entry points whose types come from the sources; `pkg-template/types` has the others. */
const ENTRY_POINTS = {
  index: 'index',
  'eventsource-parser': 'adapters/eventsource-parser',
  'fetch-event-source': 'adapters/fetch-event-source',
}

/** A name that the type checker does not follow: it would come to the library of another TypeScript. */
const PLUGIN = 'rollup-plugin-dts'

/** @param {string} output - the folder of the package */
export async function writeDeclarations(output) {
  rmSync(DECLARATIONS, { recursive: true, force: true })
  await run(process.execPath, [
    join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
    ...['-p', TEMPLATE, '--outDir', DECLARATIONS],
  ])
  // Of these there is no source, only a declaration.
  const finished = join('event-source', 'finished-event-source.d.ts')
  cpSync(join(TEMPLATE, finished), join(DECLARATIONS, finished))
  for (const [name, entryPoint] of Object.entries(ENTRY_POINTS)) {
    await bundle(join(DECLARATIONS, `${entryPoint}.d.ts`), join(output, `${name}.d.ts`))
  }
  const types = join(TEMPLATE, 'types')
  for (const file of readdirSync(types)) cpSync(join(types, file), join(output, file))
  for (const file of readdirSync(output)) {
    if (!file.endsWith('.d.ts')) continue
    const text = readFileSync(join(output, file), 'utf8')
    const twin = text.replace(/'\.\/(index|polyfill)\.js'/g, "'./$1.cjs'")
    writeFileSync(join(output, file.replace(/ts$/, 'cts')), twin)
  }
}

/**
 * @param {string} entryPoint
 * @param {string} file
 */
async function bundle(entryPoint, file) {
  const [{ rollup }, { dts }] = await Promise.all([import('rollup'), import(PLUGIN)])
  const bundle = await rollup({ input: entryPoint, plugins: [dts()] })
  const usesDispose = file.endsWith('index.d.ts')
  await bundle.write({
    file,
    // It counts at the beginning of a file only.
    banner: usesDispose ? '/// <reference lib="esnext.disposable" />' : '',
  })
}
