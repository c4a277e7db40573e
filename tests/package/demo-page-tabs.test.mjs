// @ts-check
/** The scenario of ten tabs, clicked through: without `share`, with it, and over HTTP/2. */

import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, describe, it } from 'node:test'

import { buildPage } from '../../www/build.mjs'
import { startHttp2 } from '../../www/http2.mjs'
import { openBrowser } from './browsers.mjs'
import { startRecordingProxy } from './recording-proxy.mjs'
import { startTestServer } from './test-server.mjs'

/** Longer than anything that is waited for takes, on a busy machine too. */
const PATIENCE = 30_000
const STREAM = '/scenarios/greetings'
/** So many connections a browser opens to a server over HTTP/1.1. */
const LIMIT = 6
/** Where `npm start` tells the page of its other address. */
const HTTP2 = new URL('../../www/dist/http2.json', import.meta.url)

/** @type {import('./test-server.mjs').TestServer} */
let server
/** @type {import('./recording-proxy.mjs').RecordingProxy} */
let proxy
/** @type {import('../../www/http2.mjs').Http2} */
let http2
before(async () => {
  await buildPage()
  server = await startTestServer()
  proxy = await startRecordingProxy(server.origin)
  http2 = await startHttp2(proxy.origin)
  writeFileSync(HTTP2, JSON.stringify({ origin: http2.origin }))
})
after(async () => {
  rmSync(HTTP2, { force: true })
  http2?.stop()
  proxy?.stop()
  await server?.stop()
})

for (const engine of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(engine, () => {
    /** @type {import('./browsers.mjs').OpenBrowser} */
    let browser
    before(async () => {
      browser = await openBrowser(engine)
    })
    after(() => browser?.close())

    /** @returns {Promise<Record<string, string>>} */
    const values = () =>
      browser.driver.executeScript(
        `return Object.fromEntries(Array.from(document.querySelectorAll('.values > div'), (item) => [item.firstChild.textContent, item.lastChild.textContent]))`,
      )
    /** @param {string} label */
    const press = (label) =>
      browser.driver.executeScript(
        `Array.from(document.querySelectorAll('.playground button')).find((button) => button.textContent === arguments[0]).click()`,
        label,
      )
    /** @param {(shown: Record<string, string>) => boolean} isReached */
    async function until(isReached) {
      const end = Date.now() + PATIENCE
      for (;;) {
        // There is none yet in a tab that is being opened.
        const shown = (await values()) ?? {}
        if (isReached(shown)) return shown
        assert.ok(Date.now() < end, `never: ${isReached}\n${JSON.stringify(shown)}`)
        await sleep(50)
      }
    }
    /** @param {Record<string, string>} shown */
    const waiting = (shown) => tabsOf(shown).filter((text) => text === 'waits').length
    /** @param {Record<string, string>} shown */
    const tabsOf = (shown) => Object.keys(shown).flatMap((name) => (name.startsWith('Tab ') ? [shown[name]] : []))
    /** How many connections greet, within a time in which each would more than once. */
    async function connections() {
      const before = proxy.exchangesOf(STREAM).map(({ chunks }) => chunks.length)
      await sleep(2_500)
      return proxy.exchangesOf(STREAM).filter(({ chunks }, index) => chunks.length > (before[index] ?? 0)).length
    }

    it('has four of ten wait over HTTP/1.1, and another request, until they share one connection', async () => {
      const { driver } = browser
      proxy.forget()
      await driver.get(`${proxy.origin}/www/#scenarios/tabs`)
      await until((shown) => waiting(shown) === 4 && shown['Another request'] === 'waits')
      // Nothing changes, however long one waits.
      assert.equal(await connections(), LIMIT)
      const shown = await values()
      assert.equal(shown['Protocol'], 'HTTP/1.1')
      assert.equal(tabsOf(shown).length, 10)
      assert.equal(waiting(shown), 4)
      assert.equal(shown['Another request'], 'waits')

      await press('Share one connection')
      // All show the same greeting, and the other request takes no second.
      await until(
        (shown) =>
          waiting(shown) === 0 &&
          new Set(tabsOf(shown)).size === 1 &&
          /^took \d{1,3} ms$/.test(shown['Another request'] ?? ''),
      )
      assert.equal(await connections(), 1)
    })

    it('has none wait over HTTP/2', async () => {
      const { driver } = browser
      proxy.forget()
      const before = await driver.getAllWindowHandles()
      await press('The same over HTTP/2')
      const opened = async () => (await driver.getAllWindowHandles()).find((handle) => !before.includes(handle))
      const end = Date.now() + PATIENCE
      while ((await opened()) === undefined) {
        assert.ok(Date.now() < end, 'no tab was opened')
        await sleep(50)
      }
      await driver.switchTo().window(/** @type {string} */ (await opened()))
      const shown = await until(
        (shown) => tabsOf(shown).length === 10 && waiting(shown) === 0 && /^took/.test(shown['Another request'] ?? ''),
      )
      assert.equal(shown['Protocol'], 'HTTP/2')
      assert.equal(await connections(), 10)
    })
  })
}
