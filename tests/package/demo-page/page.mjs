// @ts-check
/** The demo page in a browser: opened, looked at and clicked by the tests. */

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {import('../browsers.mjs').OpenBrowser} OpenBrowser */
/** @typedef {import('../recording-proxy.mjs').RecordingProxy} RecordingProxy */
/** @typedef {import('../test-server.mjs').TestServer} TestServer */

/** Longer than anything that is waited for takes, on a busy machine too. */
const PATIENCE = 30_000

export class DemoPage {
  /** @type {OpenBrowser} */
  #browser
  /** What the page gets everything from. @type {RecordingProxy} */
  proxy
  /** The server behind the proxy. @type {TestServer} */
  server

  /**
   * @param {OpenBrowser} browser
   * @param {RecordingProxy} proxy
   * @param {TestServer} server
   */
  constructor(browser, proxy, server) {
    this.#browser = browser
    this.proxy = proxy
    this.server = server
  }

  get driver() {
    return this.#browser.driver
  }

  /** @param {string} fragment */
  async open(fragment) {
    this.proxy.forget()
    await this.#open(`${this.proxy.origin}/www/`, fragment)
  }

  /**
   * Opens the page from another place.
   * @param {string} address that of its folder
   * @param {string} fragment
   */
  async openAt(address, fragment) {
    await this.#open(address, fragment)
  }

