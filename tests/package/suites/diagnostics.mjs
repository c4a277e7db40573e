/** What a developer is told of a failure: in the console, where nobody listens, and in the event. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next } from './support.mjs'

export default function ({ EventSource, deadOrigin }) {
  const sources = []
  const connect = (...args) => {
    const source = new EventSource(...args)
    sources.push(source)
    return source
  }
  const { error } = console
  let told = []
  beforeEach(() => {
    told = []
    console.error = (...texts) => told.push(texts.join(' '))
  })
  afterEach(() => {
    console.error = error
    sources.splice(0).forEach((source) => source.close())
  })
  const closed = (source) => eventually(() => source.readyState === 2)
  const html = address('/raw', { type: 'text/html', body: '<p>' })
  const missing = address('/status/404')

  describe('the console, where nobody listens for errors', () => {
    it('names the URL and the status', async () => {
      await closed(connect(missing))
      assert.lengthOf(told, 1)
      assert.include(told[0], 'wasm-eventsource')
      assert.include(told[0], `${missing}: The server answered with the status 404, not 200.`)
    })

    it('names the URL and the content type', async () => {
      await closed(connect(html))
      assert.lengthOf(told, 1)
      assert.include(told[0], `${html}: The content type of the response is text/html, not text/event-stream.`)
    })

    it('names the URL for any other failure, without its user info', async () => {
      await closed(connect('ftp://user:secret@example.test/'))
      assert.lengthOf(told, 1)
      assert.include(told[0], 'ftp://example.test/: An event stream cannot be fetched')
    })

    it('is silent where somebody listens', async () => {
      const listener = connect(missing)
      listener.addEventListener('error', () => {})
      const handler = connect(missing)
      handler.onerror = () => {}
      const object = connect(missing)
      object.addEventListener({ toString: () => 'error' }, { handleEvent() {} }, { once: true })
      const loop = (async () => {
        for await (const _ of connect(missing));
      })().catch(({ reason }) => reason)
      await Promise.all([listener, handler, object].map(closed))
      assert.equal(await loop, 'status')
      assert.deepEqual(told, [])
    })

    it('is told where those who have listened have gone', async () => {
      const listener = () => {}
      const removed = connect(missing)
      removed.addEventListener('error', listener)
      removed.removeEventListener('error', listener)
      const unset = connect(missing)
      unset.onerror = listener
      unset.onerror = null
      const aborted = connect(missing)
      const controller = new AbortController()
      aborted.addEventListener('error', listener, controller)
      controller.abort()
      const other = connect(missing)
      other.onmessage = listener
      await Promise.all([removed, unset, aborted, other].map(closed))
      assert.lengthOf(told, 4)
    })

    it('is silent while there is another attempt, at the end of a stream, and after close()', async () => {
      const url = address('/raw', { body: 'retry: 60000\n' })
      const waiting = connect(url)
      await milliseconds(200)
      assert.equal(waiting.readyState, 0)
      await closed(connect(url, { reconnect: false }))
      await closed(connect(address('/status/204')))
      const source = connect(missing)
      source.close()
      await milliseconds(200)
      assert.deepEqual(told, [])
    })
  })

  describe('the message of an error event', () => {
    const messageOf = async (...args) => (await next(connect(...args), 'error')).message

    it('names the URL, and the status or the content type', async () => {
      assert.equal(await messageOf(missing), `${missing}: The server answered with the status 404, not 200.`)
      assert.equal(
        await messageOf(html),
        `${html}: The content type of the response is text/html, not text/event-stream.`,
      )
      const none = async () => new Response(new Uint8Array())
      assert.equal(
        await messageOf(html, { fetch: none }),
        `${html}: The response has no content type, so it is not text/event-stream.`,
      )
    })

    it('names no header that was not sent', async () => {
      assert.notInclude(await messageOf(`${deadOrigin}/`), 'Last-Event-ID')
    })
  })
}
