// @ts-check
/** The buttons that have the server go wrong: the page shows the recovery. */

import assert from 'node:assert/strict'
import { it } from 'node:test'

/** @typedef {import('./page.mjs').DemoPage} DemoPage */

/** @param {() => DemoPage} current */
export function faults(current) {
  it('shows the recovery from what breaks', async () => {
    const page = current()
    await page.open('inspect')
    await page.untilFigure('Last event ID', '5')
    const stream = await page.laboratory()
    await page.click('[data-fault=drop]')
    await page.untilFigure('Losses', '1')
    await page.untilPhase('open')
    await page.until(`Number(document.querySelector('[data-figure="Last event ID"] dd').textContent) > 12`)
    assert.equal(await page.figure('Missing'), '0')
    const [, resumed] = page.proxy.exchangesOf(`${stream}?`)
    assert.match(String(resumed.headers['last-event-id']), /^\d+$/)

    await page.click('[data-fault=repeat]')
    await page.untilFigure('Doubled', '2')
    await page.click('[data-fault=skip]')
    await page.untilFigure('Missing', '3')
    await page.click('[data-fault="503"]')
    await page.untilFigure('Losses', '4')
    await page.untilPhase('open')
    const statuses = page.proxy
      .exchangesOf(stream)
      .filter(({ method }) => method === 'GET')
      .map(({ status }) => status)
    assert.deepEqual(statuses, [200, 200, 503, 503, 200])
    await page.tab('Story')
    await page.until(`document.querySelector('.story').textContent.includes('Resumed after')`)
    const story = (await page.texts('.story > li')).join('\n')
    assert.match(story, /Lost: status 503/)
    assert.match(story, /busy, because somebody has asked for it/)
    assert.match(story, new RegExp(`Request 2, from ${resumed.headers['last-event-id']}`))
    assert.match(story, /Resumed after \d+: no gap/)
    assert.match(await page.findings(), /3 IDs were left out/)
    assert.match(await page.findings(), /2 events came twice/)
  })

  it('marks the silence of a server that delays', async () => {
    const page = current()
    await page.open('inspect')
    await page.untilFigure('Last event ID', '8')
    await page.click('[data-fault=delay]')
    await page.until(`document.querySelector('.wire-strip').dataset.phase === 'stalled'`)
    // The page shows figures once a frame.
    await page.untilFigure('Stalls', '1')
    await page.untilFinding(/Nothing has come for \d+ s/)
    await page.until(`/^Silent for [\\d.]+ s$/.test(document.querySelector('.sentence').textContent)`)
    // What was due meanwhile comes at once, and all of it.
    await page.until(`document.querySelector('.wire-strip').dataset.phase === 'open'`)
    const last = Number(await page.figure('Last event ID'))
    await page.until(`Number(document.querySelector('[data-figure="Last event ID"] dd').textContent) > ${last}`)
    assert.equal(await page.figure('Missing'), '0')
    assert.equal(await page.figure('Losses'), '0')
    await page.tab('Story')
    await page.until(`/Was silent for [45]\\.\\d s/.test(document.querySelector('.story').textContent)`)
    const silence = await page.look(
      `/Was silent for ([\\d.]+) s/.exec(document.querySelector('.story').textContent)[1]`,
    )
    assert.ok(silence >= 3.9, silence)
  })

  it('shows each chunk of an event that comes byte by byte', async () => {
    const page = current()
    await page.open('inspect')
    await page.untilFigure('Last event ID', '6')
    const stream = await page.laboratory()
    const before = page.proxy.exchangesOf(stream)[0].chunks.length
    await page.click('[data-fault=split]')
    await page.wait(() => page.proxy.exchangesOf(stream)[0].chunks.filter(({ length }) => length === 1).length > 50)
    const { chunks } = page.proxy.exchangesOf(stream)[0]
    const first = chunks.findIndex(({ length }, index) => index >= before && length === 1)
    // The first bytes of the event may have come with what was before.
    const until = Buffer.concat(chunks.slice(0, first)).toString()
    const text = until.slice(until.lastIndexOf('\n\n') + 2) + Buffer.concat(chunks.slice(first))
    const id = String(/^id: (\d+)$/m.exec(text)?.[1])
    await page.until(
      `Array.from(document.querySelectorAll('.rows .row[data-kind=event]')).some((row) => row.children[3].textContent === $[0])`,
      id,
    )
    await page.choose(id)
    await page.until(`document.querySelector('.raw')`)
    // Proxies and the network may join bytes, but not all of them.
    const boundaries = await page.texts('.raw .boundary')
    assert.ok(boundaries.length > 20, String(boundaries.length))
    assert.match(boundaries[0], /^chunk \d+ · [\d:.]+ · \d+ B$/)
    await page.fill('.details [type=checkbox]', true)
    await page.until(`document.querySelector('.raw').textContent.includes('65 ')`)
    const hex = await page.look(
      `Array.from(document.querySelectorAll('.raw > :not(.boundary)'), ({ textContent }) => textContent.slice(0, 48)).join(' ')`,
    )
    const bytes = Buffer.from(hex.replaceAll(/\s/g, ''), 'hex').toString()
    const whole = Buffer.concat(page.proxy.exchangesOf(stream)[0].chunks).toString()
    assert.equal(bytes, new RegExp(`(?:: ten more\\n)?event: .*\\nid: ${id}\\n.*\\n\\n`).exec(whole)?.[0])
    assert.equal(await page.figure('Missing'), '0')
  })
}