  /**
   * @param {string} address
   * @param {string} fragment
   */
  async #open(address, fragment) {
    // Another query, or else the browser would go to another part of the same page.
    const query = `?${Math.random()}`
    await this.driver.switchTo().defaultContent()
    await this.driver.get(`${address}${query}#${fragment}`)
    // Firefox may still be about to run the page's script.
    await this.until(`location.search === '${query}' && document.querySelector('main > :not(.loading)')`)
    await this.#watch()
  }

  /**
   * Opens the page as a narrow screen would show it. No window of a desktop is as narrow.
   * @param {number} width
   * @param {string} fragment
   */
  async openNarrow(width, fragment) {
    await this.driver.switchTo().defaultContent()
    await this.driver.get(`${this.proxy.origin}/tests/package/pages/empty.html?${Math.random()}`)
    await this.driver.executeScript(
      `const frame = document.createElement('iframe')
       frame.src = arguments[0]
       frame.style = 'border: 0; width: ' + arguments[1] + 'px; height: 700px'
       document.body.replaceChildren(frame)`,
      `/www/?${Math.random()}#${fragment}`,
      width,
    )
    await this.driver.switchTo().frame(0)
    await this.until(`document.querySelector('main > :not(.loading)')`)
    await this.#watch()
  }

  /** Has violations of the page's policy kept. */
  async #watch() {
    await this.driver.executeScript(`
      window.violations = []
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        window.violations.push(violatedDirective + ' ' + blockedURI)
      })`)
  }

  /**
   * @param {string} script - an expression
   * @param {...unknown} values that it knows as `$[0]`, `$[1]`, …
   * @returns {Promise<any>}
   */
  look(script, ...values) {
    return this.driver.executeScript(`const $ = arguments; return (${script})`, ...values)
  }

  /**
   * Waits until an expression is true in the page.
   * @param {string} script
   * @param {...unknown} values
   */
  async until(script, ...values) {
    const end = Date.now() + PATIENCE
    while (!(await this.look(script, ...values))) {
      if (Date.now() > end) {
        const shown = await this.look(`document.querySelector('main')?.innerText`)
        assert.fail(`never: ${script} ${values.join()}\n${shown}`)
      }
      await sleep(50)
    }
  }

  /**
   * Waits until something outside the page is so.
   * @param {() => unknown} isSo
   */
  async wait(isSo) {
    const end = Date.now() + PATIENCE
    while (!isSo()) {
      if (Date.now() > end) assert.fail(`never: ${isSo}`)
      await sleep(50)
    }
  }

  /** @param {string} selector */
  click(selector) {
    return this.look('document.querySelector($[0]).click()', selector)
  }

  /**
   * Clicks what has this text.
   * @param {string} selector of what it is among
   * @param {string} text
   */
  clickText(selector, text) {
    return this.look(
      'Array.from(document.querySelectorAll($[0])).find((element) => element.textContent === $[1]).click()',
      selector,
      text,
    )
  }

  /** @param {string} name */
  tab(name) {
    return this.clickText('[role=tab]', name)
  }

  /**
   * @param {string} selector
   * @returns {Promise<string[]>}
   */
  texts(selector) {
    return this.look('Array.from(document.querySelectorAll($[0]), (element) => element.textContent)', selector)
  }

  /** Has what the page copies kept as `window.copied`: no test may change the clipboard. */
  keepCopies() {
    return this.driver.executeScript(
      'navigator.clipboard.writeText = async (text) => { window.copied = text }',
    )
  }

  /** @param {string} name */
  async scenario(name) {
    await this.open('scenarios')
    await this.until('document.querySelector($[0])', `[data-scenario=${name}]`)
    await this.click(`[data-scenario=${name}]`)
  }

  /** What a scenario has printed, in order. */
  async printed(kind = 'line') {
    return (await this.texts(`.printed [data-kind=${kind}]`)).reverse()
  }

  /** The values that a scenario shows. @returns {Promise<Record<string, string>>} */
  values() {
    return this.look(
      `Object.fromEntries(Array.from(document.querySelectorAll('.values > div'), (item) => [item.firstChild.textContent, item.lastChild.textContent]))`,
    )
  }

  /** @param {string} name */
  async value(name) {
    return (await this.values())[name]
  }

  /**
   * @param {string} name
   * @returns {Promise<string>}
   */
  figure(name) {
    return this.look('document.querySelector($[0]).textContent', `[data-figure="${name}"] dd`)
  }

  /** @param {string} name @param {string} text */
  untilFigure(name, text) {
    return this.until('document.querySelector($[0]).textContent === $[1]', `[data-figure="${name}"] dd`, text)
  }

  /** @param {string} phase */
  untilPhase(phase) {
    return this.until(`document.querySelector('.phase').textContent === $[0]`, phase)
  }

  /**
   * Sets a control, as somebody would who types.
   * @param {string} selector
   * @param {string | boolean} value
   */
  fill(selector, value) {
    return this.driver.executeScript(
      `const control = document.querySelector(arguments[0])
       if (control.type === 'checkbox') control.checked = arguments[1]
       else control.value = arguments[1]
       control.dispatchEvent(new Event('input', { bubbles: true }))
       control.dispatchEvent(new Event('change', { bubbles: true }))`,
      selector,
      value,
    )
  }

  /**
   * Sets a setting of the inspector.
   * @param {string} name @param {string | boolean} value
   */
  set(name, value) {
    return this.fill(`.request [name=${name}]`, value)
  }

  connect() {
    return this.click('.request .primary')
  }

  /** The rows of events that are in the document, cell by cell. @returns {Promise<string[][]>} */
  rows() {
    return this.look(
      `Array.from(document.querySelectorAll('.rows .row:not([hidden])[data-kind=event]'), (row) => Array.from(row.children, (cell) => cell.textContent))`,
    )
  }

  /**
   * Chooses the event with an ID, which has to be in sight.
   * @param {string} id
   */
  choose(id) {
    return this.look(
      `Array.from(document.querySelectorAll('.rows .row[data-kind=event]')).find((row) => row.children[3].textContent === $[0]).click()`,
      id,
    )
  }

  /** The path of the stream that the inspector opens by itself. @returns {Promise<string>} */
  laboratory() {
    return this.look(`new URL(document.querySelector('[name=url]').value, location).pathname`)
  }

  /** What the diagnosis says. @returns {Promise<string>} */
  findings() {
    return this.look(`document.querySelector('.findings').textContent`)
  }

  /** @param {RegExp} pattern */
  untilFinding(pattern) {
    return this.until(`${pattern}.test(document.querySelector('.findings').textContent)`)
  }
}
