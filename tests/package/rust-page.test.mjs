// @ts-check
/** The page in Rust, clicked through in Chromium. */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'

import { By, Key, until } from 'selenium-webdriver'

import { buildRustPage } from '../../www/rust/build.mjs'
import { openBrowser } from './browsers.mjs'
import { startTestServer } from './test-server.mjs'

const LONGEST_WAIT_MS = 30_000

/** @type {import('./browsers.mjs').OpenBrowser} */
let browser
/** @type {import('./test-server.mjs').TestServer} */
let server
before(async () => {
  await buildRustPage()
  server = await startTestServer()
  browser = await openBrowser('chromium')
  await browser.driver.get(`${server.origin}/www/rust/`)
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

/**
 * Waits until an element is there, and is like this.
 * @param {string} selector
 * @param {RegExp} text
 */
async function waitFor(selector, text) {
  const element = await browser.driver.wait(until.elementLocated(By.css(selector)), LONGEST_WAIT_MS)
  await browser.driver.wait(until.elementTextMatches(element, text), LONGEST_WAIT_MS)
}

/** @param {string} selector */
const find = (selector) => browser.driver.findElement(By.css(selector))

/** The numbers of the events that the table has. */
async function eventNumbers() {
  const cells = await browser.driver.findElements(By.css('#ticker td:last-child'))
  return Promise.all(cells.map(async (cell) => Number(await cell.getText())))
}

/** @param {string} question */
async function ask(question) {
  await find('#question').sendKeys(question, Key.ENTER)
}

it('shows prices as they come, and goes on after a loss', async () => {
  await waitFor('#state', /^open$/)
  await waitFor('#ticker tbody', /BTC[^]*DOGE[^]*ETH[^]*SOL/)
  // The server breaks off after 25 prices.
  await waitFor('#ticker .detail', /^Lost \(network\); again in [\d.]+ s\.$/)
  await waitFor('#state', /^open$/)
  await browser.driver.wait(async () => Math.max(...(await eventNumbers())) > 25, LONGEST_WAIT_MS)
})

it('disconnects, and resumes where it was', async () => {
  await find('#ticker button').click()
  await waitFor('#state', /^closed$/)
  const before = Math.max(...(await eventNumbers()))
  await find('#ticker button').click()
  await waitFor('#state', /^open$/)
  await browser.driver.wait(async () => Math.max(...(await eventNumbers())) > before, LONGEST_WAIT_MS)
  assert.ok((await eventNumbers()).every((number) => number > 20), 'it has begun anew')
})

it('answers word by word', async () => {
  await ask('Grüße aus Rust')
  await waitFor('#chat li:nth-child(1) .question', /^Grüße aus Rust$/)
  await waitFor('#chat li:nth-child(1) .answer', /^Grüße aus Rust$/)
  await waitFor('#send', /^Send$/)
})

it('shows what the server says where it refuses', async () => {
  await find('#signed-in').click()
  await ask('Who am I?')
  await waitFor('#chat li:nth-child(2) .error', /401[^]*Authorization/)
  await find('#signed-in').click()
})

it('stops an answer', async () => {
  await ask('so '.repeat(500))
  await waitFor('#chat li:nth-child(3) .answer', /^so so/)
  await find('#stop').click()
  await waitFor('#chat li:nth-child(3) .error', /stopped/)
  const answer = await find('#chat li:nth-child(3) .answer').getText()
  await ask('still there?')
  await waitFor('#chat li:nth-child(4) .answer', /^still there\?$/)
  assert.equal(await find('#chat li:nth-child(3) .answer').getText(), answer)
})

it('has left nothing in the console', async () => {
  const entries = await browser.driver.manage().logs().get('browser')
  // The browser tells of the 401 by itself, and of the connections that the server breaks.
  const others = entries.filter(({ message }) => !/Failed to load resource|net::ERR_/.test(message))
  assert.deepEqual(others.map(({ message }) => message), [])
})
