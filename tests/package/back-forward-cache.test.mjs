// @ts-check
/** Pages that are left for the back/forward cache and come back, with sources in them. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { openBrowser } from './browsers.mjs'
import { startTestServer } from './test-server.mjs'

/** @type {import('./test-server.mjs').TestServer} */
let server
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

/**
 * A page with a source of each kind. What they fire is in `fired`, an array each, and `shown` counts
 * how often the page has come back as it was.
 * @param {unknown[]} sources the arguments of the constructor, for each
 */
function pageOf(sources) {
  const body = `<!doctype html>
    <script src="/pkg/polyfill.js"></script>
    <script>
      var shown = 0
      addEventListener('pageshow', ({ persisted }) => persisted && (shown += 1))
      var fired = []
      var sources = ${JSON.stringify(sources)}.map(([url, init]) => {
        const source = new EventSource(url, init)
        const events = []
        fired.push(events)
        for (const type of ['open', 'message', 'error']) {
          source.addEventListener(type, ({ reason }) =>
            events.push(type + (reason ? ' ' + reason : '') + ' (' + source.readyState + ')'),
          )
        }
        return source
      })
    </script>`
  // What must not be stored, as the files that the server serves, does not get into the cache.
  return `/raw?${new URLSearchParams({ type: 'text/html', header: 'Cache-Control: no-cache', body })}`
}

/** The sources, how often each asks, and whether it is connected in the end. */
const KINDS = [
  { key: 'get', init: {}, requests: 2, isOpen: true },
  { key: 'get-once', init: { reconnect: false }, requests: 1, isOpen: false },
  // It shares with nobody yet, so that it holds no lock.
  { key: 'shared', init: { share: true }, requests: 2, isOpen: true },
  { key: 'post', init: { method: 'POST', body: 'a' }, requests: 1, isOpen: false },
  { key: 'post-again', init: { method: 'POST', body: 'a', reconnect: true }, requests: 2, isOpen: true },
]

/**
 * Why a source has failed that is not to ask again. WebKit ends the requests of a page before it tells
 * the page that it is put aside. Firefox is not here: it keeps no page that has a request under way.
 */
const REASONS = /** @type {const} */ ({ chromium: ['suspended'], webkit: ['suspended', 'network'] })

for (const engine of /** @type {const} */ (['chromium', 'webkit'])) {
  describe(engine, () => {
    /** @type {import('./browsers.mjs').OpenBrowser} */
    let browser
    before(async () => {
      browser = await openBrowser(engine)
    })
    after(() => browser?.close())

    it('repeats what is to be repeated, and no POST', async () => {
      const { driver } = browser
      /** @param {string} key */
      const keyOf = (key) => `${engine}-${key}`
      const sources = KINDS.map(({ key, init }) => {
        const query = new URLSearchParams({ key: keyOf(key), body: 'data: a\n\n', end: 'hold' })
        return [`/raw?${query}`, init]
      })
      await driver.get(server.origin + pageOf(sources))
      /** @returns {Promise<string[][]>} */
      const fired = () => driver.executeScript('return fired')
      /** @param {(events: string[][]) => boolean} condition */
      const until = async (condition) => {
        for (let times = 0; times < 100; times++) {
          const events = await fired()
          if (condition(events)) return events
          await sleep(50)
        }
        return fired()
      }
      await until((events) => events.every((it) => it.length === 2))

      await driver.get(`${server.origin}/tests/package/pages/empty.html`)
      await sleep(200)
      await driver.navigate().back()
      assert.equal(await driver.executeScript('return window.shown'), 1, 'the page has been loaded anew')

      await until((events) => events.every((it) => it.length > 2))
      await sleep(500)
      const events = await fired()
      const found = await Promise.all(
        KINDS.map(async ({ key }, index) => {
          /** @type {unknown[]} */
          const seen = await (await fetch(`${server.origin}/log?key=${keyOf(key)}`)).json()
          return { key, requests: seen.length, last: events[index]?.at(-1) }
        }),
      )
      const failed = REASONS[engine].map((reason) => `error ${reason} (2)`)
      for (const [index, { key, requests, isOpen }] of KINDS.entries()) {
        const expected = isOpen ? ['message (1)'] : failed
        assert.equal(found[index]?.requests, requests, `requests of ${key}`)
        assert.ok(expected.includes(`${found[index]?.last}`), `${key}: ${found[index]?.last}`)
      }
    })
  })
}
