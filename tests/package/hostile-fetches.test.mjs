// @ts-check
/** A `fetch` of the user's that misbehaves, in Node: its source is told why, and no other one notices. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { it } from 'node:test'

/** Paths that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/index.js'
const SUITE = './suites/hostile-fetches.mjs'
const { EventSource } = await import(PACKAGE)
/** @type {{ FETCHES: Record<string, [() => unknown, string?]>, chunksOf: (...chunks: unknown[]) => unknown, encode: (text: string) => Uint8Array }} */
const { FETCHES, chunksOf, encode } = await import(SUITE)

for (const [title, [fetch, reason]] of Object.entries(FETCHES)) {
  it(`one that ${title}: ${reason ?? 'gets the event'}`, async () => {
    const bystander = new EventSource('http://example.test/', { fetch: async () => chunksOf(encode('data: b\n\n')) })
    /** @type {string[]} */
    const losses = []
    bystander.addEventListener('error', (/** @type {any} */ event) => losses.push(event.reason))
    await once(bystander, 'message')
    const source = new EventSource('http://example.test/', {
      fetch,
      reconnect: { delay: 60_000 },
      connectTimeout: 500,
    })
    try {
      const [event] = await once(source, reason === undefined ? 'message' : 'error')
      if (reason === undefined) assert.deepEqual([event.data, event.lastEventId], ['a', '1'])
      else assert.equal(event.reason, reason)
      assert.deepEqual([bystander.readyState, ...losses], [1], 'another source has noticed')
    } finally {
      source.close()
      bystander.close()
    }
  })
}
