// @ts-check
/**
 * The long runs of `npm run soak` in short: whether anything grows with the events and the connections of one page,
 * and what a machine that sleeps loses, in Chromium. And whether the report is that of the results.
 */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'

import { SoakPage } from '../soak/support/browser.mjs'
import { document, RESULTS } from '../soak/support/document.mjs'
import { endure, reaches } from '../soak/support/endure.mjs'
import { SoakServer } from '../soak/support/server.mjs'
import { sleepFor } from '../soak/support/sleep.mjs'
import { slope } from '../soak/support/trend.mjs'

const EVENTS = 400_000
const CONNECTIONS = 200

/** @type {SoakServer} */
let server
/** @type {SoakPage} */
let page
before(async () => {
  server = new SoakServer()
  await server.start()
  page = await SoakPage.open(server.origin)
})
after(async () => {
  await page?.close()
  server.stop()
})

describe('chromium', () => {
  it(`${EVENTS} events over ${CONNECTIONS} connections that break: nothing lost, nothing doubled, nothing grows`, async (t) => {
    const each = EVENTS / CONNECTIONS
    const { count, requests, figures, growth } = await endure(server, page, {
      client: 'ours',
      plan: { count: EVENTS, each, endings: ['clean', 'reset', 'half'], retry: 1 },
      samples: 10,
    })
    t.diagnostic(`${growth} bytes of heap per million events; ${JSON.stringify(figures.at(-1))}`)
    assert.deepEqual({ ...count, losses: 0 }, { received: EVENTS, lost: 0, doubled: 0, last: EVENTS, losses: 0 })
    assert.ok(requests >= CONNECTIONS, `${requests} requests`)
    assert.ok(growth < 1e6, `${growth} bytes per million`)
    const [first] = figures
    for (const key of /** @type {const} */ (['wasm', 'listeners', 'timers', 'connections'])) {
      const values = figures.map((one) => one[key])
      assert.deepEqual(values, Array(values.length).fill(first?.[key]), key)
    }
    // The browser keeps a socket open for a while, or does not.
    const sockets = figures.map(({ sockets }) => sockets)
    assert.ok(Math.max(...sockets) - Math.min(...sockets) <= 4, `sockets: ${sockets}`)
  })

  it('a machine that sleeps loses nothing, whatever becomes of its connection meanwhile', async () => {
    const live = server.live('sleep', { interval: 5, retry: 20 })
    const index = await page.connect('ours', '/numbers?run=sleep', { idleTimeout: 500, reconnect: { minDelay: 1 } })
    assert.ok(await reaches(page, index, 10))
    for (const happen of [() => {}, () => live.reset(), () => live.forget()]) {
      const { requests } = live
      await sleepFor(page.browser, 1_500, happen)
      const { number } = live
      assert.ok(await reaches(page, index, number, 10_000), `${happen}: nothing comes any more`)
      assert.ok(live.requests - requests <= 2, `${happen}: ${live.requests - requests} requests`)
    }
    live.end()
    assert.ok(await reaches(page, index, live.number, 10_000))
    const { lost, doubled, received } = await page.count(index)
    await page.disconnect(index)
    assert.deepEqual({ lost, doubled, received }, { lost: 0, doubled: 0, received: live.number })
  })

  it('a hidden page, and one that is frozen, lose nothing of a stream whose connection is reset', async () => {
    const live = server.live('hidden', { interval: 5, retry: 20 })
    const index = await page.connect('ours', '/numbers?run=hidden')
    assert.ok(await reaches(page, index, 10))
    const show = await page.hide()
    for (let times = 0; times < 3; times++) {
      live.reset()
      assert.ok(await reaches(page, index, live.number + 100, 10_000), 'a hidden page gets nothing any more')
    }
    assert.equal(await page.visibility(), 'hidden')
    await show()
    for (const happen of [() => {}, () => live.reset()]) {
      await page.freeze(500, happen)
      assert.ok(await reaches(page, index, live.number, 10_000), 'a page that was frozen gets nothing any more')
    }
    live.end()
    assert.ok(await reaches(page, index, live.number, 10_000))
    const { lost, doubled, received } = await page.count(index)
    await page.disconnect(index)
    assert.deepEqual({ lost, doubled, received }, { lost: 0, doubled: 0, received: live.number })
  })
})

it('a slope is by how much a figure grows', () => {
  const samples = [0, 1, 2, 3].map((at) => ({ at, value: 5 + 3 * at }))
  assert.equal(slope(samples), 3)
  assert.equal(slope(samples.map(({ at }) => ({ at, value: 5 }))), 0)
  assert.throws(() => slope([{ at: 1, value: 1 }]))
})

it('docs/endurance.md is made of the results: npm run soak -- --report', () => {
  const report = readFileSync(new URL('../../docs/endurance.md', import.meta.url), 'utf8')
  assert.equal(report, document(JSON.parse(readFileSync(RESULTS, 'utf8'))))
})
