// @ts-check
/** An event that is longer than any string can be. */

import assert from 'node:assert/strict'
import { it } from 'node:test'

/** A path that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/index.js'
const { EventSource, EventStreamDecoder, EventTooLargeError } = await import(PACKAGE)

const MEBIBYTE = new Uint8Array(2 ** 20).fill(120)
const encoder = new TextEncoder()

it('is too large for a decoder, for good, whatever maxEventSize says', () => {
  const decoder = new EventStreamDecoder({ maxEventSize: Infinity })
  const end = encoder.encode('\n\ndata: b\n\n')
  assert.deepEqual(decoder.decode(encoder.encode('data: a\n\ndata: ')).length, 1)
  /** @type {unknown} */
  let error
  for (let count = 0; error === undefined && count < 513; count++) {
    try {
      decoder.decode(MEBIBYTE)
    } catch (thrown) {
      error = thrown
    }
  }
  assert.ok(error instanceof EventTooLargeError, String(error))
  assert.throws(() => decoder.decode(end), (thrown) => thrown === error)
  decoder.reset()
  assert.deepEqual(decoder.decode(encoder.encode('data: b\n\n')).length, 1)
})

it('ends a source with the reason limit', async () => {
  let requests = 0
  const fetch = async () => {
    requests += 1
    let count = 0
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(count++ === 0 ? encoder.encode('data: ') : MEBIBYTE)
      },
    })
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  }
  const source = new EventSource('http://localhost/', {
    fetch,
    maxEventSize: Infinity,
    reconnect: { delay: 1, maxAttempts: 2 },
  })
  const { reason, retryIn } = await new Promise((resolve) => (source.onerror = resolve))
  source.close()
  assert.deepEqual([reason, retryIn, requests], ['limit', null, 1])
})
