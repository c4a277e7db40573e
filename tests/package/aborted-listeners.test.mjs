// @ts-check
/** Listeners whose signal was aborted are not kept: Chromium can be told to collect garbage. */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'

import { openBrowser } from './browsers.mjs'
import { startTestServer } from './test-server.mjs'

/** @type {import('./test-server.mjs').TestServer} */
let server
/** @type {import('./browsers.mjs').OpenBrowser} */
let browser
before(async () => {
  server = await startTestServer()
  browser = await openBrowser('chromium')
  await browser.driver.get(`${server.origin}/tests/package/pages/empty.html`)
})
after(async () => {
  await browser?.close()
  await server.stop()
})

/** Runs a script of the page, and returns what its promise resolves to. @param {string} script */
const evaluate = (script) =>
  browser.driver.executeAsyncScript(`const done = arguments[0]
    ;(async () => { ${script} })().then(done, (error) => done(String(error)))`)

async function collectGarbage() {
  const driver = /** @type {import('selenium-webdriver/chrome.js').Driver} */ (browser.driver)
  await driver.sendDevToolsCommand('HeapProfiler.collectGarbage', {})
}

it('forgets a listener whose signal is aborted', async () => {
  const made = await evaluate(`
    const { EventSource } = await import('/pkg/index.js')
    globalThis.source = new EventSource('/raw?end=hold')
    globalThis.listeners = []
    for (let number = 0; number < 200; number++) {
      const controller = new AbortController()
      const listener = (event) => void event
      listeners.push(new WeakRef(listener))
      source.addEventListener('type ' + number, listener, controller)
      controller.abort()
    }
    return listeners.length`)
  assert.equal(made, 200)
  await collectGarbage()
  const kept = await evaluate(
    'return listeners.filter((listener) => listener.deref() !== undefined).length',
  )
  assert.equal(kept, 0)
})

it('does not keep a source alive by the signal of a listener', async () => {
  await evaluate(`
    const { EventSource } = await import('/pkg/index.js')
    globalThis.controller = new AbortController()
    globalThis.sources = Array.from({ length: 20 }, () => {
      const source = new EventSource('/raw?end=hold')
      source.addEventListener('message', (event) => void [event, source], controller)
      source.close()
      return new WeakRef(source)
    })`)
  await collectGarbage()
  const kept = await evaluate('return sources.filter((source) => source.deref() !== undefined).length')
  assert.equal(kept, 0)
})
