// @ts-check
/** A server that sends one event and ends, again and again. */

import { tryEach } from './support/each-client.mjs'
import { CLIENTS, endure, memoryOf } from './support/endure.mjs'
import { count } from './support/rows.mjs'

export const parameters = { connections: 100_000, rivals: 20_000, samples: 20, minutes: 10, clients: CLIENTS.join() }

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ connections, rivals, samples, minutes, clients }, tell) {
  const { rows, version } = await tryEach(clients, async ({ client, server, page }) => {
    const total = Number(client === 'ours' ? connections : rivals)
    const endurance = await endure(server, page, {
      client,
      plan: { count: total, each: 1, endings: ['clean'], retry: 1 },
      samples: Number(samples),
      limit: 60_000 * Number(minutes),
      tell,
    })
    const { count: found, requests, outcome } = endurance
    return {
      fault: 'a server that ends after one event, and asks to be asked again after 1 ms',
      client,
      tried: `${count(requests)} connections${outcome}`,
      lost: found.lost,
      doubled: found.doubled,
      memory: memoryOf(endurance),
    }
  })
  return {
    title: 'A server that ends at once',
    about: `In ${version}. Ours is told to wait for 1 ms at least; by default it waits for 100.`,
    rows,
  }
}
