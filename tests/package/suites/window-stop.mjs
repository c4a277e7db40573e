/** `window.stop()`, which fails the connections of its page for good. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'
import { expectedIn } from './variants.mjs'

export default function (page) {
  const { EventSource } = page
  let source
  afterEach(() => source?.close())

  for (const [state, path, before, isReady] of [
    ['open', '/raw', ['open (1)', 'message "a" 7 (1)'], (_, events) => events.length === 2],
    ['connecting', '/hang', [], async (key) => (await requestsOf(key)).length === 1],
  ]) {
    it(`closes a source that is ${state}, with one error [spec 67]`, async () => {
      const key = uniqueKey()
      const body = ['retry: 100\nid: 7\ndata: a\n\n', 'data: b\n\n']
      source = new EventSource(address(path, { key, body, end: 'hold' }))
      const events = record(source)
      await eventually(() => isReady(key, events))
      window.stop()
      await eventually(async () => (await requestsOf(key))[0].endedAt !== null)
      await milliseconds(400)
      const expected = expectedIn(page, ['error (2)'], [
        { of: 'native', engines: ['webkit'], expected: [], why: 'WebKit ends the request and says nothing' },
      ])
      assert.deepEqual(events, [...before, ...expected])
      assert.equal((await requestsOf(key)).length, 1)
    })
  }

  it('leaves alone what is made after it [spec 67]', async () => {
    window.stop()
    source = new EventSource(address('/raw', { body: 'data: a\n\n', end: 'hold' }))
    await next(source, 'message')
    assert.equal(source.readyState, 1)
  })

  it('does not keep a source that a lost line has made wait from coming back [spec 67, 69]', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: ['retry: 300\ndata: a\n\n', 'data: b\n\n'], end: 'abort' }))
    await next(source, 'error')
    window.stop()
    assert.equal((await next(source, 'message')).data, 'b')
  })
}
