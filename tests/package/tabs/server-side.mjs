// @ts-check
/** What the server has seen of the connections of a feed. */

import { setTimeout as sleep } from 'node:timers/promises'

/**
 * @typedef {object} Connection
 * @property {number} tab the number of the tab whose page has asked
 * @property {string | null} lastEventId
 * @property {number} startedAt in ms since the start of the server
 * @property {number | null} endedAt null as long as it is open
 */

export class ServerSide {
  /** @param {import('../test-server.mjs').TestServer} server */
  constructor({ origin }) {
    this.origin = origin
  }

  /**
   * All connections with a key, in the order in which they were made.
   * @param {string} key
   * @returns {Promise<Connection[]>}
   */
  async connections(key) {
    const response = await fetch(`${this.origin}/log?${new URLSearchParams({ key })}`)
    /** @type {{ headers: [string, string][], lastEventId: string | null, startedAt: number, endedAt: number | null }[]} */
    const entries = await response.json()
    return entries.map(({ headers, lastEventId, startedAt, endedAt }) => {
      const page = headers.find(([name]) => name === 'referer')?.[1] ?? ''
      const tab = Number(page && new URL(page).searchParams.get('tab'))
      return { tab, lastEventId, startedAt, endedAt }
    })
  }

  /**
   * Those that are open now.
   * @param {string} key
   */
  async open(key) {
    return (await this.connections(key)).filter(({ endedAt }) => endedAt === null)
  }

  /**
   * Waits until so many are open, and gives them.
   * @param {string} key
   * @param {number} count
   * @param {number} patience in ms
   */
  async untilOpen(key, count, patience) {
    const end = Date.now() + patience
    for (;;) {
      const open = await this.open(key)
      if (open.length === count) return open
      if (Date.now() > end) throw new Error(`${open.length} connections are open, not ${count}`)
      await sleep(20)
    }
  }

  /** The time on the clock of the log. */
  async now() {
    /** @type {{ now: number }} */
    const { now } = await (await fetch(`${this.origin}/time`)).json()
    return now
  }

  /**
   * Has a feed begin.
   * @param {string} name
   * @param {number} count
   * @param {number} rate events a second
   */
  async start(name, count, rate) {
    const query = new URLSearchParams({ name, count: String(count), rate: String(rate) })
    const { status } = await fetch(`${this.origin}/feed?${query}`, { method: 'POST' })
    if (status !== 204) throw new Error(`The feed cannot be started: ${status}`)
  }
}

/**
 * The most connections that were open at the same time.
 * @param {Connection[]} connections
 * @param {number} [since] only what was open then or later, in ms since the start of the server
 */
export function mostAtOnce(connections, since = 0) {
  const relevant = connections.filter(({ endedAt }) => endedAt === null || endedAt > since)
  const openAt = (/** @type {number} */ time) =>
    relevant.filter(({ startedAt, endedAt }) => startedAt <= time && (endedAt === null || endedAt > time)).length
  // The number grows only where one begins.
  return Math.max(0, ...relevant.map(({ startedAt }) => openAt(Math.max(startedAt, since))))
}
