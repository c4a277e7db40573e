// @ts-check
/**
 * The demo page, clicked through in real browsers: what it shows is held against what the server has
 * sent, as a proxy between the two has seen it.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe } from 'node:test'

import { buildPage } from '../../www/build.mjs'
import { openBrowser } from './browsers.mjs'
import { accessibility } from './demo-page/accessibility.mjs'
import { faults } from './demo-page/faults.mjs'
import { findings } from './demo-page/findings.mjs'
import { inspector } from './demo-page/inspector.mjs'
import { load } from './demo-page/load.mjs'
import { DemoPage } from './demo-page/page.mjs'
import { published } from './demo-page/published.mjs'
import { raceAndHerd } from './demo-page/race-and-herd.mjs'
import { scenarios } from './demo-page/scenarios.mjs'
import { startRecordingProxy } from './recording-proxy.mjs'
import { startTestServer } from './test-server.mjs'

/** @type {import('./test-server.mjs').TestServer} */
let server
/** @type {import('./recording-proxy.mjs').RecordingProxy} */
let proxy
const folder = mkdtempSync(path.join(os.tmpdir(), 'wasm-eventsource-page-'))

before(async () => {
  await buildPage()
  server = await startTestServer()
  proxy = await startRecordingProxy(server.origin)
})
after(async () => {
  proxy?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

for (const engine of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
  describe(engine, () => {
    /** @type {import('./browsers.mjs').OpenBrowser} */
    let browser
    /** @type {DemoPage} */
    let page
    before(async () => {
      browser = await openBrowser(engine)
      page = new DemoPage(browser, proxy, server)
    })
    after(() => browser?.close())
    const current = () => page

    describe('scenarios', () => scenarios(current))
    describe('inspector', () => inspector(current, folder))
    describe('faults', () => faults(current))
    describe('findings', () => findings(current))
    if (engine === 'chromium') describe('load', () => load(current))
    describe('race and herd', () => raceAndHerd(current))
    describe('accessibility', () => accessibility(current))
    describe('published', () => published(current, path.join(folder, engine)))
  })
}
