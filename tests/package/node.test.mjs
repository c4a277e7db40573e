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

it('leaves the decoder, the streams and the adapters out of the polyfill', async () => {
  const polyfill = await readFile(new URL('../../pkg/polyfill.js', import.meta.url), 'utf8')
  for (const text of ['EventTooLargeError', 'MalformedJsonError', 'expects a Response', 'TransformStream']) {
    assert.ok(!polyfill.includes(text), text)
  }
})
