// @ts-check
/** The built package in real pages of three engines, against the test server. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { openBrowser } from './browsers.mjs'
import { startTestServer } from './test-server.mjs'

/** @typedef {{ title: string[], error?: string, skipped?: string }} Result */

const SUITES = [
  ...['interface', 'event-handlers', 'events', 'listeners', 'lifetime', 'failures', 'closing'],
  ...['requests', 'vectors', 'workers', 'documents'],
]

/** What is tested, and with which suites. `native` is the class of the browser itself. */
const SUBJECTS = {
  polyfill: [...SUITES, 'random-streams'],
  index: ['interface', 'closing', 'workers'],
  slim: ['interface', 'closing', 'workers'],
  native: SUITES,
}

/** @type {import('./test-server.mjs').TestServer} */
let server
before(async () => {
  server = await startTestServer()
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

    for (const [name, suites] of Object.entries(SUBJECTS)) {
      it(`passes the suites with ${name}`, async (t) => {
        const parameters = new URLSearchParams({
          class: name,
          engine,
          suites: suites.join(),
          secondOrigin: server.secondOrigin,
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
