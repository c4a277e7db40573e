// @ts-check
/**
 * `node benches/no-wasm.mjs`: how fast the decoder is without WebAssembly, beside the one with it, in Node; the
 * median of five rounds each.
 */

import { ensurePackage } from '../pkg-template/build/build.mjs'

const SIZE = 64 * 1024
const CHUNKS = 200
const ROUNDS = 5

const CORPORA = /** @type {Record<string, string>} */ ({
  'small events': 'event: price\nid: 12\ndata: {"symbol":"ABC","price":12.5}\n\n',
  'events of 8 kB': `data: ${'x'.repeat(8_000)}\n\n`,
})

await ensurePackage()
/** @type {Record<string, Record<string, number>>} */
const table = {}
for (const [title, event] of Object.entries(CORPORA)) {
  const chunk = new TextEncoder().encode(event.repeat(Math.ceil(SIZE / event.length)))
  table[title] = {}
  for (const file of ['index', 'no-wasm']) {
    const { EventStreamDecoder } = await import(new URL(`../pkg/${file}.js`, import.meta.url).href)
    const times = Array.from({ length: ROUNDS + 1 }, () => {
      const decoder = new EventStreamDecoder()
      const begun = performance.now()
      for (let count = 0; count < CHUNKS; count++) decoder.decode(chunk)
      return performance.now() - begun
    })
    const median = times.slice(1).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN
    table[title][`${file}, MB/s`] = Math.round((chunk.length * CHUNKS) / median / 1_000)
  }
}
console.table(table)
