// @ts-check
/** The race, to its end, and the herd, with the figures of the engine. */

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { CORPORA, corpus } from '../../../benches/corpora.mjs'

/** @typedef {import('./page.mjs').DemoPage} DemoPage */

/** @param {() => DemoPage} current */
export function raceAndHerd(current) {
  /**
   * @param {DemoPage} page
   * @param {string} course
   * @returns {Promise<[string, string][]>}
   */
  async function race(page, course) {
    await page.fill('#race-corpus', course)
    await page.fill('#race-size', '2')
    await page.click('.race .primary')
    await page.until(`document.querySelector('.race-state').textContent.startsWith('Done')`)
    return page.look(
      `Array.from(document.querySelectorAll('.bars li'), (bar) => [bar.dataset.runner, bar.querySelector('.figure').textContent])`,
    )
  }

  it('races every client to the end', async () => {
    const page = current()
    await page.open('race')
    await page.until(`document.querySelector('.race .primary')`)
    const offered = await page.look(
      `Array.from(document.querySelectorAll('#race-corpus option'), ({ value }) => value)`,
    )
    assert.deepEqual(offered, [...CORPORA])
    const bars = await race(page, 'ticker')
    assert.equal(bars.length, 6)
    for (const [runner, text] of bars) assert.match(text, /^[\d,]+ events\/s[\d.]+ MB\/s$/, runner)
    const { bytes, messages } = corpus('ticker')
    const [sent] = page.proxy.exchangesOf('/scenarios/race/').filter(({ method }) => method === 'GET')
    const cycles = Number(new URLSearchParams(sent.path.split('?')[1]).get('cycles'))
    assert.ok(Buffer.concat(sent.chunks).subarray(0, bytes.length).equals(bytes))
    const state = await page.look(`document.querySelector('.race-state').textContent`)
    assert.equal(Number(state.replaceAll(/\D/g, '')), messages.length * cycles)
    const widths = await page.look(
      `Array.from(document.querySelectorAll('.bars .bar'), (bar) => bar.getBoundingClientRect().width)`,
    )
    assert.ok(widths.every((/** @type {number} */ width) => width > 0))
  })

  it('races over the one long line, too', async () => {
    const page = current()
    await page.open('race')
    const bars = await race(page, 'line')
    const ours = bars.find(([runner]) => runner === 'wasm-eventsource')
    assert.match(String(ours?.[1]), /^[\d.]+ events\/s[\d.]+ MB\/s$/)
  })

  it('says when a driver or developer tools watch', async () => {
    const page = current()
    await page.open('race')
    const notice = () => page.look(`document.querySelector('.race .notice').textContent`)
    assert.match(await notice(), /^A driver watches this browser/)
    // Tools at the right, which leave the page less room than the window has.
    await page.look(`(() => {
      Object.defineProperty(window, 'outerWidth', { configurable: true, value: innerWidth + 420 })
      Object.defineProperty(window, 'outerHeight', { configurable: true, value: innerHeight + 80 })
      dispatchEvent(new Event('resize'))
      return true
    })()`)
    assert.match(await notice(), /Developer tools seem to be open/)
    // Zoomed to twice the size, which is no tool.
    await page.look(`(() => {
      Object.defineProperty(window, 'outerWidth', { configurable: true, value: 2 * innerWidth })
      Object.defineProperty(window, 'outerHeight', { configurable: true, value: 2 * innerHeight + 80 })
      dispatchEvent(new Event('resize'))
      return true
    })()`)
    assert.doesNotMatch(await notice(), /Developer tools/)
  })

  it('draws the herd with the figures of the engine', async () => {
    const page = current()
    const peak = (/** @type {string} */ jitter) =>
      page.look('document.querySelector($[0]).textContent', `[data-jitter=${jitter}] .peak strong`)
    await page.open('herd')
    await page.until(`document.querySelector('[data-jitter=none] .peak strong')?.textContent !== '–'`)
    // A step of the delay does not divide the outage of a minute, and all return together.
    assert.equal(await peak('none'), '10,000')
    const full = await peak('full')
    assert.ok(Number(full) > 10 && Number(full) < 500, full)
    await page.fill('#herd-clients', '2000')
    await page.until(`document.querySelector('[data-jitter=none] .peak strong').textContent === '2,000'`)
    const slow = Number(await peak('full'))
    // Those who wait for less long come back closer together.
    await page.fill('#herd-delay', '500')
    await page.fill('#herd-maxDelay', '1000')
    await page.until(
      `Number(document.querySelector('[data-jitter=full] .peak strong').textContent.replace(',', '')) > $[0]`,
      5 * slow,
    )
  })
}
