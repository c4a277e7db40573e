/** How a source comes back, and what its errors tell: what the native class leaves nobody a say in. */

import { assert } from '/node_modules/chai/index.js'
import {
  address,
  eventually,
  milliseconds,
  next,
  record,
  requestsOf,
  takeFaults,
  uniqueKey,
} from './support.mjs'

export default function ({ EventSource, secondOrigin }) {
  let source
  let expectedFaults = []
  afterEach(async () => {
    source?.close()
    assert.deepEqual(await takeFaults(), expectedFaults)
    expectedFaults = []
  })
  const errors = (source) => {
    const list = []
    source.addEventListener('error', (event) => list.push(event))
    return list
  }
  const seconds = ([first, second]) => (second.startedAt - first.endedAt) / 1_000

  it('closes after one error when CORS refuses the response [spec 44, 100]', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: 'data: a\n\n' }, secondOrigin))
    const events = record(source)
    const event = await next(source, 'error')
    assert.equal(event.reason, 'cors')
    assert.match(event.message, /Access-Control-Allow-Origin/)
    await milliseconds(200)
    assert.deepEqual(events, ['error (2)'])
    const requests = await requestsOf(key)
    assert.isAtMost(requests.length, 2, 'the request and the probe')
  })

  it('tries a dead server of another origin again [spec 70, 100, 101]', async () => {
    source = new EventSource('http://127.0.0.1:1/stream', { reconnect: { delay: 100 } })
    const list = errors(source)
    await eventually(() => list.length === 2)
    assert.deepEqual(
      list.map(({ reason, retryIn }) => [reason, retryIn]),
      [
        ['network', 100],
        ['network', 100],
      ],
    )
    assert.equal(source.readyState, 0)
  })

  it('recovers from a 401 with a fresh token', async () => {
    const key = uniqueKey()
    const tokens = ['', 'Bearer fresh']
    source = new EventSource(address('/echo', { key }), {
      method: 'POST',
      body: 'a',
      headers: () => (tokens[0] === '' ? (tokens.shift(), {}) : { Authorization: tokens[0] }),
      reconnect: { statuses: [401], delay: 100 },
    })
    const list = errors(source)
    assert.equal(JSON.parse((await next(source, 'message')).data).token, 'a')
    assert.deepEqual(
      list.map(({ reason, status, code }) => [reason, status, code]),
      [['status', 401, 401]],
    )
  })

  /** What the errors tell of the delays, in ms, where every request gets a response like this. */
  const delays = async (count, response, reconnect) => {
    source = new EventSource('https://example.test/', { fetch: async () => response(), reconnect })
    const list = errors(source)
    await eventually(() => list.length >= count)
    source.close()
    return list.slice(0, count).map(({ retryIn }) => retryIn)
  }
  const stream = (text) => () => new Response(text, { headers: { 'Content-Type': 'text/event-stream' } })

  it('waits as long as is documented where nothing is set [spec 72, 74]', async () => {
    const few = { delay: 0 }
    assert.deepEqual(await delays(1, stream('')), [3_000])
    assert.deepEqual(await delays(2, stream('retry: 0\n')), [100, 100])
    assert.deepEqual(await delays(2, stream(''), few), [100, 100])
    assert.deepEqual(await delays(2, stream(''), { ...few, maxDelay: 0 }), [0, 0])
    assert.deepEqual(await delays(3, stream(''), { delay: 100, strategy: 'linear' }), [100, 200, 300])
    assert.deepEqual(await delays(3, stream(''), { delay: 100, strategy: 'exponential' }), [100, 200, 400])
    assert.deepEqual(await delays(1, stream('retry: 40000\n')), [40_000])
    assert.deepEqual(await delays(1, stream(''), { delay: 1e300 }), [2 ** 31 - 1])
    assert.deepEqual(await delays(2, stream(''), { delay: 100, strategy: 'exponential', factor: 1e9 }), [100, 30_000])
  })

  for (const [lasted, attempts] of [
    [4_999, [1, 2]],
    [5_000, [1, 1]],
  ]) {
    it(`counts attempts ${attempts.join(', ')} where the second connection lasts ${lasted} ms`, async () => {
      // The clock by which durations are measured cannot be set back.
      let time = performance.now()
      performance.now = () => time
      try {
        const bodies = []
        const fetch = async () => {
          const body = new ReadableStream({ start: (controller) => bodies.push(controller) })
          return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
        }
        const reconnect = { delay: 0, minDelay: 0 }
        source = new EventSource('https://example.test/', { fetch, reconnect })
        const list = errors(source)
        for (const duration of [0, lasted]) {
          await next(source, 'open')
          time += duration
          bodies.at(-1).close()
          await next(source, 'error')
        }
        assert.deepEqual(list.map(({ attempt }) => attempt), attempts)
      } finally {
        delete performance.now
      }
    })
  }

  for (const [value, least] of [
    ['2', 2_000],
    ['0', 0],
    ['99999999999999999999', 2 ** 31 - 1],
    ['Sat, 21 Nov 2020 10:00:05 GMT', 0],
    ['Sat, 21 Nov 9999 10:00:05 GMT', 2 ** 31 - 1],
    ['-1', 0],
    ['+1', 0],
    ['1.5', 0],
    ['soon', 0],
    ['', 0],
  ]) {
    it(`waits at least ${least} ms for a Retry-After of “${value}”`, async () => {
      const response = () => new Response('', { status: 503, headers: { 'Retry-After': value } })
      const reconnect = { statuses: [503], delay: 0, minDelay: 0 }
      assert.deepEqual(await delays(1, response, reconnect), [least])
    })
  }

  it('asks only once what may be lost but not refused', async () => {
    const { fetch } = globalThis
    const modes = []
    const lose = async (_, { mode }) => {
      modes.push(mode)
      throw new TypeError('lost')
    }
    globalThis.fetch = lose
    try {
      for (const [init, origin, expected] of [
        [{}, secondOrigin, ['cors', 'no-cors']],
        // It may have been redirected to another origin, and refused there.
        [{}, location.origin, ['cors', 'no-cors']],
        [{ method: 'POST', body: 'a', reconnect: true }, secondOrigin, ['cors']],
        [{ fetch: lose }, secondOrigin, ['cors']],
      ]) {
        modes.length = 0
        source = new EventSource(`${origin}/`, init)
        const { reason } = await next(source, 'error')
        source.close()
        assert.deepEqual([reason, modes], ['network', expected])
      }
    } finally {
      globalThis.fetch = fetch
    }
  })

  for (const [status, form, value] of [
    [429, 'seconds', () => '2'],
    [503, 'a date', () => new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 2_000).toUTCString()],
  ]) {
    it(`waits after a ${status} for what Retry-After says as ${form}`, async () => {
      const key = uniqueKey()
      source = new EventSource(address(`/status/${status}`, { key, 'retry-after': value() }), {
        reconnect: { statuses: [status], delay: 100 },
      })
      const { retryIn } = await next(source, 'error')
      assert.isAtLeast(retryIn, 1_900)
      assert.isAtMost(retryIn, 3_100)
      const requests = await eventually(async () => {
        const requests = await requestsOf(key)
        return requests.length === 2 && requests
      })
      assert.isAtLeast(seconds(requests), 1.8)
    })
  }

  it('hands the response over with its body unread, so that it can tell why [spec 128]', async () => {
    source = new EventSource(address('/echo'), { method: 'POST', body: 'a' })
    const event = await next(source, 'error')
    const { error } = await event.response.json()
    assert.match(error, /Authorization/)
    assert.equal(event.retryIn, null)
  })

  it('hands the response over with open [spec 128]', async () => {
    // Firefox resolves a fetch with the first byte of the body.
    source = new EventSource(address('/raw', { body: ':\n', end: 'hold' }))
    const { response } = await next(source, 'open')
    assert.equal(response.headers.get('Content-Type'), 'text/event-stream')
  })

  describe('decide', () => {
    const connect = (decide, path = '/status/503', more = {}) => {
      const key = uniqueKey()
      source = new EventSource(address(path, { key, ...more }), { reconnect: { decide, delay: 100 } })
      return key
    }

    it('may give up on what would be tried again', async () => {
      const failures = []
      const decide = (failure) => (failures.push(failure), false)
      const key = connect(decide, '/raw', { body: 'data: a\n\n' })
      const event = await next(source, 'error')
      assert.deepEqual([event.reason, event.retryIn, source.readyState], ['ended', null, 2])
      assert.deepEqual(
        failures.map(({ reason, retryIn, attempt }) => [reason, retryIn, attempt]),
        [['ended', 100, 1]],
      )
      await milliseconds(200)
      assert.lengthOf(await requestsOf(key), 1)
    })

    it('may try again what would be given up on, asynchronously, having read the response', async () => {
      const texts = []
      const key = connect(async ({ response, retryIn, attempt }) => {
        texts.push([await response.text(), retryIn])
        return attempt < 3
      })
      await eventually(() => source.readyState === 2)
      assert.deepEqual(texts, Array(3).fill(['data: never\n\n', null]))
      assert.lengthOf(await requestsOf(key), 3)
    })

    it('may set the delay', async () => {
      const key = connect(() => 700)
      assert.equal((await next(source, 'error')).retryIn, 700)
      const requests = await eventually(async () => {
        const requests = await requestsOf(key)
        return requests.length === 2 && requests
      })
      assert.isAtLeast(seconds(requests), 0.6)
    })

    it('gives up when it throws or says nonsense, and that is reported', async () => {
      for (const [decide, fault] of [
        [() => { throw new Error('from decide') }, 'unhandled rejection: Error: from decide'],
        [async () => { throw new Error('rejected') }, 'unhandled rejection: Error: rejected'],
        [() => 'maybe', /must return a boolean or a delay in ms/],
        [() => -1, /must return a boolean or a delay in ms/],
      ]) {
        connect(decide)
        const { retryIn } = await next(source, 'error')
        assert.equal(retryIn, null)
        const [reported, ...others] = await takeFaults()
        assert.match(reported, fault instanceof RegExp ? fault : new RegExp(fault))
        assert.deepEqual(others, [])
      }
    })

    it('is without effect once the source is closed', async () => {
      let answer
      const key = connect(() => new Promise((resolve) => (answer = resolve)))
      const events = record(source)
      await eventually(() => answer)
      assert.equal(source.readyState, 0)
      source.close()
      answer(true)
      await milliseconds(250)
      assert.deepEqual(events, [])
      assert.lengthOf(await requestsOf(key), 1)
    })
  })

  it('gives up after so many attempts in a row', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: '' }), {
      reconnect: { maxAttempts: 3, delay: 100 },
    })
    const list = errors(source)
    await eventually(() => source.readyState === 2)
    assert.deepEqual(
      list.map(({ attempt, retryIn }) => [attempt, retryIn]),
      [
        [1, 100],
        [2, 100],
        [3, null],
      ],
    )
    assert.lengthOf(await requestsOf(key), 3)
  })

  it('grows the delay from what the server has set', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: ['retry: 120\n', '', '', ''] }), {
      reconnect: { strategy: 'exponential', factor: 2 },
    })
    const list = errors(source)
    await eventually(() => source.readyState === 2)
    assert.deepEqual(
      list.map(({ retryIn }) => retryIn),
      [120, 240, 480, 960, null],
    )
  })

  it('asks a server that accepts and closes at once no more often than it should', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: 'retry: 300\n' }))
    await eventually(async () => (await requestsOf(key)).length === 3)
    const requests = await requestsOf(key)
    assert.isAtLeast(seconds(requests), 0.28)
    assert.isAtLeast(seconds(requests.slice(1)), 0.28)
  })

  it('gives up on a response that does not begin within connectTimeout, and tries again', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/hang', { key }), {
      connectTimeout: 200,
      reconnect: { delay: 100 },
    })
    const { reason, retryIn } = await next(source, 'error')
    assert.deepEqual([reason, retryIn, source.readyState], ['connect-timeout', 100, 0])
    const [first] = await eventually(async () => {
      const requests = await requestsOf(key)
      return requests.length >= 2 && requests
    })
    assert.equal(first.endedBy, 'client')
  })

  it('gives up on a stream that is silent for idleTimeout, but not on one with comments', async () => {
    source = new EventSource(address('/raw', { body: 'data: a\n\n', end: 'hold' }), {
      idleTimeout: 300,
    })
    const event = await next(source, 'error')
    assert.deepEqual([event.reason, source.readyState], ['idle-timeout', 0])
    source.close()

    source = new EventSource(address('/ticker', { interval: 100_000, comment: 100 }), {
      idleTimeout: 1_000,
    })
    const events = record(source)
    await milliseconds(2_500)
    assert.deepEqual(
      events.filter((line) => line.startsWith('error')),
      [],
    )
    assert.equal(source.readyState, 1)
  })

  it('lets the event loop in without timers, which hidden pages hold up', async () => {
    const { setTimeout } = globalThis
    const slow = (action, delay = 0, ...args) => setTimeout(action, delay + 2_000, ...args)
    const flood = 'data: a\n\n'.repeat(16 * 1024)
    source = new EventSource(address('/raw', { body: 'data: first\n\n', end: 'hold' }), {
      fetch: () => new Response(flood, { headers: { 'Content-Type': 'text/event-stream' } }),
      reconnect: false,
    })
    const begun = performance.now()
    let pauses = 0
    globalThis.setTimeout = slow
    try {
      let isNew = false
      source.onmessage = (event) => {
        if (isNew) return
        // Each piece takes longer than the event loop is to wait.
        isNew = true
        queueMicrotask(() => (isNew = false))
        for (const end = performance.now() + 60; performance.now() < end; );
      }
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        pauses += 1
        port2.postMessage(null)
      }
      port2.postMessage(null)
      await next(source, 'error')
      port1.close()
    } finally {
      globalThis.setTimeout = setTimeout
    }
    assert.isBelow(performance.now() - begun, 2_000)
    assert.isAtLeast(pauses, 5)
  })

  it('goes at once when the device is online again', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: 'retry: 60000\n' }))
    await next(source, 'error')
    dispatchEvent(new Event('online'))
    await eventually(async () => (await requestsOf(key)).length === 2)
  })

  it('disconnects without an event when the page is put aside, and resumes when it is back [spec 81]', async () => {
    const key = uniqueKey()
    const body = ['id: 7\ndata: a\n\n', 'data: b\n\n']
    source = new EventSource(address('/raw', { key, body, end: 'hold' }))
    const events = record(source)
    await next(source, 'message')
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    assert.equal(source.readyState, 0)
    await eventually(async () => (await requestsOf(key))[0].endedBy === 'client', 1_000)
    await milliseconds(100)
    assert.deepEqual(events, ['open (1)', 'message "a" 7 (1)'])
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    await next(source, 'message')
    assert.deepEqual(events.slice(2), ['open (1)', 'message "b" 7 (1)'])
    assert.equal((await requestsOf(key))[1].lastEventId, '7')
  })

  it('may be closed by whoever sees the request aborted when the page is put aside', async () => {
    const fetchAndClose = (url, init) => {
      init.signal.addEventListener('abort', () => source.close())
      return fetch(url, init)
    }
    const held = address('/raw', { body: 'data: a\n\n', end: 'hold' })
    source = new EventSource(held, { fetch: fetchAndClose })
    const other = new EventSource(held)
    try {
      const errors = record(other, 'error')
      await Promise.all([next(source, 'message'), next(other, 'message')])
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
      assert.equal(source.readyState, 2)
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
      await next(other, 'message')
      assert.equal(source.readyState, 2)
      assert.isFalse(errors.some((event) => event.startsWith('error')), `${errors}`)
    } finally {
      other.close()
    }
  })

  it('disconnects while the page is hidden, if it is to', async () => {
    const key = uniqueKey()
    const body = ['id: 7\ndata: a\n\n', 'data: b\n\n']
    const show = (visibilityState) => {
      Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }
    const still = new EventSource(address('/raw', { body: 'data: a\n\n', end: 'hold' }))
    source = new EventSource(address('/raw', { key, body, end: 'hold' }), { pauseWhenHidden: true })
    try {
      await Promise.all([next(source, 'message'), next(still, 'message')])
      show('hidden')
      await eventually(async () => (await requestsOf(key))[0].endedBy === 'client', 1_000)
      assert.deepEqual([source.readyState, still.readyState], [0, 1])
      show('visible')
      assert.equal((await next(source, 'message')).data, 'b')
    } finally {
      still.close()
      delete document.visibilityState
    }
  })
}
