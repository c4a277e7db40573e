/** How a `fetch` of the user's is called, and requests that cannot be made. */

import { assert } from '/node_modules/chai/index.js'
import { eventStream } from './made-up-responses.mjs'
import { address, eventually, milliseconds, next, record, requestsOf, takeFaults, uniqueKey } from './support.mjs'

export default function ({ EventSource }) {
  let source
  afterEach(async () => {
    source?.close()
    assert.deepEqual(await takeFaults(), [])
  })
  const header = (request, name) => request.headers.find(([key]) => key === name)?.[1]

  it('whose headers are spread keeps ours, and the server gets the ID when it reconnects', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: ['retry: 100\nid: ä7\ndata: a\n\n', ''] }), {
      headers: { 'X-Mine': 'b' },
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, Authorization: 'Bearer c' } }),
    })
    await eventually(() => source.readyState === 2)
    const requests = await requestsOf(key)
    assert.deepEqual(
      requests.map((request) => ['accept', 'x-mine', 'authorization'].map((name) => header(request, name))),
      Array(3).fill(['text/event-stream', 'b', 'Bearer c']),
    )
    const ids = requests.map(({ lastEventId }) => lastEventId)
    assert.isNull(ids[0])
    assert.match(ids[1], /7$/)
    assert.equal(ids[2], ids[1])
  })

  it('gets the headers as a plain object', async () => {
    let given
    source = new EventSource(address('/raw'), {
      lastEventId: '3',
      headers: new Headers({ 'X-Mine': 'b' }),
      fetch: async (_, { headers }) => {
        given = headers
        return eventStream(':\n', { end: false })()
      },
    })
    await next(source, 'open')
    assert.equal(Object.getPrototypeOf(given), Object.prototype)
    const entries = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value])
    assert.sameDeepMembers(entries, [
      ['accept', 'text/event-stream'],
      ['last-event-id', '3'],
      ['x-mine', 'b'],
    ])
  })

  for (const [kind, body, duplex] of [
    ['a function that makes a stream', () => new ReadableStream(), 'half'],
    ['an async function that makes a stream', async () => new ReadableStream(), 'half'],
    ['a function that makes a text', () => 'a', undefined],
  ]) {
    it(`gets duplex ${duplex} for a body that is ${kind}`, async () => {
      const inits = []
      const answer = eventStream('')
      source = new EventSource(address('/raw'), {
        method: 'POST',
        reconnect: { delay: 0, minDelay: 0, repeat: true, maxAttempts: 2 },
        body,
        fetch: (_, init) => {
          inits.push(init)
          return answer()
        },
      })
      await eventually(() => inits.length === 2)
      for (const init of inits) {
        assert.equal(init.body instanceof ReadableStream, duplex !== undefined)
        assert.equal(init.duplex, duplex)
      }
    })
  }

  describe('a request that cannot be made is an error of its own, and is not tried again, where', () => {
    for (const [what, init] of [
      ['a header has no valid name', { headers: () => ({ 'a b': 'c' }) }],
      ['a header has no valid value', { headers: async () => ({ a: 'b\nc' }) }],
      ['headers are nothing of the kind', { headers: () => 5 }],
      ['fetch throws', { fetch: () => { throw new TypeError('impossible') } }],
      ['a Request cannot be made', { fetch: (url, init) => fetch(new Request(url, { ...init, method: 'a b' })) }],
      ['the body is nothing of the kind', { method: 'POST', body: () => Symbol('body') }],
    ]) {
      it(what, async () => {
        const key = uniqueKey()
        const calls = []
        const { fetch: given } = init
        source = new EventSource(address('/raw', { key }), {
          ...init,
          reconnect: { ...(init.method && { repeat: true }), delay: 0, minDelay: 0 },
          ...(given && { fetch: (...args) => (calls.push(args), given(...args)) }),
        })
        const events = record(source)
        const { reason, retryIn, error } = await next(source, 'error')
        await milliseconds(100)
        assert.deepEqual([reason, retryIn], ['request', null])
        assert.instanceOf(error, TypeError)
        assert.deepEqual(events, ['error (2)'])
        assert.equal((await requestsOf(key)).length, 0)
        assert.isAtMost(calls.length, 1)
      })
    }

    it('the referrer is no URL, which the constructor may also refuse', async () => {
      const events = []
      try {
        source = new EventSource(address('/raw'), { referrer: 'http://[', reconnect: { delay: 0, minDelay: 0 } })
      } catch (error) {
        assert.instanceOf(error, TypeError)
        return
      }
      source.addEventListener('error', ({ reason, retryIn }) => events.push([reason, retryIn]))
      await eventually(() => source.readyState === 2)
      await milliseconds(100)
      assert.deepEqual(events, [['request', null]])
    })
  })

  it('a headers function that throws once is asked again, and the request is made', async () => {
    const key = uniqueKey()
    let calls = 0
    source = new EventSource(address('/raw', { key, body: 'data: a\n\n', end: 'hold' }), {
      reconnect: { delay: 0, minDelay: 0 },
      headers: () => {
        calls += 1
        if (calls === 1) throw new TypeError('no token yet')
        return { 'X-Token': 'a' }
      },
    })
    const { reason, retryIn } = await next(source, 'error')
    assert.deepEqual([reason, retryIn], ['request', 0])
    await next(source, 'message')
    assert.deepEqual((await requestsOf(key)).map((request) => header(request, 'x-token')), ['a'])
  })
}
