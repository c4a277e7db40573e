/**
 * Pages and functions of pages that do what nobody should: a `fetch` that misbehaves in every way it can,
 * chunks that are no plain bytes, intrinsics that are frozen or changed. No other source may notice. What
 * hostile servers may send is in this suite where it takes a browser, and in `tests/hostile.rs` elsewhere.
 */

import { assert } from '/node_modules/chai/index.js'
import { FETCHES, chunksOf, encode, throwing } from './hostile-fetches.mjs'
import { address, eventually, milliseconds, next, requestsOf, takeFaults, toHex, uniqueKey } from './support.mjs'

export default function ({ EventSource, secondOrigin }) {
  const sources = []
  const connect = (...args) => {
    const source = new EventSource(...args)
    sources.push(source)
    return source
  }

  /** A test in which another source must not notice what is done. */
  const test = (title, run) =>
    it(title, async () => {
      const bystander = connect(address('/raw', { body: 'data: a\n\n', end: 'hold' }))
      const losses = []
      bystander.addEventListener('error', ({ reason }) => losses.push(reason))
      try {
        await next(bystander, 'message')
        await run()
        assert.deepEqual([bystander.readyState, ...losses], [1], 'another source has noticed')
        assert.deepEqual(await takeFaults(), [])
      } finally {
        for (const source of sources.splice(0)) source.close()
      }
    })

  describe('a fetch that', () => {
    for (const [title, [fetch, reason]] of Object.entries(FETCHES)) {
      test(`${title}: ${reason ?? 'gets the event'}`, async () => {
        const source = connect('https://example.test/', { fetch, reconnect: { delay: 60_000 }, connectTimeout: 500 })
        if (reason === undefined) {
          const { data, lastEventId } = await next(source, 'message')
          assert.deepEqual([data, lastEventId, source.readyState], ['a', '1', 1])
        } else {
          assert.equal((await next(source, 'error')).reason, reason)
        }
      })
    }
  })

  test('a chunk that is shrunk while it is delivered ends there', async () => {
    const bytes = encode(`data: a\n\n:${'x'.repeat(40_000)}\n\ndata: b\n\n`)
    const buffer = new ArrayBuffer(bytes.length, { maxByteLength: bytes.length })
    if (buffer.resize === undefined) return
    const chunk = new Uint8Array(buffer)
    chunk.set(bytes)
    const source = connect('https://example.test/', { fetch: async () => chunksOf(chunk, encode('\n\ndata: c\n\n')) })
    const received = []
    source.addEventListener('message', ({ data }) => {
      received.push(data)
      if (data === 'a') buffer.resize(9)
    })
    await eventually(() => received.includes('c'))
    assert.deepEqual(received, ['a', 'c'])
  })

  test('10,000 events in one chunk, of which the first closes: no other one comes', async () => {
    const source = connect('https://example.test/', { fetch: async () => chunksOf(encode('data: a\n\n'.repeat(10_000))) })
    let count = 0
    const events = []
    source.addEventListener('message', () => {
      count += 1
      source.close()
    })
    for (const type of ['open', 'error']) source.addEventListener(type, () => events.push(type))
    await eventually(() => source.readyState === 2)
    await milliseconds(50)
    assert.deepEqual([count, events], [1, ['open']])
  })

  describe('a server that', () => {
    /** The last event ID that comes back, and the names of the headers beside it, for bytes of an `id` field. */
    async function sentFor(bytes) {
      const key = uniqueKey()
      const line = [...encode('retry: 100\nid: '), ...bytes, ...encode('\ndata: a\n\n')]
      const source = connect(address('/raw', { key, hex: [toHex(line), toHex(encode('data: b\n\n'))] }))
      await eventually(() => source.readyState === 2)
      const [first, second] = await requestsOf(key)
      const names = ({ headers }) => headers.map(([name]) => name).sort()
      return { id: second?.lastEventId, added: names(second).filter((name) => !names(first).includes(name)) }
    }

    for (const [title, bytes, expected] of [
      ['NUL', [0x61, 0, 0x62], null],
      ['CR', [...encode('a\rX-Injected: 1')], 'a'],
      ['LF', [...encode('a\nX-Injected: 1')], 'a'],
      ['CR, LF and a header', [...encode('a\r\nX-Injected: 1')], 'a'],
      ['the bytes of CR and LF in other encodings', [0x61, 0xc0, 0x8d, 0xc0, 0x8a, 0x62], /^a.+b$/],
      ['what Latin-1 would make LF of', [...encode('a\u010a\u010dX-Injected: 1')], /^a.+X-Injected: 1$/],
      ['lone surrogates', [0x61, 0xed, 0xa0, 0x80, 0x62], /^a.+b$/],
    ]) {
      test(`puts ${title} into an ID adds no header to the next request`, async () => {
        const { id, added } = await sentFor(bytes)
        assert.deepEqual(added, expected === null ? [] : ['last-event-id'])
        if (expected instanceof RegExp) assert.match(id, expected)
        else assert.equal(id, expected)
      })
    }

    test('redirects to another origin gets no header, body or cookie of the user there', async () => {
      const key = uniqueKey()
      const to = address('/raw', { key, cors: 'origin', body: 'data: a\n\n', end: 'hold' }, secondOrigin)
      await fetch(address('/cookies/set', { name: key, value: 'x' }))
      const source = connect(address('/redirect/302', { to }), { headers: { Authorization: 'Bearer secret' }, lastEventId: '7' })
      source.addEventListener('error', () => {})
      await Promise.race([next(source, 'message'), next(source, 'error')])
      const seen = await requestsOf(key)
      assert.isNotEmpty(seen)
      for (const { headers } of seen) {
        const names = headers.map(([name]) => name)
        assert.notIncludeMembers(names, ['authorization'])
        assert.notIncludeMembers(names, ['cookie'])
      }
    })

    test('sends headers of 60 kB is judged in no time', async () => {
      const filler = ';x='.repeat(2_500)
      const header = [`Retry-After: ${' '.repeat(4_000)}1${' '.repeat(4_000)}`, `X-A: ${'a'.repeat(20_000)}`, `X-B: ${'b'.repeat(20_000)}`]
      const response = new Response('data: a\n\n', {
        headers: [['Content-Type', `text/event-stream${filler}`], ...header.map((line) => line.split(': '))],
      })
      const begun = performance.now()
      const source = connect('https://example.test/', { fetch: async () => response })
      await next(source, 'message')
      assert.isBelow(performance.now() - begun, 1_000)
    })
  })

  describe('in a page', () => {
    let frame
    afterEach(() => frame?.remove())

    /**
     * Opens a page, has it run scripts and, before one of them or in the end, a function. Returns an array with
     * its window, which may look like a promise.
     */
    async function open(scripts, prepare) {
      frame = Object.assign(document.createElement('iframe'), { src: '/tests/package/pages/empty.html' })
      const loaded = next(frame, 'load')
      document.body.append(frame)
      await loaded
      const window = frame.contentWindow
      window.faults = []
      window.addEventListener('error', (event) => window.faults.push(String(event.error ?? event.message)))
      window.addEventListener('unhandledrejection', ({ reason }) => window.faults.push(String(reason)))
      for (const src of scripts) {
        if (src === prepare.before) prepare.run(window)
        const script = Object.assign(frame.contentDocument.createElement('script'), { src })
        const ready = next(script, 'load')
        frame.contentDocument.head.append(script)
        await ready
      }
      if (prepare.before === undefined) prepare.run(window)
      return [window]
    }

    /** Whether all goes as it does elsewhere: events, a lost connection, an error, what is read of it. */
    async function check([window]) {
      const key = uniqueKey()
      const body = ['retry: 100\n: comment\nid: 7\ndata: a\n\nevent: custom\ndata: b\n\n', 'data: c\n\n']
      const source = new window.EventSource(address('/raw', { key, body }))
      const told = []
      // Only what each has: the rest would be that of all objects.
      source.addEventListener('open', () => told.push(['open', undefined, undefined]))
      for (const type of ['message', 'custom']) source.addEventListener(type, ({ data }) => told.push([type, data, undefined]))
      source.addEventListener('error', ({ reason, retryIn, status }) => told.push(['error', reason, retryIn ?? status]))
      await eventually(() => source.readyState === 2)
      assert.deepEqual(told, [
        ['open', undefined, undefined],
        ['message', 'a', undefined],
        ['custom', 'b', undefined],
        ['error', 'ended', 100],
        ['open', undefined, undefined],
        ['message', 'c', undefined],
        ['error', 'ended', 100],
        ['error', 'status', 204],
      ])
      const requests = await requestsOf(key)
      assert.deepEqual(requests.map(({ method, lastEventId }) => [method, lastEventId]), [['GET', null], ['GET', '7'], ['GET', '7']])
      const items = []
      const loop = new window.EventSource(address('/raw', { body: 'data: d\n\n', end: 'hold' }))
      for await (const { data } of loop) {
        items.push(data)
        break
      }
      assert.deepEqual(items, ['d'])
      assert.equal(loop.readyState, 2)
      assert.deepEqual(window.faults, [])
    }

    const POLYFILL = '/pkg/polyfill.js'
    const LOCKDOWN = '/node_modules/ses/dist/lockdown.umd.js'
    const lockdown = (window) => window.lockdown({ errorTaming: 'unsafe', consoleTaming: 'unsafe', overrideTaming: 'min' })
    it('whose intrinsics were frozen before (SES), all works', async () => {
      await check(await open([LOCKDOWN, POLYFILL], { before: POLYFILL, run: lockdown }))
    })
    it('whose intrinsics are frozen later (SES), all works', async () => {
      await check(await open([POLYFILL, LOCKDOWN], { run: lockdown }))
    })

    /** All names that we, the glue or the engine read of plain objects, and set on them. */
    const NAMES = [
      ...['body', 'connectTimeout', 'fetch', 'headers', 'idleTimeout', 'lastEventId', 'maxEventSize', 'method', 'onComment'],
      ...['pauseWhenHidden', 'reconnect', 'resume', 'sendLastEventId', 'signal', 'withCredentials', 'cache', 'credentials'],
      ...['duplex', 'integrity', 'keepalive', 'mode', 'priority', 'redirect', 'referrer', 'referrerPolicy'],
      ...['decide', 'delay', 'factor', 'jitter', 'maxAttempts', 'maxDelay', 'minDelay', 'repeat', 'resetAfter', 'statuses'],
      ...['strategy', 'reason', 'status', 'attempt', 'retryIn', 'isComplete', 'url', 'isCrossOrigin', 'sentLastEventId'],
      ...['response', 'error', 'number', 'failure', 'type', 'data', 'origin', 'query', 'storage', 'key', 'imports', 'start'],
    ]
    const pollute = (descriptor, names = NAMES) => (window) => {
      for (const name of names) {
        window.Object.defineProperty(window.Object.prototype, name, { configurable: true, ...descriptor(name, window) })
      }
    }
    /** What the browser itself would read of an object that we hand it. */
    const OURS = NAMES.filter((name) => !['body', 'headers', 'method', 'signal', 'cache', 'credentials', 'duplex', 'integrity', 'keepalive', 'mode', 'priority', 'redirect', 'referrer', 'referrerPolicy'].includes(name))

    for (const [title, run] of Object.entries({
      'setters that do nothing': pollute(() => ({ get: () => undefined, set() {} })),
      'getters without setters': pollute(() => ({ get: () => undefined })),
      'setters that throw': pollute(() => ({ get: () => undefined, set: throwing })),
      'values that cannot be written': pollute(() => ({ value: undefined, writable: false })),
      'values of its own': pollute(() => ({ value: 'polluted', writable: true }), OURS),
      'values that are enumerable': pollute((name) => ({ value: `polluted ${name}`, enumerable: true }), ['polluted', 'x']),
      'a getter then': pollute(() => ({ get: () => undefined }), ['then']),
      'a then that is no function': pollute(() => ({ value: 'polluted' }), ['then']),
    })) {
      it(`whose Object.prototype has ${title}, all works`, async () => {
        await check(await open([POLYFILL], { run }))
      })
    }

    it('whose Array.prototype has more than it should, all works', async () => {
      const run = (window) => {
        window.Array.prototype.polluted = () => {}
        for (const index of [0, 1, 2]) {
          Object.defineProperty(window.Array.prototype, `x${index}`, { get: throwing, enumerable: true })
        }
      }
      await check(await open([POLYFILL], { run }))
    })

    it('whose Object.prototype has a then that never settles, close() closes all the same', async () => {
      const [window] = await open([POLYFILL], { run: pollute(() => ({ value() {} }), ['then']) })
      const source = new window.EventSource(address('/raw', { body: 'data: a\n\n', end: 'hold' }))
      await milliseconds(50)
      source.close()
      assert.equal(source.readyState, 2)
    })
  })
}
