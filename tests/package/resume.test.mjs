// @ts-check
/** A reload in the middle of a stream: with the option `resume`, each event comes once. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { openBrowser } from './browsers.mjs'
import { startTestServer } from './test-server.mjs'

const COUNT = 3_000
const RELOADS = 10

/** @type {import('./test-server.mjs').TestServer} */
let server
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

/**
 * A page that appends the number of each event to a list which outlives it.
 * @param {string} how what receives them, given `source` and `receive`
 */
function pageOf(how) {
  const body = `<!doctype html>
    <script src="/pkg/polyfill.js"></script>
    <script>
      const stream = '/numbers?' + new URLSearchParams({ count: ${COUNT}, connections: 5, retry: 10 })
      const source = new EventSource(stream, { resume: true })
      const receive = ({ lastEventId }) => {
        sessionStorage.received = (sessionStorage.received ?? '') + lastEventId + ' '
      }
      ${how}
    </script>`
  return `/raw?${new URLSearchParams({ type: 'text/html', body })}`
}

const RECEIVERS = {
  listeners: `source.onmessage = receive
    source.addEventListener('numbered', receive)`,
  'a slow loop': `(async () => {
      for await (const message of source) {
        receive(message)
        if (message.lastEventId % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()`,
}

for (const engine of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
  describe(engine, () => {
    /** @type {import('./browsers.mjs').OpenBrowser} */
    let browser
    before(async () => {
      browser = await openBrowser(engine)
    })
    after(() => browser?.close())

    for (const [name, how] of Object.entries(RECEIVERS)) {
      it(`${name}: each event once`, async () => {
        const { driver } = browser
        await driver.get(`${server.origin}/tests/package/pages/empty.html`)
        await driver.executeScript('sessionStorage.clear()')
        await driver.get(server.origin + pageOf(how))
        /** @returns {Promise<number[]>} */
        const received = async () => {
          const text = await driver.executeScript("return sessionStorage.received ?? ''")
          return String(text).split(' ').filter(Boolean).map(Number)
        }
        /** @param {number} count */
        const until = async (count) => {
          for (let times = 0; times < 600; times++) {
            const numbers = await received()
            if (numbers.length >= count) return numbers
            await sleep(20)
          }
          return received()
        }
        let reloads = 0
        for (; reloads < RELOADS; reloads++) {
          const { length } = await until(Math.floor((COUNT * reloads) / (2 * RELOADS)) + 1)
          if (length === COUNT) break
          await driver.navigate().refresh()
        }
        assert.ok(reloads > 2, `the stream was over after ${reloads} reloads`)
        assert.deepEqual(
          await until(COUNT),
          Array.from({ length: COUNT }, (_, index) => index + 1),
        )
      })
    }
  })
}
