// @ts-check
/** Tabs of a real browser, each with a source that receives a feed of the test server. */

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** Longer than anything that is waited for takes, on a busy machine too. */
export const PATIENCE = 30_000

/** A page that is none of ours. */
export const ELSEWHERE = '/tests/package/pages/empty.html'

/**
 * @typedef {object} Tab
 * @property {number} number which no other tab of the same run has
 * @property {string} handle WebDriver's
 */

/** @typedef {{ runs: [number, number][], newest: number, story: string[], foreign: string[] }} Received */

/**
 * @typedef {object} Feed
 * @property {string} name
 * @property {boolean | string} [share]
 * @property {string} [account] whose feed it is, as a header tells
 * @property {string} [key] that of the server's log; the name, if there is none
 */

export class Tabs {
  /** @type {Tab[]} */
  open = []
  #count = 0
  /** A window that is always there: a session ends with its last one. */
  #home = ''
  /** The window that commands go to. */
  #current = ''

  /**
   * @param {import('../browsers.mjs').OpenBrowser} browser
   * @param {import('../test-server.mjs').TestServer} server
   */
  constructor(browser, server) {
    this.browser = browser
    this.server = server
  }

  get driver() {
    return this.browser.driver
  }

  /** Begins in the window that the browser has opened with. */
  async begin() {
    this.#home = this.#current = await this.driver.getWindowHandle()
    await this.driver.get('about:blank')
  }

  /**
   * The address of a tab's page.
   * @param {number} number
   * @param {Feed} feed
   */
  address(number, { name, share, account, key = name }) {
    const stream = `/feed?${new URLSearchParams({ name, key })}`
    const body = `<!doctype html><title>Tab ${number}</title><script type="module" src="/tests/package/tabs/page.js"></script>`
    // What must not be stored, as the files that the server serves, does not get into the back/forward cache.
    const page = { type: 'text/html', header: 'Cache-Control: no-cache', body, tab: String(number) }
    const init = { share, ...(account !== undefined && { headers: { 'X-Account': account } }) }
    const feed = account === undefined ? name : `${name}-${account}`
    const query = new URLSearchParams({ ...page, stream, init: JSON.stringify(init), feed })
    return `${this.server.origin}/raw?${query}`
  }

  /**
   * Opens a tab with a source.
   * @param {Feed} feed
   * @param {boolean} [waits] the source is not made before `start` is called
   * @returns {Promise<Tab>}
   */
  async add(feed, waits = false) {
    await this.#go(this.#home)
    await this.driver.switchTo().newWindow('tab')
    const handle = (this.#current = await this.driver.getWindowHandle())
    const tab = { number: (this.#count += 1), handle }
    this.open.push(tab)
    await this.load(tab, feed, waits)
    return tab
  }

  /**
   * Loads the page anew, in a tab that is there.
   * @param {Tab} tab
   * @param {Feed} feed
   * @param {boolean} [waits]
   */
  async load(tab, feed, waits = false) {
    await this.#go(tab.handle)
    await this.driver.get(this.address(tab.number, feed) + (waits ? '&wait' : ''))
    await this.until(tab, waits ? 'window.tab' : 'window.tab?.source?.readyState === 1')
  }

  /** @param {string} handle */
  async #go(handle) {
    if (this.#current === handle) return
    await this.driver.switchTo().window(handle)
    this.#current = handle
  }

  /** Leaves commands for no tab, where one would hang. */
  async leave() {
    await this.#go(this.#home)
  }

  /** @param {Tab} tab */
  async enter(tab) {
    await this.#go(tab.handle)
    return this.driver
  }

  /**
   * The value of an expression in a tab.
   * @param {Tab} tab
   * @param {string} expression
   * @returns {Promise<any>}
   */
  async look(tab, expression) {
    await this.#go(tab.handle)
    return this.driver.executeScript(`return (${expression})`)
  }

  /**
   * What the promise that an expression gives is fulfilled with.
   * @param {Tab} tab
   * @param {string} expression
   * @returns {Promise<any>}
   */
  async wait(tab, expression) {
    await this.#go(tab.handle)
    const answer = /** @type {any} */ (
      await this.driver.executeAsyncScript(
        `const done = arguments[0]
         Promise.resolve(${expression}).then((value) => done({ value }), (error) => done({ error: String(error) }))`,
      )
    )
    if (answer.error !== undefined) throw new Error(`${expression}: ${answer.error}`)
    return answer.value
  }

  /**
   * Waits until an expression is true in a tab.
   * @param {Tab} tab
   * @param {string} expression
   * @param {number} [patience] in ms
   */
  async until(tab, expression, patience = PATIENCE) {
    const end = Date.now() + patience
    while (!(await this.look(tab, expression))) {
      if (Date.now() > end) {
        const story = await this.look(tab, 'window.tab && JSON.stringify(tab.reception)')
        assert.fail(`never, in tab ${tab.number}: ${expression}\n${story}`)
      }
      await sleep(20)
    }
  }

  /**
   * @param {Tab} tab
   * @returns {Promise<Received>}
   */
  async received(tab) {
    return JSON.parse(
      await this.look(tab, '(({ runs, newest, story, foreign }) => JSON.stringify({ runs, newest, story, foreign }))(tab.reception)'),
    )
  }

  /**
   * To another page, from which a way leads back.
   * @param {Tab} tab
   */
  async goAway(tab) {
    await this.#go(tab.handle)
    await this.driver.get(this.server.origin + ELSEWHERE)
  }

  /**
   * Back from there.
   * @param {Tab} tab
   * @returns {Promise<boolean>} whether it is the same page, which the browser has kept
   */
  async comeBack(tab) {
    await this.#go(tab.handle)
    await this.driver.navigate().back()
    await this.until(tab, 'window.tab?.source')
    return this.look(tab, 'tab.wasKept')
  }

  /** @param {Tab} tab */
  async close(tab) {
    await this.#go(tab.handle)
    await this.driver.close()
    await this.forget(tab)
  }

  /**
   * A tab that has gone by itself.
   * @param {Tab} tab
   */
  async forget(tab) {
    this.open = this.open.filter((other) => other !== tab)
    if (this.#current !== tab.handle) return
    await this.driver.switchTo().window(this.#home)
    this.#current = this.#home
  }

  async closeAll() {
    for (const tab of [...this.open]) await this.close(tab)
  }
}
