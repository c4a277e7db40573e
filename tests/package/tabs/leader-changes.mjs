// @ts-check
/** A feed that tabs receive together, while the one that leads them is ended over and over. */

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { endingsFor } from './endings.mjs'
import { leaderOf } from './leader.mjs'
import { ServerSide } from './server-side.mjs'
import { PATIENCE } from './tabs.mjs'

/** @typedef {import('./tabs.mjs').Tab} Tab */
/** @typedef {import('./tabs.mjs').Tabs} Tabs */

/**
 * @typedef {object} Settings
 * @property {number} tabs how many are open at a time
 * @property {number} events at least
 * @property {number} rate events a second
 * @property {number} changes how often the leader is ended
 */

/**
 * @typedef {object} Report
 * @property {Record<string, number[]>} gaps the longest time without an event that any other tab has had when a
 *   leader was ended, in ms, for each way
 * @property {number} events the number of the last one that all have received
 * @property {number} connections how many the server has seen in all
 * @property {number} lasting how many tabs were there from the beginning to the end
 */

/** Longer than a feed takes, in ms. */
const RUN = 600_000

/**
 * Runs it, and fails where a tab has missed an event, or has got one twice or too early.
 * @param {import('./tabs.mjs').Tabs} tabs
 * @param {Settings} settings
 * @returns {Promise<Report>}
 */
export async function changeLeaders(tabs, settings) {
  const serverSide = new ServerSide(tabs.server)
  const name = `leaders-${tabs.browser.name}`
  const feed = { name, share: true }
  const endings = await endingsFor(tabs)
  for (let count = 0; count < settings.tabs; count++) await tabs.add(feed)
  /** Those that have been there from the beginning to the end. */
  const lasting = new Set(tabs.open)
  await serverSide.untilOpen(name, 1, PATIENCE)
  await serverSide.start(name, 1_000_000, settings.rate)
  /** @type {Report['gaps']} */
  const gaps = Object.fromEntries(endings.map(({ name }) => [name, []]))
  for (let change = 0; change < settings.changes; change++) {
    const ending = /** @type {import('./endings.mjs').Ending} */ (endings[change % endings.length])
    const leader = await leaderOf(serverSide, tabs, name)
    const others = tabs.open.filter((tab) => tab !== leader)
    await ending.prepare?.(leader)
    /** @type {Map<Tab, string[]>} */
    const stories = new Map()
    for (const tab of others) {
      await tabs.look(tab, 'tab.reception.takeLongest()')
      stories.set(tab, (await tabs.received(tab)).story)
    }
    const { length } = await serverSide.connections(name)
    await ending.end(leader)
    await untilNewConnection(serverSide, name, length)
    gaps[ending.name]?.push(await longestGap(tabs, others))
    for (const tab of others) {
      // With IDs, nothing has to be told of a change.
      const { story } = await tabs.received(tab)
      assert.deepEqual(story, stories.get(tab), `tab ${tab.number}, ${ending.name}`)
    }
    if (process.env.TABS_DEBUG) process.stderr.write(`${ending.name} ${leader.number} ${gaps[ending.name]?.at(-1)}\n`)
    if (ending.comeBack !== undefined) {
      if ((await ending.comeBack(leader)) === false) lasting.delete(leader)
      const newest = await tabs.look(/** @type {Tab} */ (others[0]), 'tab.reception.newest')
      await tabs.until(leader, `tab.reception.newest > ${newest}`)
    } else {
      lasting.delete(leader)
      await tabs.add(feed)
    }
  }
  const newest = await tabs.look(/** @type {Tab} */ (tabs.open[0]), 'tab.reception.newest')
  const last = Math.max(newest, settings.events)
  for (const tab of tabs.open) await tabs.until(tab, `tab.reception.newest >= ${last}`, RUN)
  for (const tab of tabs.open) {
    const { runs, foreign } = await tabs.received(tab)
    assert.equal(runs.length, 1, `tab ${tab.number}: ${JSON.stringify(runs)}`)
    assert.deepEqual(foreign, [])
    if (lasting.has(tab)) assert.equal(runs[0]?.[0], 1, `tab ${tab.number}`)
  }
  const connections = await serverSide.connections(name)
  return { gaps, events: last, connections: connections.length, lasting: lasting.size }
}

/**
 * @param {ServerSide} serverSide
 * @param {string} key
 * @param {number} count how many there have been
 */
async function untilNewConnection(serverSide, key, count) {
  const end = Date.now() + PATIENCE
  while ((await serverSide.connections(key)).length <= count) {
    assert.ok(Date.now() < end, 'nobody has taken over')
    await sleep(10)
  }
}

/**
 * The longest time without an event in any of the tabs, once all of them have got one again.
 * @param {Tabs} tabs
 * @param {Tab[]} others
 */
async function longestGap(tabs, others) {
  let longest = 0
  for (const tab of others) {
    const newest = await tabs.look(tab, 'tab.reception.newest')
    await tabs.until(tab, `tab.reception.newest > ${newest}`)
    longest = Math.max(longest, await tabs.look(tab, 'tab.reception.takeLongest()'))
  }
  return longest
}
