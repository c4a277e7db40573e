// @ts-check
/** Servers that were not written for us, each received unchanged. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { openBrowser } from './browsers.mjs'
import { expressTicker } from './other-servers/express-ticker.mjs'
import { startTestServer } from './test-server.mjs'

const POLYFILL = fileURLToPath(new URL('../../pkg/polyfill.js', import.meta.url))
const STREAMER = fileURLToPath(new URL('other-servers/streamer.py', import.meta.url))

/** @type {import('./browsers.mjs').OpenBrowser} */
let browser
before(async () => {
  browser = await openBrowser('chromium')
})
after(() => browser?.close())

it('receives the prices of an Express ticker', async () => {
  /** @type {object[]} */
  const sent = []
  const server = expressTicker(POLYFILL, (price) => sent.push(price)).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
    await browser.driver.get(`http://127.0.0.1:${port}/`)
    const received = await browser.driver.executeAsyncScript(`
      const done = arguments[0]
      const received = []
      const source = new EventSource('/cryptocurrencies')
      source.addEventListener('cryptocurrencyChanged', (event) => {
        received.push({ id: event.lastEventId, price: JSON.parse(event.data) })
        if (received.length < 20) return
        source.close()
        done(received)
      })`)
    assert.deepEqual(
      received,
      sent.slice(0, 20).map((price, index) => ({ id: String(index + 1), price })),
    )
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

it('receives the events of a Python streamer over three connections', async () => {
  const testServer = await startTestServer()
  const streamer = spawn('python3', [STREAMER, `${testServer.origin}/pkg/polyfill.js`])
  try {
    const [port] = await Promise.race([
      once(createInterface(streamer.stdout), 'line'),
      once(streamer, 'error').then(([error]) => {
        throw new Error('This test needs python3; install it, for example `apt install python3`.', {
          cause: error,
        })
      }),
    ])
    await browser.driver.get(`http://127.0.0.1:${port}/`)
    const received = await browser.driver.executeAsyncScript(`
      const done = arguments[0]
      const received = []
      const source = new EventSource('/events')
      source.onmessage = (event) => received.push([event.lastEventId, event.data])
      source.onerror = () => source.readyState === EventSource.CLOSED && done(received)`)
    assert.deepEqual(
      received,
      Array.from({ length: 9 }, (_, index) => [
        String(index + 1),
        `{"number": ${index + 1}}\nzweite Zeile, 二行目`,
      ]),
    )
  } finally {
    streamer.kill()
    await testServer.stop()
  }
})
