// @ts-check
/**
 * Memory after a million events. The heap is that of JavaScript and of the DOM, after a collection,
 * while the source is still open; it is compared with that of a source that has received few.
 *
 * Of what a string keeps alive, V8 tells the characters: they take one byte each, or two if one of
 * them is not in Latin-1. The memory of the process shows it too, with what the allocator adds.
 */

const FEW = 10_000
/** Each of the kept strings is from another piece of the stream: these are 38 kB apart. */
const KEEP_EACH = 200
const KEPT = 2000

/**
 * @typedef {object} MemoryResult
 * @property {number} events
 * @property {number} [heapGrowth] in bytes, where the browser tells
 * @property {number} wasmBefore after 10,000 events, in bytes
 * @property {number} wasmAfter after all of them, in bytes
 * @property {Kept[]} kept strings of either width; empty where the browser does not tell
 */

/**
 * @typedef {object} Kept
 * @property {'narrow' | 'wide'} width
 * @property {number} strings how many were kept
 * @property {number} heapEach what each keeps alive, in bytes
 * @property {number} residentEach by how much each makes the process larger, in bytes
 */

/**
 * @param {import('./page.mjs').Page} page
 * @param {{ events: number }} settings
 * @returns {Promise<MemoryResult>}
 */
export async function measureMemory(page, { events }) {
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
    const before = await kept(page)
    const strings = await page.call('receive', String(KEPT * KEEP_EACH), width, String(KEEP_EACH))
    const after = await kept(page)
    const bytesPerCharacter = width === 'wide' ? 2 : 1
    result.kept.push({
      width,
      strings,
      heapEach: (bytesPerCharacter * (after.heap - before.heap)) / strings,
      residentEach: (after.resident - before.resident) / strings,
    })
  }
  return result
}

/** @param {import('./page.mjs').Page} page */
async function kept(page) {
  const heap = (await page.heapAfterCollection()) ?? 0
  return { heap, resident: (await page.residentMemory()) ?? 0 }
}
