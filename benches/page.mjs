// @ts-check
/** The browser that is measured, and the server that it talks to. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { openBrowser } from '../tests/package/browsers.mjs'

/** More than anything that is measured takes, in ms. */
const LONGEST_CALL = 120_000

/** A page of the benchmarks in an open browser. */
export class Page {
  #browser
  #server
  #origin

  /**
   * @param {import('../tests/package/browsers.mjs').OpenBrowser} browser
   * @param {import('node:child_process').ChildProcess} server
   * @param {string} origin
   */
  constructor(browser, server, origin) {
    this.#browser = browser
    this.#server = server
    this.#origin = origin
  }

  /**
   * Opens a browser and starts the server.
   * @param {import('../tests/package/browser-programs.mjs').BrowserName} name
   */
  static async open(name) {
    const server = fork(fileURLToPath(new URL('server.mjs', import.meta.url)))
    const [origin] = await once(server, 'message')
    const browser = await openBrowser(name)
    await browser.driver.manage().setTimeouts({ script: LONGEST_CALL })
    return new Page(browser, server, origin)
  }

  get name() {
    return this.#browser.name
  }

  get version() {
    return this.#browser.version
  }

  /**
   * Shows one of the pages in `browser/`.
   * @param {string} path
   */
  async show(path) {
    await this.#browser.driver.get(`${this.#origin}/${path}`)
  }

  /**
   * Shows one of the pages in a new tab, and closes the one that was open.
   * @param {string} path
   */
  async showInNewTab(path) {
    const { driver } = this.#browser
    const old = await driver.getWindowHandle()
    await driver.switchTo().newWindow('tab')
    const current = await driver.getWindowHandle()
    await driver.switchTo().window(old)
    await driver.close()
    await driver.switchTo().window(current)
    await this.show(path)
  }

  /**
   * Calls a function of the page. Firefox runs the scripts of WebDriver in a slow compartment: so
   * this one only passes text on, and all else happens in functions of the page.
   * @param {string} name of a global function that takes text and returns a promise of JSON text
   * @param {...string} args
   * @returns {Promise<any>}
   */
  async call(name, ...args) {
    const { result, error } = /** @type {{ result?: string, error?: string }} */ (
      await this.#browser.driver.executeAsyncScript(
        `const [name, args, done] = arguments
         const call = () => {
           // The scripts of a page in a new tab may not have run yet.
           if (window[name] === undefined) setTimeout(call, 10)
           else window[name](...args).then((result) => done({ result }), (error) => done({ error: String(error) }))
         }
         call()`,
        name,
        args,
      )
    )
    if (result === undefined) throw new Error(`${name}(${args.join()}) in the page: ${error}`)
    return JSON.parse(result)
  }

  /** Has the browser tell of all that comes from the network, as it does for its developer tools. */
  async watchNetwork() {
    await this.#devTools().sendDevToolsCommand('Network.enable', {})
  }

  /**
   * What the page keeps in memory, that of WebAssembly apart, in bytes, after a collection; nothing
   * where the browser has no way to tell.
   * @returns {Promise<number | undefined>}
   */
  async heapAfterCollection() {
    if (this.name !== 'chromium') return undefined
    const driver = this.#devTools()
    // What only a finalizer or a weak reference has kept is gone after the second.
    for (let round = 0; round < 2; round++) {
      await driver.sendDevToolsCommand('HeapProfiler.collectGarbage', {})
    }
    const usage = /** @type {any} */ (
      await driver.sendAndGetDevToolsCommand('Runtime.getHeapUsage', {})
    )
    // The last is what JavaScript keeps outside its own heap: the text of long strings, for one.
    return usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize
  }

  /**
   * The memory that the processes of the pages take of the machine, in bytes; nothing where they
   * cannot be told from others.
   */
  residentMemory() {
    if (this.name !== 'chromium') return undefined
    return this.#browser
      .processes()
      .filter((id) => readFileSync(`/proc/${id}/cmdline`, 'latin1').includes('--type=renderer'))
      .map((id) => /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'latin1'))?.[1])
      .reduce((sum, kilobytes) => sum + 1024 * Number(kilobytes), 0)
  }

  #devTools() {
    if (this.name !== 'chromium') throw new Error(`${this.name} has no developer tools to talk to`)
    return /** @type {import('selenium-webdriver/chrome.js').Driver} */ (this.#browser.driver)
  }

  async close() {
    await this.#browser.close()
    this.#server.disconnect()
  }
}
