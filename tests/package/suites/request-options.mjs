/** The options that shape the request. None of them is known to the native class. */

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
  const sources = []
  const connect = (url, options) => {
    const source = new EventSource(url, options)
    sources.push(source)
    return source
  }
  afterEach(async () => {
    sources.splice(0).forEach((source) => source.close())
    assert.deepEqual(await takeFaults(), [])
  })
  const seen = async (url, options) =>
    JSON.parse((await next(connect(url, options), 'message')).data)
  const header = (request, name) => request.headers.find(([key]) => key === name)?.[1]

  for (const [kind, headers] of Object.entries({
    'an object': { 'X-Test': 'a' },
    pairs: [['X-Test', 'a']],
    Headers: new Headers({ 'X-Test': 'a' }),
    'an iterator of pairs': new Map([['X-Test', 'a']]).entries(),
    'a generator of pairs that can be read once': (function* () {
      yield new Set(['X-Test', 'a'])
    })(),
    'a function': () => ({ 'X-Test': 'a' }),
    'an async function': async () => new Headers({ 'X-Test': 'a' }),
  })) {
    it(`sends headers that are given as ${kind}`, async () => {
      const request = await seen(address('/request'), { headers })
      assert.equal(header(request, 'x-test'), 'a')
      assert.equal(header(request, 'accept'), 'text/event-stream')
    })
  }

  it('lets a header of the user win over its own', async () => {
    const headers = { accept: 'a/b', 'last-event-id': 'mine' }
    const request = await seen(address('/request'), { headers, lastEventId: 'ours' })
    assert.equal(header(request, 'accept'), 'a/b')
    assert.equal(header(request, 'last-event-id'), 'mine')
  })

  for (const [kind, body, expected] of [
    ['a string', 'täxt', 'täxt'],
    ['URLSearchParams', new URLSearchParams({ a: 'b c' }), 'a=b+c'],
    ['a Blob', new Blob(['blob']), 'blob'],
    ['an ArrayBuffer', new TextEncoder().encode('buffer').buffer, 'buffer'],
    ['a view', new TextEncoder().encode('a view').subarray(2), 'view'],
    ['a function', (attempt) => `attempt ${attempt.number}`, 'attempt 1'],
  ]) {
    it(`sends a body that is ${kind}`, async () => {
      const request = await seen(address('/request'), { method: 'POST', body })
      assert.equal(request.method, 'POST')
      assert.equal(request.body, expected)
    })
  }

  it('sends FormData', async () => {
    const body = new FormData()
    body.set('name', 'value')
    const request = await seen(address('/request'), { method: 'POST', body })
    assert.match(request.body, /name="name"\r\n\r\nvalue\r\n/)
  })

  it('posts JSON with a bearer token, and receives the answer token by token', async () => {
    const key = uniqueKey()
    const source = connect(address('/echo', { key }), {
      method: 'POST',
      headers: { Authorization: 'Bearer secret', 'Content-Type': 'application/json' },
      body: JSON.stringify({ prompt: 'drei Wörter' }),
    })
    let text = ''
    source.onmessage = ({ data }) => data === '[DONE]' || (text += JSON.parse(data).token)
    await eventually(() => source.readyState === 2)
    assert.deepEqual(JSON.parse(text), { prompt: 'drei Wörter' })
    const requests = await requestsOf(key)
    assert.lengthOf(requests, 1)
    assert.equal(header(requests[0], 'authorization'), 'Bearer secret')
  })

  it('calls a fetch of the user as fetch(url, init), with the headers in it', async () => {
    const calls = []
    const request = await seen(address('/request'), {
      fetch: (url, init) => {
        calls.push([url, init])
        return fetch(url, { ...init, headers: { ...init.headers, 'X-Mine': '1' } })
      },
    })
    assert.equal(header(request, 'x-mine'), '1')
    assert.equal(calls[0][0], address('/request'))
    assert.isTrue(EventSource[Symbol.for('eventsource.supports-fetch-override')])
  })

  describe('takes for a network error what a fetch of the user does that', () => {
    const type = { 'Content-Type': 'text/event-stream' }
    const locked = new Response('data: a\n\n', { headers: type })
    locked.body.getReader()
    for (const [kind, answer] of Object.entries({
      rejects: () => Promise.reject(new TypeError('rejected')),
      'resolves to nothing': () => undefined,
      'resolves to an empty object': () => ({}),
      'has a body of texts': () => ({
        status: 200,
        headers: new Headers(type),
        body: new ReadableStream({ start: (controller) => controller.enqueue('data: a\n\n') }),
      }),
      'has a body that another reads': () => locked,
    })) {
      it(kind, async () => {
        const { reason, error, retryIn } = await next(
          connect(address('/request'), { fetch: answer }),
          'error',
        )
        assert.deepEqual([reason, retryIn], ['network', 3000])
        assert.instanceOf(error, TypeError)
      })
    }
  })

  it('takes a response without a body for a stream that has ended', async () => {
    const type = { 'Content-Type': 'text/event-stream' }
    const source = connect('/raw', { fetch: async () => new Response(null, { headers: type }) })
    const events = record(source)
    const { reason, retryIn } = await next(source, 'error')
    assert.deepEqual([events, reason, retryIn], [['open (1)', 'error (0)'], 'ended', 3000])
  })

  it('calls a function for the headers before every attempt, with what is known of it', async () => {
    const key = uniqueKey()
    const attempts = []
    const source = connect(address('/raw', { key, body: ['retry: 100\nid: 7\ndata: a\n\n', ''] }), {
      headers: async (attempt) => {
        attempts.push(attempt)
        return { 'X-Attempt': String(attempt.number) }
      },
    })
    await eventually(() => source.readyState === 2)
    assert.deepEqual(
      (await requestsOf(key)).map((request) => header(request, 'x-attempt')),
      ['1', '2', '3'],
    )
    assert.deepEqual(
      attempts.map(({ lastEventId, failure }) => [lastEventId, failure?.reason, failure?.retryIn]),
      [
        ['', undefined, undefined],
        ['7', 'ended', 100],
        ['7', 'ended', 100],
      ],
    )
  })

  it('sends no request when it is closed while a headers function runs', async () => {
    let give
    let calls = 0
    const source = connect(address('/request'), {
      headers: () => new Promise((resolve) => (give = resolve)),
      fetch: () => (calls += 1),
    })
    const events = record(source)
    await eventually(() => give)
    source.close()
    give({})
    await milliseconds(50)
    assert.equal(calls, 0)
    assert.deepEqual(events, [])
  })

  it('fails an attempt whose headers function throws, and tries again', async () => {
    const thrown = new Error('no token')
    let calls = 0
    const source = connect(address('/request'), {
      reconnect: { delay: 100 },
      headers: async () => {
        calls += 1
        if (calls === 1) throw thrown
        return {}
      },
    })
    const { reason, error, retryIn } = await next(source, 'error')
    assert.deepEqual([reason, error, retryIn], ['request', thrown, 100])
    await next(source, 'message')
  })

  it('resumes from a last event ID that it is given', async () => {
    const request = await seen(address('/request'), { lastEventId: '41' })
    assert.equal(request.lastEventId, '41')
  })

  it('sends the last event ID as a query parameter, which needs no preflight [spec 99]', async () => {
    const key = uniqueKey()
    const body = ['retry: 100\nid: ä&1\ndata: a\n\n', '']
    const source = connect(address('/raw', { key, body, cors: '*' }, secondOrigin), {
      sendLastEventId: { query: 'from' },
    })
    await eventually(() => source.readyState === 2)
    const requests = await requestsOf(key)
    assert.deepEqual(
      requests.map(({ method, query }) => [method, new URLSearchParams(query).get('from')]),
      [
        ['GET', null],
        ['GET', 'ä&1'],
        ['GET', 'ä&1'],
      ],
    )
    assert.isTrue(requests.every(({ lastEventId }) => lastEventId === null))
  })

  it('passes further members of RequestInit on', async () => {
    const inits = []
    connect(address('/request'), {
      fetch: (url, init) => {
        inits.push(init)
        return fetch(url, init)
      },
      cache: 'reload',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      integrity: '',
      mode: 'same-origin',
    })
    await eventually(() => inits.length === 1)
    const { cache, credentials, redirect, referrerPolicy, mode } = inits[0]
    assert.deepEqual(
      [cache, credentials, redirect, referrerPolicy, mode],
      ['reload', 'omit', 'error', 'no-referrer', 'same-origin'],
    )
  })

  describe('user info in the URL', () => {
    /** What a request for it says. */
    const asked = async (userInfo, options) => {
      const url = address('/request').replace('//', `//${userInfo}@`)
      const source = connect(url, options)
      assert.equal(source.url, new URL(url).href)
      const request = JSON.parse((await next(source, 'message')).data)
      source.close()
      return header(request, 'authorization')
    }
    const basic = (bytes) => `Basic ${btoa(bytes)}`

    it('goes as a header in the place of it, in UTF-8', async () => {
      assert.equal(await asked('user:pw'), 'Basic dXNlcjpwdw==')
      assert.equal(await asked('user'), basic('user:'))
      assert.equal(await asked(':pw'), basic(':pw'))
      assert.equal(await asked('us%3Aer%20:p%40%'), basic('us:er :p@%'))
      assert.equal(await asked('ü:…'), basic('\xC3\xBC:\xE2\x80\xA6'))
      assert.equal(await asked('%FF:%c3%bc'), basic('\xFF:\xC3\xBC'))
    })

    it('gives way to a header of the user', async () => {
      const Authorization = 'Bearer mine'
      for (const headers of [
        { Authorization },
        [['AUTHORIZATION', Authorization]],
        () => ({ Authorization }),
        async () => new Headers({ Authorization }),
      ]) {
        assert.equal(await asked('user:pw', { headers }), Authorization)
      }
      for (const headers of [{ 'X-Test': 'a' }, () => ({ 'X-Test': 'a' }), async () => undefined]) {
        assert.equal(await asked('user:pw', { headers }), basic('user:pw'))
      }
    })

    it('does not go where no credentials are to', async () => {
      assert.isUndefined(await asked('user:pw', { credentials: 'omit' }))
    })

    it('reaches a fetch of the user as a header too', async () => {
      const urls = []
      const mine = (url, init) => {
        urls.push(url)
        return fetch(url, init)
      }
      assert.equal(await asked('user:pw', { fetch: mine }), basic('user:pw'))
      assert.deepEqual(urls, [address('/request')])
    })

    it('of the page is that of a relative URL', async () => {
      const base = document.createElement('base')
      base.href = location.origin.replace('//', '//user:pw@')
      document.head.append(base)
      let source
      try {
        source = connect('/request')
      } finally {
        base.remove()
      }
      assert.equal(source.url, `${base.href}request`)
      const request = JSON.parse((await next(source, 'message')).data)
      assert.equal(header(request, 'authorization'), basic('user:pw'))
    })
  })

  it('reads the headers once, for all attempts', async () => {
    const key = uniqueKey()
    let reads = 0
    const headers = {
      get 'X-Test'() {
        reads += 1
        return 'a'
      },
    }
    const source = connect(address('/raw', { key, body: ['retry: 1\n', ''] }), { headers })
    headers['X-Late'] = 'b'
    await eventually(() => source.readyState === 2)
    const requests = await requestsOf(key)
    assert.deepEqual(
      requests.map((request) => [header(request, 'x-test'), header(request, 'x-late')]),
      Array(3).fill(['a', undefined]),
    )
    assert.equal(reads, 1)
  })

  it('takes headers of another realm', async () => {
    const frame = document.createElement('iframe')
    document.body.append(frame)
    try {
      const headers = new frame.contentWindow.Headers({ 'X-Test': 'a' })
      assert.equal(header(await seen(address('/request'), { headers }), 'x-test'), 'a')
    } finally {
      frame.remove()
    }
  })

  describe('a signal', () => {
    it('of another realm, or of a library, closes the source', async () => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const target = new EventTarget()
      const library = { aborted: false, reason: undefined }
      for (const method of ['addEventListener', 'removeEventListener']) {
        library[method] = (type, listener) => target[method](type, listener)
      }
      const foreign = new frame.contentWindow.AbortController()
      try {
        for (const [signal, abort] of [
          [foreign.signal, () => foreign.abort()],
          [library, () => target.dispatchEvent(new Event('abort'))],
        ]) {
          const source = connect(address('/raw', { body: 'data: a\n\n', end: 'hold' }), { signal })
          await next(source, 'message')
          abort()
          assert.equal(source.readyState, 2)
        }
        const aborted = { ...library, aborted: true }
        assert.equal(connect(address('/raw'), { signal: aborted }).readyState, 2)
        assert.equal(connect(address('/raw'), { signal: foreign.signal }).readyState, 2)
      } finally {
        frame.remove()
      }
    })

    it('is listened to no longer than the source lives', () => {
      const heard = []
      const library = {
        aborted: false,
        addEventListener: (type) => heard.push(`+${type}`),
        removeEventListener: (type) => heard.push(`-${type}`),
      }
      connect(address('/raw'), { signal: library }).close()
      assert.deepEqual(heard, ['+abort', '-abort'])
    })

    it('that is aborted already opens no request', async () => {
      const key = uniqueKey()
      const source = connect(address('/raw', { key }), { signal: AbortSignal.abort() })
      const events = record(source)
      assert.equal(source.readyState, 2)
      await milliseconds(100)
      assert.deepEqual(events, [])
      assert.deepEqual(await requestsOf(key), [])
    })

    for (const [moment, path, parameters, ready] of [
      ['while it connects', '/hang', {}, (source, key) => requestsOf(key).then((it) => it.length)],
      ['while it is open', '/raw', { end: 'hold', body: 'data: a\n\n' }, (it) => it.readyState === 1],
      ['while it waits', '/raw', { body: 'retry: 300\n' }, (it, key, events) => events.length === 2],
    ]) {
      it(`closes the source ${moment}`, async () => {
        const key = uniqueKey()
        const controller = new AbortController()
        const source = connect(address(path, { ...parameters, key }), { signal: controller.signal })
        const events = record(source)
        await eventually(() => ready(source, key, events))
        const before = events.length
        controller.abort()
        assert.equal(source.readyState, 2)
        await eventually(async () => (await requestsOf(key)).every((it) => it.endedAt !== null), 1_000)
        await milliseconds(400)
        assert.lengthOf(events, before)
        assert.lengthOf(await requestsOf(key), 1)
      })
    }
  })

  it('passes the text of comments on, in the order of the stream', async () => {
    for (const [body, expected] of [
      ['data: 1\n\n: c\n\ndata: 2\n\n', [{ data: '1' }, 'c', { data: '2' }]],
      [': one\ndata: a\n:two\n\n:\n', ['one', 'two', { data: 'a' }, '']],
    ]) {
      const log = []
      const source = connect(address('/raw', { body, end: 'hold' }), {
        onComment: (text) => log.push(text),
      })
      source.onmessage = ({ data }) => log.push({ data })
      await eventually(() => log.length === expected.length)
      assert.deepEqual(log, expected)
      source.close()
    }
  })

  it('calls for no comment behind the message in whose listener the source is closed', async () => {
    const log = []
    const body = ': one\n\ndata: 1\n\n: two\n\ndata: 2\n\n'
    const source = connect(address('/raw', { body, end: 'hold' }), { onComment: (text) => log.push(text) })
    source.onmessage = ({ data }) => {
      log.push({ data })
      source.close()
    }
    await eventually(() => source.readyState === 2)
    await milliseconds(50)
    assert.deepEqual(log, ['one', { data: '1' }])
  })

  it('reports what onComment throws, and the next comment and the messages come', async () => {
    const log = []
    const source = connect(address('/raw', { body: ':one\n:two\ndata: a\n\n', end: 'hold' }), {
      onComment: (text) => {
        log.push(text)
        if (text === 'one') throw new Error('from onComment')
      },
    })
    await next(source, 'message')
    assert.deepEqual(log, ['one', 'two'])
    assert.deepEqual(await takeFaults(), ['unhandled rejection: Error: from onComment'])
  })

  describe('throws at construction', () => {
    for (const [options, type, message] of [
      [{ method: 'POST', body: new ReadableStream(), reconnect: true }, TypeError, /body: a stream/],
      [{ body: 'a' }, TypeError, /body: a GET request cannot have one; set the method/],
      [{ headers: { 'a b': 'c' } }, TypeError, /headers: "a b" cannot be the name of a header/],
      [{ headers: { '': 'c' } }, TypeError, /headers: "" cannot be the name of a header/],
      [{ headers: { a: 'b\nc' } }, TypeError, /headers: the value of "a" must have no NUL, CR or LF, and no/],
      [{ headers: { a: '…' } }, TypeError, /headers: the value of "a" .* above U\+00FF/],
      [{ headers: 5 }, TypeError, /headers: must be an object, pairs, Headers, or a function that.* not 5/],
      [{ headers: 'a: b' }, TypeError, /headers: must be an object, pairs, Headers, or a function that/],
      [{ headers: [['a']] }, TypeError, /headers: must be pairs of a name and a value/],
      [{ headers: ['ab'] }, TypeError, /headers: must be pairs of a name and a value/],
      [{ headers: { Host: 'a' } }, TypeError, /headers: a page may not set "host"/],
      [{ method: 'a b' }, TypeError, /method: must be a method that a page may use.* not a b/],
      [{ method: 'TRACE' }, TypeError, /method: must be a method that a page may use.* not TRACE/],
      [{ cache: 'never' }, TypeError, /^cache: must be one of default, no-store, .*, not never$/],
      [{ cache: 'only-if-cached' }, TypeError, /^cache: only-if-cached needs the mode same-origin/],
      [{ credentials: true }, TypeError, /^credentials: must be one of omit, same-origin, include, not true/],
      [{ priority: 1 }, TypeError, /^priority: must be one of high, low, auto, not 1/],
      [{ redirect: 'maybe' }, TypeError, /^redirect: must be one of follow, error, manual, not maybe/],
      [{ referrerPolicy: 'none' }, TypeError, /^referrerPolicy: must be one of no-referrer, .* not none/],
      [{ referrer: 'http://[' }, TypeError, /^referrer: must be a URL, .* not http:\/\/\[/],
      [{ duplex: 'full' }, TypeError, /^duplex: must be one of half, not full/],
      [{ mode: 'no-cors' }, TypeError, /mode: must be 'cors' or 'same-origin', not no-cors/],
      [{ signal: {} }, TypeError, /signal: must be an AbortSignal, not \[object Object\]/],
      [{ signal: { aborted: false } }, TypeError, /signal: must be an AbortSignal/],
      [{ signal: new EventTarget() }, TypeError, /signal: must be an AbortSignal/],
      [{ signal: new AbortController() }, TypeError, /signal: must be an AbortSignal/],
      [{ signal: 'abort' }, TypeError, /signal: must be an AbortSignal, not abort/],
      [{ fetch: 1 }, TypeError, /fetch: must be a function, not 1/],
      [{ onComment: 'a' }, TypeError, /onComment: must be a function, not a/],
      [{ lastEventId: 1 }, TypeError, /lastEventId: must be a string, not 1/],
      [{ lastEventId: 'a\nb' }, TypeError, /lastEventId: must not contain NUL, LF or CR/],
      [{ sendLastEventId: 'body' }, TypeError, /sendLastEventId: must be 'header' or \{ query/],
      [{ connectTimeout: -1 }, RangeError, /connectTimeout: must be finite, and at least 1, not -1/],
      [{ idleTimeout: NaN }, RangeError, /idleTimeout: must be finite, and at least 1, not NaN/],
      [{ idleTimeout: '5' }, TypeError, /idleTimeout: must be a number of ms, not 5/],
      [{ maxEventSize: 0 }, RangeError, /maxEventSize: must be at least 1, not 0/],
      [{ reconnect: 'no' }, TypeError, /reconnect: must be a boolean or an object, not no/],
      [{ reconnect: { strategy: 'x' } }, TypeError, /reconnect.strategy: must be one of constant, /],
      [{ reconnect: { jitter: 1 } }, TypeError, /reconnect.jitter: must be one of none, full, /],
      [{ reconnect: { delay: Infinity } }, RangeError, /reconnect.delay: must be finite/],
      [{ reconnect: { factor: -1 } }, RangeError, /reconnect.factor: must be finite, and at least 0/],
      [{ reconnect: { minDelay: 2, maxDelay: 1 } }, RangeError, /reconnect.minDelay: must be at most maxDelay, not 2/],
      [{ reconnect: { maxAttempts: 0 } }, RangeError, /reconnect.maxAttempts: must be .* at least 1/],
      [{ reconnect: { statuses: [99] } }, TypeError, /reconnect.statuses: must be an array of st/],
      [{ reconnect: { repeat: 'yes' } }, TypeError, /reconnect.repeat: must be a boolean, not yes/],
      [{ reconnect: { decide: true } }, TypeError, /reconnect.decide: must be a function, not true/],
    ]) {
      const text = JSON.stringify(options, (_, value) => (Number.isNaN(value) ? 'NaN' : value))
      it(`for ${text}`, () => {
        assert.throws(() => new EventSource('/raw', options), type, message)
      })
    }
  })

  it('passes on what a getter or an iterator of the headers throws', () => {
    const thrown = new Error('mine')
    const fail = () => {
      throw thrown
    }
    for (const headers of [
      Object.defineProperty({}, 'a', { get: fail, enumerable: true }),
      { [Symbol.iterator]: fail },
      [['a', { toString: fail }]],
    ]) {
      try {
        new EventSource('/raw', { headers })
        assert.fail('nothing was thrown')
      } catch (error) {
        assert.equal(error, thrown)
      }
    }
  })

  it('takes any size of an event if it is to', async () => {
    const held = address('/raw', { body: 'data: a\n\n', end: 'hold' })
    assert.equal((await next(connect(held, { maxEventSize: Infinity }), 'message')).data, 'a')
  })

  for (const [method, reconnect] of [
    ['GET', { repeat: false, statuses: [503] }],
    ['POST', { repeat: true }],
  ]) {
    it(`knows reconnect.repeat, ${reconnect.repeat} for ${method}`, () => {
      const warnings = []
      const { warn } = console
      console.warn = (text) => warnings.push(text)
      try {
        connect('/raw', { method, reconnect }).close()
      } finally {
        console.warn = warn
      }
      assert.deepEqual(warnings, [])
    })
  }

  it('warns once of an option that does not exist', () => {
    const warnings = []
    const { warn } = console
    console.warn = (text) => warnings.push(text)
    try {
      for (let times = 0; times < 2; times++) {
        connect('/raw', { retries: 3, reconnect: { retry: 1 } }).close()
      }
    } finally {
      console.warn = warn
    }
    assert.deepEqual(warnings, [
      'wasm-eventsource: there is no option "retries"',
      'wasm-eventsource: there is no option "reconnect.retry"',
    ])
  })
}
