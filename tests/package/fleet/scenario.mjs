// @ts-check
/**
 * A fleet of clients receives numbered messages from a hub of two nodes, while one of them is killed and
 * comes back, and the other one is restarted.
 */

import { setTimeout as sleep } from 'node:timers/promises'

import { Tally } from './tally.mjs'

/** What a balancer answers while no node is up. */
const STATUSES = [502, 503, 504]

/** How the clients of a group come back. */
export const GROUPS = {
  constant: { delay: 1_000, statuses: STATUSES },
  jitter: { strategy: 'exponential', delay: 1_000, jitter: 'full', statuses: STATUSES },
}

/** What a client is, here: it connects, and calls back with each number. Returns how to end it. */
/** @typedef {(url: string, reconnect: object, receive: (number: number) => void) => () => void} Client */

/**
 * @typedef {object} Outcome
 * @property {number} clients
 * @property {number} messages
 * @property {number} received by all clients together
 * @property {number} lost
 * @property {number} doubled
 * @property {number} connections how often all clients together have asked
 * @property {Record<string, number[]>} arrivals of the clients of each group after the kill, in ms
 */

/**
 * @param {import('./hub.mjs').Hub} hub
 * @param {object} settings
 * @param {Client} settings.client
 * @param {number} settings.clients
 * @param {number} settings.messages
 * @param {number} settings.rate messages a second
 * @param {boolean} [settings.restarts] whether the other node is restarted, too
 * @param {() => Promise<void>} [settings.isDone] waits for others that receive the same
 * @param {string} settings.channel
 * @param {number} [settings.limit] how long the last message may take to arrive, in ms
 * @returns {Promise<Outcome>}
 */
export async function runFleet(hub, settings) {
  const { client, clients, messages, rate, channel, restarts = true, isDone, limit = 20_000 } = settings
  const tallies = Array.from({ length: clients }, () => new Tally())
  const names = Object.keys(GROUPS)
  const ends = tallies.map((tally, index) => {
    // One group after the other: the balancer sends every other client to the same node.
    const group = /** @type {keyof typeof GROUPS} */ (names[Math.floor((index * names.length) / clients)])
    const url = `${hub.origin}/events?channel=${channel}&group=${channel}-${group}`
    return client(url, GROUPS[group], (number) => tally.add(number))
  })
  // Some are connected, and some still on their way.
  await sleep(500)
  const { killed } = await publishThrough(hub, { messages, rate, channel, restarts })
  const end = Date.now() + limit
  while (tallies.some(({ last }) => last < messages) && Date.now() < end) await sleep(50)
  await isDone?.()
  for (const close of ends) close()
  // The balancer tells of a request once it is over.
  await sleep(500)
  const arrivals = names.map((name) => [name, hub.arrivals(`${channel}-${name}`)])
  for (const tally of tallies) tally.finish(messages)
  /** @param {'received' | 'lost' | 'doubled'} key */
  const sum = (key) => tallies.reduce((sum, tally) => sum + tally[key], 0)
  return {
    ...{ clients, messages, received: sum('received'), lost: sum('lost'), doubled: sum('doubled') },
    connections: arrivals.reduce((sum, [, moments]) => sum + moments.length, 0),
    arrivals: Object.fromEntries(
      arrivals.map(([name, moments]) => [
        name,
        /** @type {number[]} */ (moments).map((moment) => moment - killed).filter((moment) => moment >= 0),
      ]),
    ),
  }
}

/**
 * Publishes all messages, and has the nodes fail on the way: the first is killed after a quarter, and comes
 * back at the half; the second is restarted after three quarters, while the first takes the messages.
 * @param {import('./hub.mjs').Hub} hub
 * @param {{ messages: number, rate: number, channel: string, restarts: boolean }} settings
 */
async function publishThrough(hub, { messages, rate, channel, restarts }) {
  const started = Date.now()
  let killed = 0
  let publisher = 1
  /** @type {Promise<void> | undefined} */
  let restarting
  const at = (/** @type {number} */ share) => Math.floor(messages * share)
  /** @type {Record<number, () => void | Promise<void>>} */
  const plan = {
    [at(0.25)]: () => {
      hub.killNode(0)
      killed = Date.now()
    },
    [at(0.5)]: () => hub.startNode(0),
    [at(0.75)]: () => {
      if (!restarts) return
      publisher = 0
      restarting = hub.restartNode(1)
    },
  }
  for (let number = 1; number <= messages; number++) {
    await hub.publish(publisher, channel, [String(number)])
    await plan[number]?.()
    const ahead = (1_000 * number) / rate - (Date.now() - started)
    if (ahead > 2) await sleep(ahead)
  }
  await restarting
  return { killed }
}
