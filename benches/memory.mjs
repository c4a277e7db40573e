// @ts-check
/**
 * Memory after a million events. The heap is that of JavaScript and of the DOM, after a collection,
 * while the source is still open; it is compared with that of a source that has received few.
 *
 * What a string keeps alive is told by the memory of the process: of the text of a long string, V8
 * counts a byte per character, whether it takes one or two.
 */

const FEW = 10_000
/** Each of the kept strings is from another piece of the stream: these are 38 kB apart. */
const KEEP_EACH = 200

/**
 * @typedef {object} MemoryResult
 * @property {number} events
 * @property {number} [heapGrowth] in bytes, where the browser tells
 * @property {number} wasmBefore after 10,000 events, in bytes
 * @property {number} wasmAfter after all of them, in bytes
 * @property {{ width: 'narrow' | 'wide', strings: number, bytesEach: number }[]} kept how much memory each
 *   string takes that is kept; empty where the browser does not tell
 */

/**
 * @param {import('./page.mjs').Page} page
 * @param {{ events: number, strings: number }} settings
 * @returns {Promise<MemoryResult>}
 */
export async function measureMemory(page, { events, strings }) {
  await page.show('memory.html')
  await page.call('receive', String(FEW), 'narrow', '0')
  const heapBefore = await page.heapAfterCollection()
  const wasmBefore = await page.call('wasmMemory')
  await page.call('receive', String(events), 'narrow', '0')
  const heapAfter = await page.heapAfterCollection()
  const wasmAfter = await page.call('wasmMemory')
  /** @type {MemoryResult} */
  const result = { events, wasmBefore, wasmAfter, kept: [] }
  if (heapBefore === undefined || heapAfter === undefined) return result
  result.heapGrowth = heapAfter - heapBefore

  for (const width of /** @type {const} */ (['narrow', 'wide'])) {
    await page.call('receive', String(FEW), width, '0')
    const before = (await page.residentAfterCollection()) ?? 0
    const kept = await page.call('receive', String(strings * KEEP_EACH), width, String(KEEP_EACH))
    const after = (await page.residentAfterCollection()) ?? 0
    result.kept.push({ width, strings: kept, bytesEach: (after - before) / kept })
  }
  return result
}
