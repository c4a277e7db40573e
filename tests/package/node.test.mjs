// @ts-check
/** The package outside a page: server-side rendering imports it, and Node can use it. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { after, before, it } from 'node:test'

import { startTestServer } from './test-server.mjs'

/** @type {import('./test-server.mjs').TestServer} */
let server
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

/** A path that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/index.js'

it('does nothing when it is imported', async () => {
  const compile = WebAssembly.Module
  const globals = Object.keys(globalThis)
  WebAssembly.Module = /** @type {any} */ (
    function () {
      throw new Error('compiled on import')
    }
  )
  try {
    await import(PACKAGE)
  } finally {
    WebAssembly.Module = compile
  }
  assert.deepEqual(Object.keys(globalThis), globals)
})

it('receives a stream in Node', async () => {
  const { EventSource } = await import(PACKAGE)
  const source = new EventSource(`${server.origin}/raw?body=id: 1%0Adata: a%0A%0A&end=hold`)
  const [event] = await once(source, 'message')
  source.close()
  assert.deepEqual([event.data, event.lastEventId, event.origin], ['a', '1', server.origin])
})

it('goes on behind a listener that takes its time where there are no channels, as in jsdom', async () => {
  const { EventSource } = await import(PACKAGE)
  const { MessageChannel } = globalThis
  Reflect.deleteProperty(globalThis, 'MessageChannel')
  /** @type {unknown[]} */
  const unhandled = []
  const note = (/** @type {unknown} */ reason) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  try {
    const headers = { 'Content-Type': 'text/event-stream' }
    const chunks = ['data: a\n\n', 'data: b\n\n', 'data: c\n\n'].map((text) => new TextEncoder().encode(text))
    const body = new ReadableStream({
      pull(controller) {
        const chunk = chunks.shift()
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const source = new EventSource('http://example.test/', { fetch: async () => new Response(body, { headers }) })
    /** @type {string[]} */
    const received = []
    await new Promise((resolve) => {
      source.onmessage = (/** @type {MessageEvent} */ { data }) => {
        received.push(data)
        // Longer than the event loop may be kept waiting.
        for (const end = Date.now() + 60; Date.now() < end; );
        if (data !== 'c') return
        source.close()
        setTimeout(resolve, 10)
      }
    })
    assert.deepEqual(received, ['a', 'b', 'c'])
    assert.deepEqual(unhandled, [])
  } finally {
    process.off('unhandledRejection', note)
    globalThis.MessageChannel = MessageChannel
  }
})

it('leaves an ID that Node cannot send out of the request, and says so once', async () => {
  const { EventSource } = await import(PACKAGE)
  /** @type {string[]} */
  const said = []
  const methods = /** @type {const} */ (['warn', 'error', 'info', 'log'])
  const originals = methods.map((method) => console[method])
  for (const method of methods) console[method] = (...args) => said.push(args.join(' '))
  try {
    const body = ['retry: 10\nid: a\x01b\ndata: a\n\n', 'id: c\x7fd\ndata: b\n\n', 'data: c\n\n', 'id: 3\ndata: d\n\n', '']
    const query = new URLSearchParams([['key', 'control'], ...body.map((text) => ['body', text])])
    const source = new EventSource(`${server.origin}/raw?${query}`)
    /** @type {string[]} */
    const ids = []
    source.onmessage = (/** @type {MessageEvent} */ { lastEventId }) => ids.push(lastEventId)
    const signal = AbortSignal.timeout(5_000)
    while (source.readyState !== 2) await once(source, 'error', { signal })
    assert.deepEqual(ids, ['a\x01b', 'c\x7fd', 'c\x7fd', '3'])
  } finally {
    methods.forEach((method, index) => (console[method] = /** @type {any} */ (originals[index])))
  }
  /** @type {{ lastEventId: string | null }[]} */
  const requests = await (await fetch(`${server.origin}/log?key=control`)).json()
  assert.deepEqual(requests.map(({ lastEventId }) => lastEventId), [null, null, null, null, '3', '3'])
  assert.equal(said.length, 1, said.join('\n'))
  assert.match(String(said[0]), /last event ID|Last-Event-ID/i)
})

it('throws a SyntaxError for a relative URL where there is no page', async () => {
  const { EventSource } = await import(PACKAGE)
  assert.throws(() => new EventSource('/stream'), {
    name: 'SyntaxError',
    message: /there is no page to resolve it against/,
  })
})

it('touches nothing of a page when it is imported, by any of its files', () => {
  const program = `
    for (const name of ['window', 'self', 'document', 'location', 'navigator']) {
      Object.defineProperty(globalThis, name, {
        get() { throw new Error('importing has touched ' + name) },
      })
    }
    for (const file of ['index', 'slim', 'fetch-event-source', 'eventsource-parser']) {
      await import(new URL('../../pkg/' + file + '.js', '${import.meta.url}'))
    }`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program])
  assert.equal(status, 0, String(stderr))
})

it('makes errors where the prototype of errors is frozen', () => {
  const program = `
    const folder = new URL('../../pkg/', '${import.meta.url}')
    const { createParser } = await import(new URL('eventsource-parser.js', folder))
    const { eventsFrom, EventStreamDecoder, json } = await import(new URL('index.js', folder))
    for (const { prototype } of [Object, Error, TypeError, RangeError, SyntaxError, EventTarget, Event]) {
      Object.freeze(prototype)
    }
    const names = []
    createParser({ onError: ({ name, type }) => names.push(name, type) }).feed('foo: a\\n')
    for (const action of [
      () => new EventStreamDecoder({ maxEventSize: 1 }).decode(new TextEncoder().encode('data: abc')),
      () => eventsFrom(new Response('', { status: 500 })).next(),
      () => json([{ type: 'message', data: '{', lastEventId: '' }]).next(),
    ]) {
      await (async () => action())().catch(({ name }) => names.push(name))
    }
    console.log(names.join())`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program])
  assert.equal(String(stderr), '')
  assert.equal(
    String(stdout),
    'ParseError,unknown-field,EventTooLargeError,EventSourceError,MalformedJsonError\n',
  )
})

