/** Event streams without a source: the decoder, the stream, and the iterator over a response. */

import { assert } from '/node_modules/chai/index.js'
import { endlessStream } from './made-up-responses.mjs'
import { address, eventually, milliseconds, requestsOf, takeFaults, toHex, uniqueKey } from './support.mjs'
import { defineDecoding } from './decoding-anywhere.mjs'

const vectors = await (await fetch('/tests/vectors.json')).json()
const api = await import(`/pkg/${new URL(location.href).searchParams.get('class')}.js`)
await api.init?.()
const { eventsFrom, json, EventStreamDecoderStream } = api

export default function () {
  afterEach(async () => assert.deepEqual(await takeFaults(), []))

  defineDecoding({ describe, it }, api, vectors)

  async function all(iterable) {
    const items = []
    for await (const item of iterable) items.push(item)
    return items
  }

  for (const { name, messages, ...vector } of vectors) {
    it(`vector, over the network: ${name}`, async () => {
      const hex = vector.hex ?? toHex(new TextEncoder().encode(vector.stream))
      const url = address('/raw', { hex, ...(hex.length > 2 ? { cuts: '1' } : {}), pause: 0 })
      assert.deepEqual(await all(eventsFrom(await fetch(url))), messages)
      const { body } = await fetch(url)
      const events = []
      const reader = body.pipeThrough(new EventStreamDecoderStream()).getReader()
      for (let it; !(it = await reader.read()).done; ) events.push(it.value)
      assert.deepEqual(events, messages)
    })
  }

  it('leaving a loop over a response ends the request', async () => {
    const key = uniqueKey()
    const controller = new AbortController()
    const url = address('/raw', { key, body: 'data: {"a":1}\n\ndata: {"a":2}\n\n', end: 'hold' })
    const { signal } = controller
    for await (const { a } of json(eventsFrom(await fetch(url, { signal })))) if (a === 1) break
    // Firefox keeps the connection of a silent server, whatever becomes of the body.
    if (navigator.userAgent.includes('Firefox')) controller.abort()
    const request = await eventually(
      async () => (await requestsOf(key)).find(({ endedAt }) => endedAt !== null),
      1_000,
    )
    assert.equal(request.endedBy, 'client')
  })

  it('reads a response and a piped stream only as fast as they are read', async () => {
    for (const read of [
      (response) => eventsFrom(response),
      async function* (response) {
        const reader = response.body.pipeThrough(new EventStreamDecoderStream()).getReader()
        for (;;) yield (await reader.read()).value
      },
    ]) {
      const { fetch, read: bytes } = endlessStream(1_000)
      const events = read(await fetch('/'))
      await events.next()
      await milliseconds(50)
      assert.isBelow(bytes(), 20_000)
    }
  })
}
