/** `for await` over a source: the same messages, at the pace of the loop. */

import { assert } from '/node_modules/chai/index.js'
import { endlessStream, eventStream } from './made-up-responses.mjs'
import {
  address,
  eventually,
  milliseconds,
  next,
  requestsOf,
  takeFaults,
  toHex,
  uniqueKey,
} from './support.mjs'

const vectors = await (await fetch('/tests/vectors.json')).json()

export default function ({ EventSource }) {
  afterEach(async () => assert.deepEqual(await takeFaults(), []))

  /** What a loop gets until it ends. */
  async function all(iterable) {
    const messages = []
    for await (const message of iterable) messages.push(message)
    return messages
  }

  async function thrownBy(promise) {
    try {
      await promise
    } catch (error) {
      return error
    }
    assert.fail('nothing was thrown')
  }

  const once = (body, parameters) => new EventSource(address('/raw', { body, ...parameters }), { reconnect: false })
  const dataOf = (messages) => messages.map(({ data }) => data)

  for (const { name, messages, ...vector } of vectors) {
    it(`vector: ${name}`, async () => {
      const hex = vector.hex ?? toHex(new TextEncoder().encode(vector.stream))
      const source = new EventSource(address('/raw', { hex }), { reconnect: false })
      const { origin } = location
      assert.deepEqual(
        await all(source),
        messages.map((message) => ({ ...message, origin })),
      )
    })
  }

  it('yields messages of all types, with their last event ID and origin', async () => {
    const source = once('data: a\n\nid: 7\nevent: price\ndata: b\ndata: c\n\nevent: open\ndata: d\n\n')
    const { origin } = location
    assert.deepEqual(await all(source), [
      { type: 'message', data: 'a', lastEventId: '', origin },
      { type: 'price', data: 'b\nc', lastEventId: '7', origin },
      { type: 'open', data: 'd', lastEventId: '7', origin },
    ])
    assert.equal(source.readyState, 2)
  })

  it('yields nothing that is no message: a page may dispatch what it likes', async () => {
    const source = once('data: a\n\n')
    const messages = all(source)
    source.dispatchEvent(new MessageEvent('message', { data: 'mine' }))
    assert.deepEqual(dataOf(await messages), ['a'])
  })

  it('goes on where the connection was lost, and is reestablished', async () => {
    const key = uniqueKey()
    const body = ['retry: 10\nid: 1\ndata: a\n\ndata: lost', 'id: 2\ndata: b\n\n']
    const source = new EventSource(address('/raw', { key, body, pause: 0 }))
    assert.deepEqual(dataOf(await all(source)), ['a', 'b'])
    const ids = (await requestsOf(key)).map(({ lastEventId }) => lastEventId)
    assert.deepEqual(ids, [null, '1', '2'])
  })

  it('ends without an error when the server answers 204', async () => {
    assert.deepEqual(await all(new EventSource(address('/raw', { status: 204 }))), [])
  })

  it('ends without an error when the server has ended a stream that is not asked for again', async () => {
    const body = 'data: a\n\n'
    assert.deepEqual(dataOf(await all(once(body))), ['a'])
    const post = new EventSource(address('/raw', { body }), { method: 'POST', body: 'x' })
    assert.deepEqual(dataOf(await all(post)), ['a'])
    const decided = new EventSource(address('/raw', { body }), { reconnect: { decide: () => false } })
    assert.deepEqual(dataOf(await all(decided)), ['a'])
  })

  it('throws the failure when it gives up, after what has come before', async () => {
    const key = uniqueKey()
    const body = ['retry: 10\ndata: a\n\n', 'data: b\n\n']
    const source = new EventSource(address('/raw', { key, body, then: 503 }))
    const event = new Promise((resolve) => {
      source.onerror = (event) => event.retryIn === null && resolve(event)
    })
    const iterator = source[Symbol.asyncIterator]()
    await event
    assert.equal((await iterator.next()).value.data, 'a')
    assert.equal((await iterator.next()).value.data, 'b')
    const error = await thrownBy(iterator.next())
    const { reason, status, response, attempt, retryIn, message } = await event
    assert.instanceOf(error, Error)
    assert.equal(error.name, 'EventSourceError')
    assert.deepEqual([error.reason, error.status, error.retryIn], ['status', 503, null])
    assert.deepEqual(
      [error.reason, error.status, error.response, error.attempt, error.retryIn, error.message],
      [reason, status, response, attempt, retryIn, message],
    )
    assert.deepEqual(await iterator.next(), { value: undefined, done: true })
  })

  it('throws where the last of the attempts has ended too', async () => {
    // A message would be progress.
    const url = address('/raw', { body: ': nothing\n\n' })
    const source = new EventSource(url, { reconnect: { maxAttempts: 2, delay: 0 } })
    const error = await thrownBy(all(source))
    assert.deepEqual([error.reason, error.attempt], ['ended', 2])
  })

  it('lets the loop read the response that was refused, and tells the cause', async () => {
    const refused = new EventSource(address('/raw', { status: 429, body: 'slow down' }))
    const error = await thrownBy(all(refused))
    assert.equal(await error.response.text(), 'slow down')
    const cause = new Error('no token')
    const headers = () => {
      throw cause
    }
    const unmade = await thrownBy(all(new EventSource('/raw', { headers, reconnect: false })))
    assert.equal(unmade.cause, cause)
    assert.equal(unmade.error, cause)
  })

  it('closes when the loop is left, and the server sees it within a second', async () => {
    for (const leave of ['break', 'throw']) {
      const key = uniqueKey()
      const source = new EventSource(address('/raw', { key, body: 'data: a\n\ndata: b\n\n', end: 'hold' }))
      const seen = []
      try {
        for await (const { data } of source) {
          seen.push(data)
          if (leave === 'break') break
          throw new Error('mine')
        }
      } catch (error) {
        assert.equal(error.message, 'mine')
      }
      assert.equal(source.readyState, 2)
      assert.deepEqual(seen, ['a'])
      const request = await eventually(
        async () => (await requestsOf(key)).find(({ endedAt }) => endedAt !== null),
        1_000,
      )
      assert.equal(request.endedBy, 'client')
    }
  })

  it('ends at once when the source is closed: what waits is dropped', async () => {
    const source = new EventSource(address('/raw', { body: 'data: a\n\ndata: b\n\n', end: 'hold' }))
    const [queued, waiting] = [source[Symbol.asyncIterator](), source[Symbol.asyncIterator]()]
    assert.equal((await waiting.next()).value.data, 'a')
    assert.equal((await waiting.next()).value.data, 'b')
    const pending = [waiting.next(), waiting.next()]
    source.close()
    for (const result of [...pending, waiting.next(), queued.next()]) {
      assert.deepEqual(await result, { value: undefined, done: true })
    }
  })

  it('ends at once when a signal closes the source', async () => {
    const controller = new AbortController()
    const url = address('/raw', { body: 'data: a\n\n', end: 'hold' })
    const source = new EventSource(url, { signal: controller.signal })
    const seen = []
    for await (const { data } of source) {
      seen.push(data)
      controller.abort()
    }
    assert.deepEqual(seen, ['a'])
  })

  it('ends when a listener closes the source, without the message that was fired', async () => {
    const source = new EventSource(address('/raw', { body: 'data: a\n\ndata: b\n\n', end: 'hold' }))
    const iterator = source[Symbol.asyncIterator]()
    source.onmessage = ({ data }) => data === 'b' && source.close()
    await eventually(() => source.readyState === 2)
    assert.deepEqual(await iterator.next(), { value: undefined, done: true })
  })

  it('shows all messages to each loop, and to listeners', async () => {
    const source = once('data: a\n\nevent: x\ndata: b\n\ndata: c\n\n')
    const listened = []
    for (const type of ['message', 'x']) source.addEventListener(type, ({ data }) => listened.push(data))
    const loops = await Promise.all([all(source), all(source), all(source)])
    for (const loop of loops) assert.deepEqual(dataOf(loop), ['a', 'b', 'c'])
    assert.deepEqual(listened, ['a', 'b', 'c'])
    assert.notEqual(loops[0][0], loops[1][0])
  })

  it('ends the other loops when one is left', async () => {
    const source = new EventSource(address('/raw', { body: 'data: a\n\n', end: 'hold' }))
    const others = all(source)
    for await (const _ of source) break
    await others
    assert.equal(source.readyState, 2)
  })

  it('answers calls of next() in their order', async () => {
    const iterator = once('data: a\n\ndata: b\n\n')[Symbol.asyncIterator]()
    const results = await Promise.all([1, 2, 3, 4].map(() => iterator.next()))
    assert.deepEqual(
      results.map(({ value, done }) => [value?.data, done]),
      [
        ['a', false],
        ['b', false],
        [undefined, true],
        [undefined, true],
      ],
    )
  })

  it('rejects the first of the calls that wait, and ends the others', async () => {
    const iterator = new EventSource(address('/raw', { status: 500 }))[Symbol.asyncIterator]()
    const results = await Promise.allSettled([iterator.next(), iterator.next()])
    assert.equal(results[0].reason.status, 500)
    assert.deepEqual(results[1].value, { value: undefined, done: true })
  })

  it('ends at once over a source that was closed, and throws over one that has failed', async () => {
    const closed = once('data: a\n\n')
    closed.close()
    assert.deepEqual(await all(closed), [])
    const complete = once('data: a\n\n')
    await next(complete, 'error')
    assert.deepEqual(await all(complete), [])
    const failed = new EventSource(address('/raw', { status: 500 }))
    await next(failed, 'error')
    assert.equal((await thrownBy(all(failed))).status, 500)
    assert.equal((await thrownBy(all(failed))).status, 500)
  })

  it('closes at the end of a `using` block', () => {
    const source = new EventSource(address('/raw', { end: 'hold' }))
    if (Symbol.dispose === undefined) {
      source.close()
      return
    }
    source[Symbol.dispose]()
    assert.equal(source.readyState, 2)
  })

  describe('back-pressure', () => {
    it('an iterator that nobody advances stops the reader, for listeners too', async () => {
      const { fetch, read } = endlessStream(1_000)
      const source = new EventSource('/endless', { fetch })
      let heard = 0
      source.onmessage = ({ data }) => (heard += data.length)
      const iterator = source[Symbol.asyncIterator]()
      await eventually(() => heard > 60_000)
      await milliseconds(200)
      const [before, heardBefore] = [read(), heard]
      assert.isBelow(before, 150_000)
      await milliseconds(100)
      assert.equal(read(), before)
      assert.equal(heard, heardBefore)
      // Nothing is lost, or comes twice.
      for (let index = 0; index < 300; index++) {
        const { value } = await iterator.next()
        assert.equal(value.data, `${index}`.padEnd(1_000, '.'))
      }
      assert.isAbove(read(), before)
      await iterator.return()
    })

    it('bounds empty messages too', async () => {
      const { fetch, read } = endlessStream(0)
      const source = new EventSource('/endless', { fetch })
      const iterator = source[Symbol.asyncIterator]()
      await milliseconds(300)
      assert.isBelow(read(), 150_000)
      await iterator.return()
    })

    it('the slowest loop sets the pace', async () => {
      const { fetch, read } = endlessStream(1_000)
      const source = new EventSource('/endless', { fetch })
      const slow = source[Symbol.asyncIterator]()
      let fast = 0
      const loop = (async () => {
        for await (const _ of source) fast += 1
      })()
      await milliseconds(300)
      assert.isBelow(read(), 150_000)
      assert.isAtLeast(fast, 64)
      const before = fast
      for (let index = 0; index < 100; index++) await slow.next()
      await eventually(() => fast > before)
      await slow.return()
      await loop
    })

    it('a slow loop is no silent server', async () => {
      const { fetch } = endlessStream(1_000)
      const source = new EventSource('/endless', { fetch, idleTimeout: 100 })
      const errors = []
      source.onerror = ({ reason }) => errors.push(reason)
      const iterator = source[Symbol.asyncIterator]()
      await milliseconds(400)
      assert.deepEqual(errors, [])
      assert.equal((await iterator.next()).value.lastEventId, '')
      await iterator.return()
    })

    it('a server that is silent after a slow loop is', async () => {
      const body = `data: ${'.'.repeat(80_000)}\n\n`
      const url = address('/raw', { end: 'hold' })
      const source = new EventSource(url, {
        fetch: eventStream(body, { end: false }),
        idleTimeout: 100,
        reconnect: false,
      })
      const iterator = source[Symbol.asyncIterator]()
      await milliseconds(300)
      assert.equal(source.readyState, 1)
      assert.lengthOf((await iterator.next()).value.data, 80_000)
      assert.equal((await thrownBy(iterator.next())).reason, 'idle-timeout')
    })

    it('close() while the reader is held aborts the request', async () => {
      const { fetch, read, signal } = endlessStream(1_000)
      const source = new EventSource('/endless', { fetch })
      const iterator = source[Symbol.asyncIterator]()
      await eventually(() => read() > 60_000)
      await milliseconds(50)
      source.close()
      assert.equal(signal().aborted, true)
      assert.deepEqual(await iterator.next(), { value: undefined, done: true })
      const before = read()
      await milliseconds(100)
      assert.equal(read(), before)
    })

    it('a page that is put aside while the reader is held goes on afterwards', async () => {
      const { fetch, read } = endlessStream(1_000)
      const source = new EventSource('/endless', { fetch })
      const iterator = source[Symbol.asyncIterator]()
      await eventually(() => read() > 60_000)
      await milliseconds(50)
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
      let last = -1
      let restarts = 0
      for (let index = 0; index < 300; index++) {
        const number = parseInt((await iterator.next()).value.data)
        if (number !== last + 1) {
          assert.equal(number, 0)
          restarts += 1
        }
        last = number
      }
      assert.equal(restarts, 1)
      await iterator.return()
    })
  })
}
