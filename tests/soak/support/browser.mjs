// @ts-check
/** The page of the long runs in Chromium, and what can be measured of it. */

import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { openBrowser } from '../../package/browsers.mjs'

/**
 * @typedef {object} Figures
 * @property {number} heap what JavaScript and the DOM keep after a collection, in bytes
 * @property {number} wasm the memory of WebAssembly, in bytes
 * @property {number} listeners of events
 * @property {number} timers that are under way
 * @property {number} sockets that the processes of the browser hold
 * @property {number} connections that the server has
 */

/** @typedef {{ received: number, lost: number, doubled: number, losses: number, last: number }} Count */

export class SoakPage {
  /** @param {import('../../package/browsers.mjs').OpenBrowser} browser */
  constructor(browser) {
    this.browser = browser
    this.driver = /** @type {import('selenium-webdriver/chrome.js').Driver} */ (browser.driver)
  }

  /**
   * @param {string} origin
   * @param {import('../../package/browser-programs.mjs').BrowserName} [name]
   */
  static async open(origin, name = 'chromium') {
    const page = new SoakPage(await openBrowser(name))
    await page.show(origin)
    return page
  }

  get version() {
    return `${this.browser.name} ${this.browser.version}`
  }

  /** Shows the page anew. @param {string} origin */
  async show(origin) {
    await this.driver.get(`${origin}/tests/soak/page/page.html`)
    await this.driver.wait(() => this.driver.executeScript('return window.ready'), 20_000)
  }

  /**
   * Connects a client in the page.
   * @param {string} client
   * @param {string} url
   * @param {object} [options]
   * @returns {Promise<number>} its number
   */
  async connect(client, url, options) {
    const result = await this.driver.executeAsyncScript(
      `const [client, url, options, done] = arguments
       connect(client, url, options ?? undefined).then(done, (error) => done(String(error)))`,
      ...[client, url, options ?? null],
    )
    if (typeof result !== 'number') throw new Error(`${client}: ${result}`)
    return result
  }

  /** @param {number} index @returns {Promise<Count>} */
  count(index) {
    return this.driver.executeScript('return count(arguments[0])', index)
  }

  /** @param {number} index */
  disconnect(index) {
    return this.driver.executeScript('disconnect(arguments[0])', index)
  }

  /**
   * Makes sources in the page that nobody listens to and nobody holds, and waits until all are open.
   * @param {string} client
   * @param {string} url
   * @param {number} count
   */
  async drop(client, url, count) {
    const result = await this.driver.executeAsyncScript(
      `const [client, url, count, done] = arguments
       drop(client, url, count).then(() => done(), (error) => done(String(error)))`,
      ...[client, url, count],
    )
    if (result !== null) throw new Error(`${client}: ${result}`)
  }

  /**
   * Has what nobody holds collected, until there is none left of something, or it does not help.
   * @param {() => number} left
   * @returns {Promise<number>} how many are left
   */
  async collectUntilNone(left) {
    for (let times = 0; times < 30 && left() > 0; times++) {
      await this.#tell('HeapProfiler.collectGarbage')
      await sleep(50)
    }
    return left()
  }

  /** Minimizes the window, so that the page is hidden. @returns {Promise<() => Promise<void>>} what shows it again */
  async hide() {
    const { windowId } = await this.#ask('Browser.getWindowForTarget')
    const setState = (/** @type {string} */ windowState) =>
      this.driver.sendDevToolsCommand('Browser.setWindowBounds', { windowId, bounds: { windowState } })
    await setState('minimized')
    if ((await this.visibility()) !== 'hidden') throw new Error('The page of a minimized window is not hidden')
    return () => setState('normal')
  }

  /** @returns {Promise<string>} */
  visibility() {
    return this.driver.executeScript('return document.visibilityState')
  }

  /**
   * Freezes the page, as a browser does that saves power.
   * @param {number} ms how long
   * @param {() => void} [meanwhile]
   */
  async freeze(ms, meanwhile) {
    await this.driver.sendDevToolsCommand('Page.setWebLifecycleState', { state: 'frozen' })
    await sleep(ms / 2)
    meanwhile?.()
    await sleep(ms / 2)
    await this.driver.sendDevToolsCommand('Page.setWebLifecycleState', { state: 'active' })
  }

  /**
   * What there is after a collection.
   * @param {import('./server.mjs').SoakServer} server
   * @returns {Promise<Figures>}
   */
  async figures(server) {
    // What only a finalizer or a weak reference has kept is gone after the second.
    for (let round = 0; round < 2; round++) await this.#tell('HeapProfiler.collectGarbage')
    const usage = await this.#ask('Runtime.getHeapUsage')
    await this.#tell('Performance.enable')
    /** @type {{ metrics: { name: string, value: number }[] }} */
    const { metrics } = await this.#ask('Performance.getMetrics')
    return {
      // The last is what JavaScript keeps outside its own heap: the text of long strings, for one.
      heap: usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize,
      wasm: await this.driver.executeScript('return wasmMemory()'),
      listeners: metrics.find(({ name }) => name === 'JSEventListeners')?.value ?? NaN,
      timers: await this.driver.executeScript('return pendingTimers()'),
      sockets: this.#sockets(),
      connections: await server.connections(),
    }
  }

  /** The version of the protocol for developers is the browser's own affair. @param {string} command */
  async #ask(command) {
    return /** @type {any} */ (await this.driver.sendAndGetDevToolsCommand(command, {}))
  }

  /** @param {string} command */
  async #tell(command) {
    await this.driver.sendDevToolsCommand(command, {})
  }

  #sockets() {
    let count = 0
    for (const id of this.browser.processes()) {
      try {
        for (const descriptor of readdirSync(`/proc/${id}/fd`)) {
          try {
            if (readlinkSync(`/proc/${id}/fd/${descriptor}`).startsWith('socket:')) count += 1
          } catch {
            // Closed meanwhile.
          }
        }
      } catch {
        // Ended meanwhile.
      }
    }
    return count
  }

  close() {
    return this.browser.close()
  }
}
