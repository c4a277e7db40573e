// @ts-check
/**
 * `npm run size`: the size of what a page loads from pkg/, raw, gzip -9 and brotli -q 11, beside the
 * budget in `size-budget.json`. Fails above it. Builds the package first if there is none.
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

/** @param {string} file */
function sizes(file) {
  const content = readFileSync(join(PACKAGE, file))
  const brotli = brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  })
  return { raw: content.length, gzip: gzipSync(content, { level: 9 }).length, brotli: brotli.length }
}

await ensurePackage()
const files = readdirSync(PACKAGE).filter((file) => /\.(js|wasm)$/.test(file))
// What the build can leave out depends on the toolchain: see `build.mjs`.
const budget = BUDGETS[hasStandardLibrarySource() ? 'small' : 'plain']
const table = Object.fromEntries(
  files.sort().map((file) => [file, { ...sizes(file), budget: budget[file] }]),
)
console.table(table)
for (const [file, { brotli, budget }] of Object.entries(table)) {
  if (budget === undefined) console.error(`${file} has no budget`)
  else if (brotli > budget) console.error(`${file} is ${brotli - budget} bytes above its budget`)
  else continue
  process.exitCode = 1
}
