// @ts-check
/**
 * `npm run size`: the size of what a page loads from pkg/, and of what each import adds to a bundle; raw,
 * gzip -9 and brotli -q 11, beside the budget in `size-budget.json`. Fails above it. Then what the same of
 * other packages takes. Builds the package first if there is none.
 */

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

import { ensurePackage } from './build.mjs'
import { hasStandardLibrarySource } from './tools.mjs'

const PACKAGE = fileURLToPath(new URL('../../pkg/', import.meta.url))

/** @type {Record<'small' | 'plain', Record<string, number>>} */
const BUDGETS = JSON.parse(readFileSync(new URL('size-budget.json', import.meta.url), 'utf8'))

/** @param {Uint8Array} content */
function sizes(content) {
  const brotli = brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  })
  return { raw: content.length, gzip: gzipSync(content, { level: 9 }).length, brotli: brotli.length }
}

/**
 * The script of an app that imports these names and nothing else, minified.
 * @param {string} names
 * @param {string} module
 */
async function appThatImports(names, module) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names} } from '${module}'`, resolveDir: PACKAGE },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  })
  const [script] = /** @type {[import('esbuild').OutputFile]} */ (outputFiles)
  return script.contents
}

/** What people import, from which entry point. */
const IMPORTS = {
  index: ['EventSource', 'EventSource, json', 'eventsFrom', 'EventStreamDecoder', 'EventStreamDecoderStream', 'json'],
  decoder: ['eventsFrom', 'EventStreamDecoder', 'EventStreamDecoderStream', 'json'],
  'eventsource-parser': ['createParser'],
  'fetch-event-source': ['fetchEventSource'],
}

/** What people import from other packages. */
const OTHERS = {
  eventsource: 'EventSource',
  'event-source-polyfill': 'EventSourcePolyfill',
  '@microsoft/fetch-event-source': 'fetchEventSource',
  'eventsource-parser': 'createParser',
}

/**
 * Prints a table, and says what is above its budget.
 * @param {Record<string, Uint8Array>} contents
 * @param {Record<string, number>} budgets
 */
function report(contents, budgets) {
  const table = Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [name, { ...sizes(content), budget: budgets[name] }]),
  )
  console.table(table)
  for (const [name, { brotli, budget }] of Object.entries(table)) {
    if (budget === undefined) console.error(`${name} has no budget`)
    else if (brotli > budget) console.error(`${name} is ${brotli - budget} bytes above its budget`)
    else continue
    process.exitCode = 1
  }
}

await ensurePackage()
// What the build can leave out depends on the toolchain: see `build.mjs`.
const budgets = BUDGETS[hasStandardLibrarySource() ? 'small' : 'plain']
// The twins for `require` are not for pages.
const files = readdirSync(PACKAGE).filter((file) => /\.(js|wasm)$/.test(file))
console.log('Files')
report(Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(PACKAGE, file))])), budgets)
console.log('What an import adds to a bundle')
const apps = Object.entries(IMPORTS).flatMap(([entryPoint, imports]) =>
  imports.map(async (names) => [`${names}, of ${entryPoint}`, await appThatImports(names, `./${entryPoint}.js`)]),
)
report(Object.fromEntries(await Promise.all(apps)), budgets)
console.log('What an import of another package adds')
const others = Object.entries(OTHERS).map(async ([name, names]) => [name, sizes(await appThatImports(names, name))])
console.table(Object.fromEntries(await Promise.all(others)))
