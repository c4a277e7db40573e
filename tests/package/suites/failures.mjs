/** Bad input, bad responses and lost connections: each ends as it should, and none in a fault. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, takeFaults, uniqueKey } from './support.mjs'

export default function ({ EventSource }) {
  let source
  afterEach(async () => {
    source?.close()
    assert.deepEqual(await takeFaults(), [])
  })

  it('throws a SyntaxError at once for a URL that cannot be parsed', () => {
    for (const url of ['http://[', 'http://a:b:c/', 'https://:80']) {
      try {
        new EventSource(url)
        assert.fail(`${url} was accepted`)
      } catch (error) {
        assert.instanceOf(error, DOMException)
        assert.equal(error.name, 'SyntaxError')
        assert.equal(error.code, 12)
      }
    }
  })

  it('throws a TypeError without an argument, or without new', () => {
    assert.throws(() => new EventSource(), TypeError)
    assert.throws(() => EventSource('/raw'), TypeError)
  })

  for (const status of [201, 204, 205, 304, 400, 401, 404, 429, 500, 503]) {
    it(`is closed by status ${status}, with one error event and no further request`, async () => {
      const key = uniqueKey()
      source = new EventSource(address(`/status/${status}`, { key }))
      const events = record(source)
      await next(source, 'error')
      await milliseconds(150)
      assert.deepEqual(events, ['error (2)'])
      assert.equal(source.readyState, 2)
      assert.lengthOf(await requestsOf(key), 1)
    })
  }

  for (const type of ['text/html', 'application/json', 'text/event-streams']) {
    it(`is closed by the content type ${type}`, async () => {
      source = new EventSource(address('/raw', { type, body: 'data: never\n\n' }))
      const events = record(source)
      await next(source, 'error')
      await milliseconds(50)
      assert.deepEqual(events, ['error (2)'])
    })
  }

  it('is closed by a status that comes when it reconnects', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: ['retry: 100\ndata: a\n\n', ''] }))
    const events = record(source)
    await eventually(() => source.readyState === 2)
    assert.deepEqual(events, [
      'open (1)',
      'message "a" (1)',
      'error (0)',
      'open (1)',
      'error (0)',
      'error (2)',
    ])
    const requests = await requestsOf(key)
    assert.lengthOf(requests, 3)
  })

  it('reconnects after a clean end, when the reconnection time has passed', async () => {
    const key = uniqueKey()
    source = new EventSource(
      address('/raw', { key, body: ['retry: 400\nid: 1\ndata: a\n\n', 'data: b\n\n'] }),
    )
    const events = record(source)
    await eventually(() => events.length >= 5)
    assert.deepEqual(events.slice(0, 5), [
      'open (1)',
      'message "a" 1 (1)',
      'error (0)',
      'open (1)',
      'message "b" 1 (1)',
    ])
    const [first, second] = await requestsOf(key)
    assert.isAtLeast(second.startedAt - first.endedAt, 380)
    assert.equal(first.lastEventId, null)
    assert.equal(second.lastEventId, '1')
  })

  it('reconnects after a connection that broke, and drops the event it broke', async () => {
    const key = uniqueKey()
    source = new EventSource(
      address('/raw', {
        key,
        end: 'abort',
        pause: 50,
        body: ['retry: 100\nid: 1\ndata: a\n\nid: 2\ndata: lost', 'data: b\n\n'],
      }),
    )
    const events = record(source)
    await eventually(() => events.length >= 5)
    assert.deepEqual(events.slice(0, 5), [
      'open (1)',
      'message "a" 1 (1)',
      'error (0)',
      'open (1)',
      'message "b" 1 (1)',
    ])
    assert.equal((await requestsOf(key))[1].lastEventId, '1')
  })

  it('keeps trying a server that does not answer', async function () {
    // Firefox repeats a request without a response by itself, up to ten times.
    const key = uniqueKey()
    source = new EventSource(address('/reset', { key, times: 1 }))
    const event = await Promise.race([next(source, 'error'), next(source, 'message')])
    if (event.type === 'error') {
      assert.equal(source.readyState, 0)
      await next(source, 'message')
    }
    assert.equal(source.readyState, 1)
  })
}
