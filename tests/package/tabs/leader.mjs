// @ts-check
/** Which tab leads the others. */

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { PATIENCE } from './tabs.mjs'

/** @typedef {import('./tabs.mjs').Tab} Tab */
/** @typedef {import('./tabs.mjs').Tabs} Tabs */
/** @typedef {import('./server-side.mjs').ServerSide} ServerSide */

/**
 * The tab whose page has the connection, as the server sees it: that which was made last.
 * @param {ServerSide} serverSide
 * @param {Tabs} tabs
 * @param {string} key
 * @returns {Promise<Tab>}
 */
export async function leaderOf(serverSide, tabs, key) {
  const end = Date.now() + PATIENCE
  for (;;) {
    const open = await serverSide.open(key)
    const leader = tabs.open.find(({ number }) => number === open.at(-1)?.tab)
    if (leader !== undefined) return leader
    assert.ok(Date.now() < end, `no tab leads: ${JSON.stringify(open)}`)
    await sleep(20)
  }
}
