// @ts-check
/** Receives events, keeps nothing or some of their strings, and tells how large the memory is. */

import { EventSource } from '../../pkg/index.js'

/** @type {WebAssembly.Memory[]} */
const memories = /** @type {any} */ (window).eval('memories')

/** @type {EventSource | undefined} */
let source
/** @type {string[]} */
let kept = []

Object.assign(globalThis, {
  /**
   * Receives events, no two of them the same, and leaves the stream open. The one before is closed,
   * and its strings are given up.
   * @param {string} count how many
   * @param {'narrow' | 'wide'} width whether an engine can store their text in one byte per character
   * @param {string} keepEach keep the data of one in so many; none with 0
   * @returns {Promise<string>} how many strings are kept
   */
  receive: async (count, width, keepEach) => {
    source?.close()
    kept = []
    const query = new URLSearchParams({ events: count, ...(width === 'wide' ? { wide: '' } : {}) })
    const current = new EventSource(`/numbered?${query}`)
    source = current
    let events = 0
    await new Promise((resolve, reject) => {
      current.addEventListener('message', ({ data }) => {
        events += 1
        if (events % Number(keepEach) === 0) kept.push(data)
        if (events === Number(count)) resolve(undefined)
      })
      current.addEventListener('error', () => reject(new Error('an error event')))
    })
    return JSON.stringify(kept.length)
  },

  /** @returns {Promise<string>} the size of all WebAssembly memories, in bytes */
  wasmMemory: async () =>
    JSON.stringify(memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)),
})
