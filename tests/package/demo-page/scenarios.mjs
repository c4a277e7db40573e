// @ts-check
/** Every scenario, clicked: what it shows is what the server has sent. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'

/** @typedef {import('./page.mjs').DemoPage} DemoPage */

/** @param {() => DemoPage} current */
export function scenarios(current) {
  it('greets every second', async () => {
    const page = current()
    await page.scenario('greetings')
    await page.until(`document.querySelectorAll('.printed li').length >= 3`)
    const shown = await page.printed()
    const sent = page.proxy.eventsOf('/scenarios/greetings').map(({ data }) => data)
    assert.deepEqual(shown, sent.slice(0, shown.length))
  })

  it('shows the prices that were sent, and flashes what changes', async () => {
    const page = current()
    await page.scenario('ticker')
    await page.until(
      `document.querySelectorAll('.values dd').length === 4 && document.querySelector('.printed li')`,
    )
    const shown = await page.values()
    const sent = page.proxy
      .eventsOf('/ticker')
      .filter(({ type }) => type === 'price')
      .map(({ data }) => JSON.parse(data))
    for (const [symbol, price] of Object.entries(shown)) {
      assert.ok(
        sent.some((event) => event.symbol === symbol && event.price.toFixed(2) === price),
        `${symbol} ${price}`,
      )
    }
    // Whoever wants no motion sees the colour alone.
    await page.until(
      `matchMedia('(prefers-reduced-motion: reduce)').matches || Array.from(document.querySelectorAll('.values dd')).some((value) => value.getAnimations().length > 0)`,
    )
    await page.until(`document.querySelector('.values dd[data-change=up], .values dd[data-change=down]')`)
  })

  it('shows the slide that was sent, and counts the comments', async () => {
    const page = current()
    await page.scenario('slides')
    await page.until(
      `document.querySelector('.slide h2')?.textContent && document.querySelector('.values')?.textContent.includes('Keep-alives')`,
    )
    const slide = page.proxy.eventsOf('/scenarios/slides').find(({ id }) => id === '1')
    assert.deepEqual(await page.texts('.slide > *'), Object.values(JSON.parse(slide?.data ?? '')))
    const comments = Buffer.concat(page.proxy.exchangesOf('/scenarios/slides')[0].chunks)
      .toString()
      .match(/^:/gm)
    const counted = Number(await page.value('Keep-alives'))
    assert.ok(counted > 0 && counted <= (comments?.length ?? 0))
  })

  it('goes on after the intermission, when the server said', async () => {
    const page = current()
    await page.scenario('intermission')
    await page.until(
      `document.querySelectorAll('.printed [data-kind=line]').length > 0 && document.querySelector('.printed [data-kind=failure]')`,
    )
    const exchanges = () => page.proxy.exchangesOf('/scenarios/intermission')
    const refused = () => exchanges().findIndex(({ status }) => status === 503)
    /** The one that is answered after a refusal. */
    const next = () => exchanges()[refused() + 1]
    await page.wait(() => refused() >= 0 && next()?.status === 200 && next().chunks.length >= 2)
    await page.untilPhase('open')
    const sent = page.proxy.eventsOf('/scenarios/intermission').filter(({ type }) => type === 'message')
    await page.until(`document.querySelectorAll('.printed [data-kind=line]').length >= ${sent.length}`)
    assert.deepEqual(
      (await page.printed()).slice(0, sent.length),
      sent.map(({ data }) => data),
    )
    assert.deepEqual(
      sent.map(({ id }) => Number(id)),
      sent.map((_, index) => index + 1),
    )
    // Once for each refusal, and no request in between.
    assert.equal(next().status, 200)
  })

  it('makes up for the seconds that a cut has cost', async () => {
    const page = current()
    await page.scenario('clock')
    await page.until(
      `document.querySelector('.printed [data-kind=failure]') && document.querySelectorAll('.printed [data-kind=line]').length >= 7`,
    )
    const shown = await page.printed()
    const sent = page.proxy.eventsOf('/scenarios/clock')
    assert.deepEqual(
      shown,
      sent.slice(0, shown.length).map(({ data }) => data),
    )
    const ids = sent.map(({ id }) => Number(id))
    assert.deepEqual(
      ids,
      ids.map((_, index) => ids[0] + index),
    )
    assert.equal(await page.value('Seconds missing'), '0')
    const [, second] = page.proxy.exchangesOf('/scenarios/clock')
    assert.equal(second.headers['last-event-id'], String(ids[4]))
  })

  it('asks with a header of its own', async () => {
    const page = current()
    await page.scenario('counts')
    await page.until(`Number(document.querySelector('.values dd')?.textContent) >= 8`)
    const shown = Number(await page.value('Blue'))
    const sent = page.proxy.eventsOf('/scenarios/counts')
    assert.equal(page.proxy.exchangesOf('/scenarios/counts')[0].headers['x-stream-name'], 'blue')
    assert.deepEqual(sent[shown - 1], { type: 'blue', id: undefined, data: String(shown) })
  })

  it('streams an answer past a 401 and a 429', async () => {
    const page = current()
    await page.scenario('chat')
    await page.until(
      `document.querySelector('.phase').textContent === 'closed' || document.querySelector('.playground .prose')?.textContent.includes('429')`,
    )
    const exchanges = page.proxy
      .exchangesOf('/scenarios/chat')
      .filter(({ path }) => path === '/scenarios/chat')
    assert.deepEqual(
      exchanges.map(({ method, status }) => `${method} ${status}`),
      ['POST 401', 'POST 429', 'POST 200'],
    )
    const data = () => page.proxy.eventsOf('/scenarios/chat').map(({ data }) => data)
    await page.wait(() => data().at(-1) === '[DONE]')
    const text = data()
      .slice(0, -1)
      .map((data) => JSON.parse(data).choices[0].delta.content)
      .join('')
    await page.until(`document.querySelector('.prose').textContent === $[0]`, text)
    assert.equal((await page.printed('failure')).length, 2)
  })

  it('loses and doubles nothing behind a gateway that cuts', async () => {
    const page = current()
    await page.scenario('gateway')
    await page.until(
      `Array.from(document.querySelectorAll('.values > div')).some((item) => item.textContent === 'Cuts2') && Number(document.querySelector('.values dd').textContent) > 45`,
    )
    const { Received, Lost, Doubled } = await page.values()
    assert.equal(Lost, '0')
    assert.equal(Doubled, '0')
    const numbers = page.proxy.eventsOf('/scenarios/gateway').map(({ data }) => Number(data))
    assert.ok(numbers.length >= Number(Received))
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => numbers[0] + index),
    )
  })

  it('goes on when the page is reloaded', async () => {
    const page = current()
    await page.scenario('reload')
    await page.until(`document.querySelectorAll('.printed [data-kind=line]').length >= 2`)
    const before = Number(await page.value('Second'))
    await page.click('.playground button')
    await page.until(
      `document.querySelector('.printed [data-kind=note]') && document.querySelectorAll('.printed [data-kind=line]').length >= 1`,
    )
    const requests = page.proxy.exchangesOf('/scenarios/clock')
    assert.equal(requests.length, 2)
    const from = Number(requests[1].headers['last-event-id'])
    assert.ok(from >= before, `${from} after ${before}`)
    const ids = page.proxy.eventsOf('/scenarios/clock').map(({ id }) => Number(id))
    assert.deepEqual(
      [...new Set(ids)],
      Array.from({ length: new Set(ids).size }, (_, index) => ids[0] + index),
    )
  })

  it('shows and copies the file that runs', async () => {
    const page = current()
    await page.open('scenarios')
    await page.until(`document.querySelector('[data-scenario]')`)
    /** @type {string[]} */
    const names = await page.look(
      `Array.from(document.querySelectorAll('[data-scenario]'), ({ dataset }) => dataset.scenario)`,
    )
    assert.ok(names.length >= 9)
    await page.keepCopies()
    for (const name of names) {
      await page.click(`[data-scenario=${name}]`)
      await page.until(`document.querySelector('.code-box span')?.textContent === $[0]`, `${name}.ts`)
      const file = readFileSync(new URL(`../../../www/scenarios/code/${name}.ts`, import.meta.url), 'utf8')
      assert.deepEqual(await page.texts('.code'), [file])
      await page.click('.code-box button')
      await page.until('window.copied === $[0]', file)
    }
  })
}
