// @ts-check
/** The page for everybody: what axe finds, the keyboard alone, and what the page's policy has stopped. */

import assert from 'node:assert/strict'
import { it } from 'node:test'

import axe from 'axe-core'
import { Key } from 'selenium-webdriver'

/** @typedef {import('./page.mjs').DemoPage} DemoPage */

const VIEWS = ['inspect', 'scenarios', 'scenarios/ticker', 'scenarios/slides', 'race', 'herd']
const NARROW = 390
/** More presses of Tab than any view needs. */
const MOST_STOPS = 120

/**
 * What the keyboard can reach, as `TAB`, by the order of the document. Of the buttons of a group with one
 * stop only that one counts, which is why those with a negative index are left out.
 */
const CONTROLS = `Array.from(document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]'))
  .filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true }))`

/** @param {() => DemoPage} current */
export function accessibility(current) {
  for (const theme of ['light', 'dark']) {
    for (const width of ['wide', 'narrow']) {
      it(`has nothing that axe finds, ${theme}, ${width}`, async () => {
        const page = current()
        await page.open('inspect')
        await page.look(`localStorage.setItem('theme', '${theme}')`)
        try {
          for (const view of VIEWS) {
            await (width === 'wide' ? page.open(view) : page.openNarrow(NARROW, view))
            await isSettled(page, view)
            await page.driver.executeScript(axe.source)
            const found = await page.driver.executeAsyncScript(
              'axe.run().then(({ violations }) => arguments[0](violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target, failureSummary }) => target + ": " + failureSummary) }))))',
            )
            assert.deepEqual(found, [], view)
            assert.deepEqual(await page.look('window.violations'), [], view)
            assert.equal(
              await page.look('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
              0,
              `${view} is wider than the screen`,
            )
          }
        } finally {
          await page.look(`localStorage.removeItem('theme')`)
        }
      })
    }
  }

  it('asks nobody but its own server', async () => {
    const page = current()
    for (const view of VIEWS) {
      await page.open(view)
      await isSettled(page, view)
      const others = await page.look(
        `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !name.startsWith(location.origin) && !name.startsWith('data:'))`,
      )
      assert.deepEqual(others, [], view)
    }
  })

  for (const view of ['inspect', 'scenarios/clock', 'race', 'herd']) {
    it(`can be used by the keyboard, and shows where it is: ${view}`, async () => {
      const page = current()
      await page.open(view)
      await isSettled(page, view)
      await page.look(`(() => {
        window.controls = ${CONTROLS}
        window.reached = new Set()
        document.activeElement.blur()
        return true
      })()`)
      const press = () => page.driver.actions().sendKeys(Key.TAB).perform()
      for (let stop = 0; stop < MOST_STOPS; stop++) {
        await press()
        const unseen = await page.look(`(() => {
          const element = document.activeElement
          if (element === null || element === document.body) return null
          window.reached.add(element)
          const seen = [element, element.nextElementSibling].some((shown) => {
            if (shown === null) return false
            const { outlineStyle, outlineWidth } = getComputedStyle(shown)
            return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1
          })
          return seen ? null : element.outerHTML.slice(0, 200)
        })()`)
        assert.equal(unseen, null, 'has the focus, and does not show it')
        if (await page.look('window.controls.every((control) => !control.isConnected || window.reached.has(control))'))
          return
      }
      const missed = await page.look(
        'window.controls.filter((control) => control.isConnected && !window.reached.has(control)).map((control) => control.outerHTML.slice(0, 120))',
      )
      assert.deepEqual(missed, [])
    })
  }

  it('walks through the list and the tabs by arrows', async () => {
    const page = current()
    await page.open('inspect')
    await page.untilFigure('Last event ID', '10')
    await page.click('[data-action=close]')
    const press = (/** @type {string} */ key) => page.driver.actions().sendKeys(key).perform()
    await page.look(`document.querySelector('.scroller').focus()`)
    await press(Key.END)
    const chosen = () =>
      page.look(`Number(document.querySelector('.rows [aria-selected=true]')?.getAttribute('aria-posinset'))`)
    await page.until(`document.querySelector('.rows [aria-selected=true]')`)
    const last = await chosen()
    assert.equal(
      last,
      await page.look(`Number(document.querySelector('.rows [aria-selected=true]').getAttribute('aria-setsize'))`),
    )
    await press(Key.ARROW_UP)
    assert.equal(await chosen(), last - 1)
    assert.equal(
      await page.look(
        `Number(document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).getAttribute('aria-posinset'))`,
      ),
      last - 1,
    )
    await page.until(`document.querySelector('.details')`)
    await press(Key.HOME)
    await page.until(
      `document.querySelector('.rows [aria-selected=true]')?.getAttribute('aria-posinset') === '1'`,
    )
    await press(Key.ESCAPE)
    await page.until(`!document.querySelector('.details')`)

    await page.look(`document.querySelector('[role=tab][aria-selected=true]').focus()`)
    await press(Key.ARROW_RIGHT)
    assert.equal(await page.look('document.activeElement.textContent'), 'Story')
    assert.ok(await page.look(`document.querySelector('.story').checkVisibility()`))
    await press(Key.END)
    assert.equal(await page.look('document.activeElement.textContent'), 'Code')
  })
}

/**
 * Waits until a view shows what it shows.
 * @param {DemoPage} page
 * @param {string} view
 */
async function isSettled(page, view) {
  if (view === 'inspect') {
    await page.until(`Number(document.querySelector('[data-figure="Last event ID"] dd').textContent) >= 3`)
    await page.click('.rows .row')
    await page.until(`document.querySelector('.details')`)
  }
  if (view === 'scenarios') await page.until(`document.querySelector('.cards')`)
  if (view === 'scenarios/ticker') await page.until(`document.querySelectorAll('.values dd').length === 4`)
  if (view === 'scenarios/slides') await page.until(`document.querySelector('.slide h2')?.textContent`)
  if (view === 'scenarios/clock') await page.until(`document.querySelector('.printed li')`)
  if (view === 'race') await page.until(`document.querySelector('.race .primary')`)
  if (view === 'herd')
    await page.until(`document.querySelector('[data-jitter=none] .peak strong')?.textContent !== '–'`)
}
