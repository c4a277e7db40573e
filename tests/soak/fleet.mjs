// @ts-check
/** A hub of two nodes, one of which is killed and the other one restarted, and a fleet of clients in Node. */

import { histogram, perTenth } from '../package/fleet/histogram.mjs'
import { Hub } from '../package/fleet/hub.mjs'
import { ensurePrograms } from '../package/fleet/programs.mjs'
import { runFleet } from '../package/fleet/scenario.mjs'
import { count } from './support/rows.mjs'

export const parameters = { clients: 200, messages: 10_000, rate: 250, packages: 'ours,eventsource' }

/** How long the herd is drawn, in ms. */
const DRAWN = 3_000

/** @typedef {import('../package/fleet/scenario.mjs').Client} Client */

/** @type {Record<string, () => Promise<Client>>} */
const PACKAGES = {
  ours: async () => {
    const { EventSource } = await import(OURS)
    return (url, reconnect, receive) => listen(new EventSource(url, { reconnect }), receive)
  },
  // It knows no options for reconnecting, and takes the server's time, or three seconds.
  eventsource: async () => {
    const { EventSource } = await import('eventsource')
    return (url, _, receive) => listen(new EventSource(url), receive)
  },
}

/** A path that the type checker, which runs before there is a package, does not follow. */
const OURS = '../../pkg/index.js'

/** @param {any} source @param {(number: number) => void} receive */
function listen(source, receive) {
  source.onmessage = (/** @type {MessageEvent<string>} */ { data }) => receive(Number(data))
  return () => source.close()
}

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ clients, messages, rate, packages }, tell) {
  const found = ensurePrograms()
  if ('missing' in found) throw new Error(found.missing)
  const rows = []
  let more = ''
  for (const name of String(packages).split(',')) {
    const make = PACKAGES[name]
    if (make === undefined) throw new Error(`--packages: there is no ${name}, only ${Object.keys(PACKAGES).join(', ')}`)
    const hub = new Hub(found.programs)
    try {
      await hub.start()
      const outcome = await runFleet(hub, {
        client: await make(),
        clients: Number(clients),
        messages: Number(messages),
        rate: Number(rate),
        channel: 'fleet',
      })
      tell(`${name}: ${outcome.received} received, ${outcome.lost} lost`)
      global.gc?.()
      rows.push({
        fault: 'one of two nodes is killed and comes back, then the other one is restarted',
        client: name,
        tried: `${count(outcome.clients)} clients, ${count(outcome.messages)} messages, ${count(outcome.connections)} connections`,
        lost: outcome.lost,
        doubled: outcome.doubled,
        memory: `${Math.round(process.memoryUsage().rss / 1e6)} MB of Node, with all its clients`,
      })
      if (name === 'ours') more = herd(outcome.arrivals)
    } finally {
      await hub.stop()
    }
  }
  return {
    title: 'A fleet',
    about:
      'The hub of [fleet.md](fleet.md): nginx with nchan, two nodes over Redis, and nginx before them. Clients in ' +
      `Node ${process.versions.node} receive ${rate} messages a second each.`,
    rows,
    more,
  }
}

/** @param {Record<string, number[]>} arrivals */
function herd(arrivals) {
  const drawn = Object.entries(arrivals).map(([group, moments]) => {
    const first = moments.filter((moment) => moment < DRAWN)
    const most = Math.max(...perTenth(first), 0)
    return `${WORDS[group] ?? group}, at most ${most} in a tenth of a second:\n\n\`\`\`text\n${histogram(first)}\n\`\`\``
  })
  return `The herd: requests at the balancer after the kill, from its log, per tenth of a second.\n\n${drawn.join('\n\n')}`
}

/** @type {Record<string, string>} */
const WORDS = {
  constant: 'Half of the clients, with a constant delay of a second',
  jitter: "The other half, with `strategy: 'exponential'`, `delay: 1_000` and `jitter: 'full'`",
}
