/** When a source comes back, and what it keeps of the connection before. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, next, record, requestsOf, uniqueKey } from './support.mjs'

export default function ({ EventSource, name, secondOrigin }) {
  let source
  afterEach(() => source?.close())

  /** Reads the bodies, one a connection, until the server says 204. */
  async function readAll(parameters, { origin, ...init } = {}) {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, ...parameters }, origin), init)
    const events = record(source, 'a')
    const retryIn = []
    source.addEventListener('error', (event) => retryIn.push(event.retryIn))
    await eventually(() => source.readyState === 2, 15_000)
    const requests = (await requestsOf(key)).filter(({ method }) => method !== 'OPTIONS')
    const waits = requests.slice(1).map(({ startedAt }, index) => startedAt - requests[index].endedAt)
    return { events, requests, waits, retryIn }
  }

  /** A wait is never shorter than it should, as far as two clocks agree, and of course not much longer. */
  function assertWaited(waits, expected) {
    assert.lengthOf(waits, expected.length)
    waits.forEach((wait, index) => {
      assert.isAtLeast(wait, expected[index] - 20)
      assert.isBelow(wait, expected[index] + 1_500)
    })
  }

  it('waits as long as the server says, again and again [spec 58, 69, 71, 73, 76, 77]', async () => {
    const { events, waits, retryIn } = await readAll({
      body: ['retry: 600\ndata: 1\n\n', 'data: 2\n\n', ': nothing\n\n', 'data: 4\n\n'],
    })
    assertWaited(waits, [600, 600, 600, 600])
    assert.deepEqual(events, [
      ...['open (1)', 'message "1" (1)', 'error (0)'],
      ...['open (1)', 'message "2" (1)', 'error (0)'],
      ...['open (1)', 'error (0)'],
      ...['open (1)', 'message "4" (1)', 'error (0)'],
      'error (2)',
    ])
    if (name !== 'native') assert.deepEqual(retryIn, [600, 600, 600, 600, null])
  })

  it('takes a new reconnection time without a blank line after it [spec 86]', async () => {
    const { waits } = await readAll({ body: ['retry: 1200\ndata: 1\n\n', ': a\nretry: 600\n'] })
    assertWaited(waits, [1200, 600])
  })

  it('takes no time of a line that has not ended, or is no number [spec 79, 84]', async () => {
    const { waits } = await readAll({
      body: ['retry: 600\ndata: 1\n\nretry: 5x\nretry: -1\n', 'data: 2\n\nretry: 9000'],
    })
    assertWaited(waits, [600, 600])
  })

  it('fires error before the wait, connecting, and opens again after it [spec 57, 74, 76]', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: ['retry: 800\ndata: 1\n\n', 'data: 2\n\n'] }))
    await next(source, 'error')
    assert.equal(source.readyState, 0)
    assert.lengthOf(await requestsOf(key), 1)
    await next(source, 'open')
    assert.equal(source.readyState, 1)
    assert.lengthOf(await requestsOf(key), 2)
  })

  it('strips one byte order mark of each stream [spec 78]', async () => {
    const body = [...new TextEncoder().encode('retry: 100\ndata: a\n\n')]
    const hex = `efbbbf${body.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
    const { events, waits } = await readAll({ hex: [hex, hex, `efbbbf${hex}`] })
    assert.deepEqual(events, [
      ...['open (1)', 'message "a" (1)', 'error (0)'],
      ...['open (1)', 'message "a" (1)', 'error (0)'],
      ...['open (1)', 'message "a" (1)', 'error (0)'],
      'error (2)',
    ])
    assert.lengthOf(waits, 3)
  })

  it('forgets the data, the type and the ID of an event that was cut off [spec 59, 79, 80]', async () => {
    const { events, requests } = await readAll({
      body: ['retry: 100\nid: 1\ndata: 1\n\nid: 2\nevent: a\ndata: cut\n', 'data: 2\n\n', 'data\n\nid: 3\nda'],
    })
    assert.deepEqual(events, [
      ...['open (1)', 'message "1" 1 (1)', 'error (0)'],
      ...['open (1)', 'message "2" 1 (1)', 'error (0)'],
      ...['open (1)', 'message "" 1 (1)', 'error (0)'],
      'error (2)',
    ])
    assert.deepEqual(requests.map(({ lastEventId }) => lastEventId), [null, '1', '1', '1'])
  })

  it('reconnects with the credentials that it connected with [spec 23, 75]', async () => {
    const cookie = uniqueKey()
    await fetch(address('/cookies/set', { name: cookie, value: 'x' }))
    for (const withCredentials of [true, false]) {
      const { requests } = await readAll(
        { body: ['retry: 100\ndata: 1\n\n', 'data: 2\n\n'], cors: 'credentials' },
        { origin: secondOrigin, withCredentials },
      )
      assert.lengthOf(requests, 3)
      for (const { method, path, headers } of requests) {
        assert.deepEqual([method, path], ['GET', '/raw'])
        const sent = headers.find(([name]) => name === 'cookie')?.[1] ?? ''
        assert.equal(sent.includes(cookie), withCredentials)
      }
    }
  })

  if (name === 'native') return

  it('waits 3 seconds where the server says nothing [spec 72]', async () => {
    source = new EventSource(address('/raw', { body: 'data: a\n\n' }))
    assert.equal((await next(source, 'error')).retryIn, 3_000)
  })

  it('waits a little even where the server says not to [spec 87]', async () => {
    const { retryIn, waits } = await readAll({ body: ['retry: 0\ndata: 1\n\n', 'data: 2\n\n'] })
    assert.deepEqual(retryIn, [100, 100, null])
    assertWaited(waits, [100, 100])
  })
}
