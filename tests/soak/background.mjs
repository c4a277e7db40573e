// @ts-check
/** A page that nobody looks at: in a minimized window, for longer than browsers let timers run freely. */

import { setTimeout as sleep } from 'node:timers/promises'

import { SoakPage } from './support/browser.mjs'
import { CLIENTS, reaches } from './support/endure.mjs'
import { count } from './support/rows.mjs'
import { SoakServer } from './support/server.mjs'

export const parameters = { seconds: 420, freezes: 20, clients: CLIENTS.join() }

/** How often the connection is reset, in ms. */
const RESET_EACH = 5_000

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ seconds, freezes, clients }, tell) {
  const server = new SoakServer()
  await server.start()
  const page = await SoakPage.open(server.origin)
  const rows = []
  try {
    const names = String(clients).split(',')
    const streams = []
    for (const client of names) {
      const live = server.live(client, { interval: 50, retry: 500 })
      const index = await page.connect(client, `/numbers?run=${encodeURIComponent(client)}`)
      await reaches(page, index, 1)
      streams.push({ client, live, index, resets: 0, latest: 0 })
    }
    const show = await page.hide()
    const end = Date.now() + 1_000 * Number(seconds)
    while (Date.now() < end) {
      for (const stream of streams) {
        stream.live.reset()
        stream.resets += 1
      }
      await sleep(RESET_EACH)
    }
    // Still hidden: what comes now comes to a page whose timers are put off.
    for (const stream of streams) {
      const { live, index } = stream
      const { number } = live
      const asked = Date.now()
      await reaches(page, index, number, 90_000)
      stream.latest = Date.now() - asked
    }
    const state = await page.visibility()
    if (state !== 'hidden') throw new Error(`The page is ${state}, not hidden`)
    await show()
    for (const { client, live, index, resets, latest } of streams) {
      const tried = `${resets} resets in ${seconds} s; up to date after ${(latest / 1000).toFixed(1)} s at the end`
      rows.push(await ended(page, { client, live, index, tell, fault: 'a hidden page, whose connection is reset', tried }))
    }
    for (const client of names) {
      const live = server.live(`${client}-frozen`, { interval: 5, retry: 20 })
      const index = await page.connect(client, `/numbers?run=${encodeURIComponent(client)}-frozen`)
      await reaches(page, index, 1)
      let times = 0
      let outcome = ''
      while (times < Number(freezes) && outcome === '') {
        times += 1
        await page.freeze(1_000, () => times % 2 === 0 && live.reset())
        if (!(await reaches(page, index, live.number, 10_000))) outcome = ', then nothing more'
      }
      const fault = 'a frozen page, whose connection stays or is reset'
      rows.push(await ended(page, { client, live, index, tell, fault, tried: `${times} times for 1 s${outcome}` }))
    }
    return {
      title: 'In the background',
      about:
        `In ${page.version}. Timers of a hidden page come late, once a second, and once a minute after five ` +
        'minutes; those of a frozen page, as tasks of all kinds, not before it is shown.',
      rows,
    }
  } finally {
    await page.close()
    server.stop()
  }
}

/**
 * @param {SoakPage} page
 * @param {object} stream
 * @param {string} stream.client
 * @param {import('./support/server.mjs').LiveRun} stream.live
 * @param {number} stream.index
 * @param {string} stream.fault
 * @param {string} stream.tried
 * @param {(text: string) => void} stream.tell
 * @returns {Promise<import('./support/rows.mjs').Row>}
 */
async function ended(page, { client, live, index, fault, tried, tell }) {
  live.end()
  const { number } = live
  await reaches(page, index, number, 10_000)
  const found = await page.count(index)
  await page.disconnect(index)
  tell(`${client}, ${fault}: ${found.received} of ${number}`)
  return {
    ...{ fault, client, doubled: found.doubled, memory: '' },
    tried: `${tried}, ${count(number)} events`,
    lost: found.lost + Math.max(0, number - found.last),
  }
}
