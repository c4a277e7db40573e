// @ts-check
/** Under load: memory stays bounded, nothing is lost, and nothing moves. For what only Chromium tells. */

import assert from 'node:assert/strict'
import { it } from 'node:test'

/** @typedef {import('./page.mjs').DemoPage} DemoPage */

/** @param {() => DemoPage} current */
export function load(current) {
  it('keeps memory bounded at 100,000 rows, and the list where it is read', async () => {
    const page = current()
    const devTools = /** @type {import('selenium-webdriver/chrome.js').Driver} */ (page.driver)
    const heap = async () => {
      await devTools.sendDevToolsCommand('HeapProfiler.collectGarbage', {})
      const { usedSize } = /** @type {any} */ (
        await devTools.sendAndGetDevToolsCommand('Runtime.getHeapUsage', {})
      )
      return usedSize
    }
    const received = () => page.look(`document.querySelector('[data-figure=Events] dd').textContent`)
    /** @param {number} number */
    const untilDropped = (number) =>
      page.until(
        `Number((/([\\d,]+) older rows? dropped/.exec(document.querySelector('.list-status').textContent)?.[1] ?? '0').replaceAll(',', '')) > ${number}`,
      )
    await page.open(`inspect?${new URLSearchParams({ url: '/scenarios/laboratory/memory?rate=20000' })}`)
    await page.driver.executeScript(`
      globalThis.shift = 0
      const add = ({ value }) => { shift += value }
      new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type: 'layout-shift' })`)
    await page.connect()
    await untilDropped(1_000)
    const before = await heap()
    await untilDropped(120_000)
    const after = await heap()
    assert.ok(after < 1.2 * before, `${before} bytes, and after 120,000 more events ${after}`)
    assert.equal(await page.figure('Missing'), '0')
    assert.ok((await page.look('shift')) < 0.01, `layout shift ${await page.look('shift')}`)

    // Who reads in the middle goes on reading, while older rows are dropped.
    await page.look(`(document.querySelector('.scroller').scrollTop -= 100_000)`)
    await page.until(`document.querySelector('.toolbar [aria-pressed]:last-child').getAttribute('aria-pressed') === 'false'`)
    const first = () =>
      page.look(
        `(() => {
          const { top } = document.querySelector('.scroller').getBoundingClientRect()
          const row = Array.from(document.querySelectorAll('.rows .row:not([hidden])')).filter((row) => row.getBoundingClientRect().top >= top).sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)[0]
          return Number(row.dataset.row)
        })()`,
      )
    const read = await first()
    const count = await received()
    await page.until(`document.querySelector('[data-figure=Events] dd').textContent !== $[0]`, count)
    await page.driver.sleep(500)
    assert.ok(Math.abs((await first()) - read) <= 1, `${read}, then ${await first()}`)
    await page.click('[data-action=close]')
  })
}
