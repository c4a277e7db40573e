// @ts-check
/** Many events over many connections, in one page that is never reloaded. */

import { tryEach } from './support/each-client.mjs'
import { CLIENTS, endure, memoryOf } from './support/endure.mjs'
import { count } from './support/rows.mjs'

/** The rivals get fewer events, over as many fewer connections. */
export const parameters = { events: 10_000_000, connections: 1_000, rivals: 1_000_000, samples: 20, minutes: 15, clients: CLIENTS.join() }

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ events, connections, rivals, samples, minutes, clients }, tell) {
  const { rows, version } = await tryEach(clients, async ({ client, server, page }) => {
    const total = Number(client === 'ours' ? events : rivals)
    const endurance = await endure(server, page, {
      client,
      plan: {
        count: total,
        each: Math.floor(Number(events) / Number(connections)),
        endings: ['clean', 'reset', 'half'],
        retry: 1,
      },
      samples: Number(samples),
      limit: 60_000 * Number(minutes),
      tell,
    })
    const { count: found, requests, outcome } = endurance
    return {
      fault: 'a stream that ends, is reset, or breaks off within an event, in turns',
      client,
      tried: `${count(found.received)} events, ${count(requests)} connections${outcome}`,
      lost: found.lost,
      doubled: found.doubled,
      memory: memoryOf(endurance),
    }
  })
  return {
    title: 'A long life',
    about: `In ${version}. One page reads all events of one numbered stream; memory is that after a collection.`,
    rows,
  }
}
