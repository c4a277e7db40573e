// @ts-check
/** Prints the size of each file that a page loads from pkg/: raw, gzip -9 and brotli -q 11. */

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const PACKAGE = fileURLToPath(new URL('../pkg/', import.meta.url))

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

/** @type {string[]} */
let files
try {
  files = readdirSync(PACKAGE).filter((file) => /\.(js|wasm)$/.test(file))
} catch {
  console.error('There is no pkg/ yet: run `npm run build` first.')
  process.exit(1)
}
console.table(Object.fromEntries(files.sort().map((file) => [file, sizes(file)])))
