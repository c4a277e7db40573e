// @ts-check
/** The built package in real pages of three engines, against the test server. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'

import { openBrowser } from './browsers.mjs'
import { startTestServer } from './test-server.mjs'

/** @typedef {{ title: string[], error?: string, skipped?: boolean }} Result */

/** Those that the native class passes too, where `variants.mjs` says how it differs. */
const SHARED_SUITES = [
  'closing',
  'requests',
  'responses',
  'redirects',
  'cors',
  'content-security-policy',
  'connections',
  'reconnection',
  'last-event-id',
]
const SUITES = ['interface', 'events', 'failures', ...SHARED_SUITES, 'vectors']

/** @type {import('./test-server.mjs').TestServer} */
let server
/** An origin whose port nobody listens on. */
let deadOrigin = ''
before(async () => {
  server = await startTestServer()
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (listener.address())
  deadOrigin = `http://127.0.0.1:${port}`
  listener.close()
})
after(() => server.stop())

for (const engine of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
  describe(engine, () => {
    /** @type {import('./browsers.mjs').OpenBrowser} */
    let browser
    before(async () => {
      browser = await openBrowser(engine)
      await browser.driver.manage().setTimeouts({ script: 300_000 })
    })
    after(() => browser?.close())

    /**
     * What the promise `results` of a page resolves to.
     * @param {string} path
     * @returns {Promise<any>}
     */
    async function resultsOf(path) {
      await browser.driver.get(server.origin + path)
      return browser.driver.executeAsyncScript(
        'const done = arguments[0]; results.then(done, (error) => done({ error: String(error) }))',
      )
    }

    it('receives 1,000 numbered events over many connections that are cut anywhere', async () => {
      const page = await resultsOf('/tests/package/pages/drop-in.html?count=1000&connections=20&retry=100')
      assert.deepEqual(page.unexpected, [])
      assert.deepEqual(
        page.received,
        Array.from({ length: 1000 }, (_, index) => index + 1),
      )
      assert.ok(page.connections >= 20, `${page.connections} connections`)
    })

    for (const [name, suites] of Object.entries({
      polyfill: SUITES,
      native: SHARED_SUITES,
      index: ['interface', 'closing'],
      slim: ['interface', 'closing'],
    })) {
      it(`passes the suites with ${name === 'native' ? 'the native class' : `${name}.js`}`, async (t) => {
        const parameters = new URLSearchParams({
          class: name,
          engine,
          suites: suites.join(),
          secondOrigin: server.secondOrigin,
          deadOrigin,
        })
        const results = await resultsOf(`/tests/package/pages/suites.html?${parameters}`)
        assert.ok(Array.isArray(results) && results.length > 0, JSON.stringify(results))
        for (const { title, error, skipped } of /** @type {Result[]} */ (results)) {
          await t.test(title.join(': '), { skip: skipped ?? false }, () => {
            if (error !== undefined) throw new Error(error)
          })
        }
      })
    }
  })
}