it('keeps no process alive that has closed its sources', () => {
  const program = `
    const { EventSource } = await import(new URL('../../pkg/index.js', '${import.meta.url}'))
    const flood = new TextEncoder().encode('data: a\\n\\n'.repeat(1_000))
    const body = () => new ReadableStream({ pull: (to) => to.enqueue(flood) })
    const headers = { 'Content-Type': 'text/event-stream' }
    const source = new EventSource('http://localhost/', {
      fetch: async () => new Response(body(), { headers }),
    })
    source.onmessage = () => {}
    const unsupported = new EventSource('ftp://localhost/')
    unsupported.onerror = () => console.log('error')
    setTimeout(() => source.close(), 300)`
  const { status, stdout, stderr, signal } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { timeout: 10_000 },
  )
  assert.deepEqual([status, signal, String(stdout), String(stderr)], [0, null, 'error\n', ''])
})

it('says of Last-Event-ID only where it may be why', async () => {
  const { EventSourceErrorEvent, EventSourceError } = await import(PACKAGE)
  const failure = { reason: 'network', status: undefined, response: undefined, attempt: 1, retryIn: 1 }
  const hint = /must also allow the header Last-Event-ID/
  /** @type {[object, boolean][]} */
  const cases = [
    [{ isCrossOrigin: true, sentLastEventId: true }, true],
    [{ isCrossOrigin: true, sentLastEventId: false }, false],
    [{ isCrossOrigin: false, sentLastEventId: true }, false],
    [{}, false],
  ]
  for (const [facts, isTold] of cases) {
    for (const type of [EventSourceErrorEvent, EventSourceError]) {
      const { message } = new type({ ...failure, ...facts, url: 'https://example.test/' })
      assert.match(message, /^https:\/\/example.test\/: The connection failed or was lost/)
      assert.equal(hint.test(message), isTold, message)
    }
  }
})

it('leaves the decoder, the streams and the adapters out of the polyfill', async () => {
  const polyfill = await readFile(new URL('../../pkg/polyfill.js', import.meta.url), 'utf8')
  for (const text of ['EventTooLargeError', 'MalformedJsonError', 'expects a Response', 'TransformStream']) {
    assert.ok(!polyfill.includes(text), text)
  }
})
