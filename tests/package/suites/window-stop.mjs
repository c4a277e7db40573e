/** `window.stop()`, after which the native class fails its connections for good. */

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
    // DIFFERENCE: to a page, it looks like a lost network.
    it(`closes the native class that is ${state}, and loses the connection of ours [spec 67]`, async () => {
      const key = uniqueKey()
      const body = ['retry: 100\nid: 7\ndata: a\n\n', 'data: b\n\n']
      source = new EventSource(address(path, { key, body, end: 'hold' }))
      const events = record(source)
      await eventually(() => isReady(key, events))
      window.stop()
      await eventually(async () => (await requestsOf(key))[0].endedAt !== null)
      await milliseconds(400)
      const [expected, requests] = expectedIn(page, [['error (2)'], 1], [
        { of: 'native', engines: ['webkit'], expected: [[], 1], why: 'WebKit ends the request and says nothing' },
        {
          of: 'ours',
          expected: state === 'open' ? [['error (0)', 'open (1)', 'message "b" 7 (1)'], 2] : [[], 2],
          why: 'to a page, it looks like a lost network: the source comes back, or asks once what it was',
        },
      ])
      assert.deepEqual(events, [...before, ...expected])
      assert.equal((await requestsOf(key)).length, requests)
    })
  }

  it('fails a fetch as a lost network does, so that nothing tells the two apart [spec 67]', async () => {
    const end = async (response) => {
      const reader = (await response).body.getReader()
      for (;;) if ((await reader.read()).done) return 'ended'
    }
    const failureOf = (promise) => promise.then(String, ({ name, message }) => `${name}: ${message}`)
    const unanswered = new URL(address('/hang'), location.href)
    const held = address('/raw', { body: 'data: a\n\n', end: 'hold' })
    const stopped = [failureOf(fetch(unanswered)), failureOf(end(fetch(held)))]
    await milliseconds(200)
    window.stop()
    const cut = failureOf(end(fetch(address('/raw', { body: 'data: a\n\n', end: 'abort' }))))
    const refused = failureOf(fetch(page.deadOrigin))
    assert.deepEqual(await Promise.all(stopped), await Promise.all([refused, cut]))
  })

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
