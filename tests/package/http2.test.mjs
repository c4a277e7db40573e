// @ts-check
/** Streams over HTTP/2, ours and those of the native class: many on one connection, and resumed. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import { after, before, describe, it } from 'node:test'
import { generate } from 'selfsigned'

import { openBrowser } from './browsers.mjs'

const POLYFILL = readFileSync(new URL('../../pkg/polyfill.js', import.meta.url))
/** More streams than a browser opens connections to one server over HTTP/1.1. */
const STREAMS = 10
/** How many are held open at once: more than a connection may have by default. */
const MANY = 200

/** @type {import('node:http2').Http2SecureServer} */
let server
/** @type {{ version: string, lastEventId: string | undefined }[]} */
const requests = []

/** Responses that stay open. @type {import('node:http2').Http2ServerResponse[]} */
const held = []

before(async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }])
  // Where a server says nothing, Chromium has 100 streams at once, and the others wait.
  const settings = { maxConcurrentStreams: 256 }
  server = createSecureServer({ key, cert, settings }, (request, response) => {
    if (request.url === '/') {
      response.setHeader('Content-Type', 'text/html')
      response.end('<!doctype html><title>HTTP/2</title><script src="/polyfill.js"></script>')
    } else if (request.url === '/polyfill.js') {
      response.setHeader('Content-Type', 'text/javascript')
      response.end(POLYFILL)
    } else if (request.url === '/held') {
      held.push(response)
      response.setHeader('Content-Type', 'text/event-stream')
      response.write('retry: 100\nid: 1\ndata: 1\n\n')
    } else if (request.url.startsWith('/stream')) {
      const lastEventId = /** @type {string | undefined} */ (request.headers['last-event-id'])
      requests.push({ version: request.httpVersion, lastEventId })
      const next = Number(lastEventId ?? 0) + 1
      response.setHeader('Content-Type', 'text/event-stream')
      response.write(`retry: 100\nid: ${next}\ndata: ${next}\n\n`)
      // The first connection of each stream ends here; the next one stays.
      if (lastEventId === undefined) response.end()
    } else {
      response.statusCode = 404
      response.end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
after(() => server.close())

for (const engine of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
  describe(engine, () => {
    /** @type {import('./browsers.mjs').OpenBrowser} */
    let browser
    before(async () => {
      browser = await openBrowser(engine)
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
      await browser.driver.get(`https://127.0.0.1:${port}/`)
    })
    after(() => browser?.close())

    for (const name of ['EventSource', 'EventSource.native']) {
      it(`${name} reads many streams at once, and resumes each`, async () => {
        requests.length = 0
        const received = await browser.driver.executeAsyncScript(`
          const done = arguments[0]
          const streams = Array.from({ length: ${STREAMS} }, (_, index) => new Promise((resolve) => {
            const source = new ${name}('/stream' + index)
            const data = []
            source.onmessage = (event) => {
              data.push(event.data)
              if (data.length < 2) return
              source.close()
              resolve(data.join())
            }
          }))
          Promise.all(streams).then(done)`)
        assert.deepEqual(received, Array(STREAMS).fill('1,2'))
        assert.deepEqual(
          requests.map(({ version }) => version),
          Array(2 * STREAMS).fill('2.0'),
        )
        const resumed = requests.filter(({ lastEventId }) => lastEventId === '1')
        assert.equal(resumed.length, STREAMS)
      })
    }

    // Firefox asks for so many, and then hands over nothing of any of them, to its own class neither.
    it(`${MANY} sources are open at once, over one connection, and all of them hear what comes`, { skip: engine === 'firefox' }, async () => {
      held.length = 0
      await browser.driver.executeScript(`
        window.heard = 0
        window.sources = Array.from({ length: ${MANY} }, () => {
          const source = new EventSource('/held')
          source.onmessage = () => (heard += 1)
          return source
        })`)
      const heard = () => browser.driver.executeScript('return heard')
      await browser.driver.wait(async () => (await heard()) === MANY, 20_000)
      assert.equal(held.length, MANY)
      assert.equal(new Set(held.map(({ stream }) => stream.session)).size, 1, 'connections')
      for (const response of held) response.write('id: 2\ndata: 2\n\n')
      await browser.driver.wait(async () => (await heard()) === 2 * MANY, 20_000)
      const closed = held.map((response) => once(response, 'close'))
      await browser.driver.executeScript('for (const source of sources) source.close()')
      // The streams end, and the connection stays.
      await Promise.all(closed)
    })
  })
}
