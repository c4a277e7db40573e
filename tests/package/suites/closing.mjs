/** close(), at every moment: nothing more is fired, and the server sees the request end. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, takeFaults, uniqueKey } from './support.mjs'

export default function ({ EventSource }) {
  afterEach(async () => assert.deepEqual(await takeFaults(), []))

  /** Closes when `moment` says so; afterwards nothing comes, and the server is rid of the request. */
  async function closes(url, key, expected, moment) {
    const source = new EventSource(url)
    const events = record(source)
    await moment(source)
    assert.equal(source.readyState, 2)
    const closedAt = performance.now()
    const [request] = await eventually(async () => {
      const requests = await requestsOf(key)
      return requests.length > 0 && requests.every((it) => it.endedAt !== null) && requests
    }, 1_000)
    assert.isBelow(performance.now() - closedAt, 1_000)
    await milliseconds(200)
    assert.deepEqual(events, expected)
    assert.lengthOf(await requestsOf(key), 1)
    source.close()
    assert.equal(source.readyState, 2)
    return request
  }

  it('from a message handler: not even what came in the same chunk [spec 60, 61, 62, 63, 66]', async () => {
    const key = uniqueKey()
    const url = address('/raw', { key, body: 'data: a\n\ndata: b\n\ndata: c\n\n', end: 'hold' })
    const expected = ['open (1)', 'message "a" (1)', 'message "b" (1)']
    const request = await closes(url, key, expected, async (source) => {
      source.addEventListener('message', (event) => event.data === 'b' && source.close())
      await eventually(() => source.readyState === 2)
    })
    assert.equal(request.endedBy, 'client')
  })

  it('from an open handler: no message [spec 60, 61, 62, 64, 66]', async () => {
    const key = uniqueKey()
    const url = address('/raw', { key, body: 'data: a\n\n', end: 'hold' })
    await closes(url, key, ['open (1)'], async (source) => {
      source.addEventListener('open', () => source.close())
      await eventually(() => source.readyState === 2)
    })
  })

  it('from a timer, while open [spec 60, 61, 62, 63, 66]', async () => {
    const key = uniqueKey()
    const url = address('/raw', { key, body: 'data: a\n\n', end: 'hold' })
    const request = await closes(url, key, ['open (1)', 'message "a" (1)'], async (source) => {
      await next(source, 'message')
      await milliseconds(50)
      source.close()
    })
    assert.equal(request.endedBy, 'client')
  })

  it('while connecting [spec 60, 61, 62, 66]', async () => {
    const key = uniqueKey()
    const request = await closes(address('/hang', { key }), key, [], async (source) => {
      await eventually(async () => (await requestsOf(key)).length === 1)
      assert.equal(source.readyState, 0)
      source.close()
    })
    assert.equal(request.endedBy, 'client')
  })

  it('in the handler of the error event that announces a reconnection [spec 60, 61, 65, 66]', async () => {
    const key = uniqueKey()
    const url = address('/raw', { key, body: 'retry: 100\ndata: a\n\n' })
    const expected = ['open (1)', 'message "a" (1)', 'error (0)']
    await closes(url, key, expected, async (source) => {
      await next(source, 'error')
      source.close()
    })
  })

  it('during the wait before a reconnection [spec 60, 61, 65, 66, 74]', async () => {
    const key = uniqueKey()
    const url = address('/raw', { key, body: 'retry: 150\ndata: a\n\n' })
    const expected = ['open (1)', 'message "a" (1)', 'error (0)']
    await closes(url, key, expected, async (source) => {
      await next(source, 'error')
      await milliseconds(50)
      assert.equal(source.readyState, 0)
      source.close()
    })
  })

  it('right after construction: no event, and no request that stays [spec 20, 60, 61, 62, 66]', async () => {
    const key = uniqueKey()
    const source = new EventSource(address('/raw', { key, body: 'data: a\n\n', end: 'hold' }))
    const events = record(source)
    source.close()
    assert.equal(source.readyState, 2)
    await milliseconds(300)
    assert.deepEqual(events, [])
    for (const request of await requestsOf(key)) assert.equal(request.endedBy, 'client')
  })

  it('after the connection has failed: nothing changes [spec 60, 61, 66]', async () => {
    const source = new EventSource(address('/status/404'))
    const events = record(source)
    await next(source, 'error')
    source.close()
    await milliseconds(50)
    assert.equal(source.readyState, 2)
    assert.deepEqual(events, ['error (2)'])
  })
}
