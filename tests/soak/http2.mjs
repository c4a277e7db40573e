// @ts-check
/** Two hundred sources of one page, over one connection of HTTP/2. */

import { generate } from 'selfsigned'
import { setTimeout as sleep } from 'node:timers/promises'

import { tryEach } from './support/each-client.mjs'
import { CLIENTS, memoryOf, OPTIONS } from './support/endure.mjs'
import { count } from './support/rows.mjs'
import { SoakServer } from './support/server.mjs'

export const parameters = { sources: 200, events: 1_000, connections: 50, clients: CLIENTS.join() }

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ sources, events, connections, clients }, tell) {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }])
  const { rows, version } = await tryEach(clients, async ({ client, server, page }) => {
    const [total, each] = [Number(events), Math.floor(Number(events) / Number(connections))]
    const runs = []
    for (let index = 0; index < Number(sources); index++) {
      runs.push(server.run(`${index}`, { count: total, each, endings: ['clean', 'reset', 'half'], hold: total, retry: 10 }))
      await page.connect(client, `/numbers?run=${index}`, OPTIONS[client])
    }
    /** @returns {Promise<import('./support/browser.mjs').Count[]>} */
    const counts = () => page.driver.executeScript('return counts()')
    const end = Date.now() + 300_000
    while ((await counts()).some(({ last }) => last < total) && Date.now() < end) await sleep(100)
    const figures = [await page.figures(server)]
    const found = await counts()
    /** @param {'received' | 'lost' | 'doubled'} what */
    const sum = (what) => found.reduce((sum, one) => sum + one[what], 0)
    const requests = runs.reduce((sum, run) => sum + run.requests, 0)
    tell(`${client}: ${requests} requests`)
    return {
      fault: 'streams over one connection of HTTP/2 that end, or are reset by RST_STREAM, in turns',
      client,
      tried: `${count(found.length)} sources, ${count(sum('received'))} events, ${count(requests)} requests`,
      lost: sum('lost') + found.reduce((sum, { last }) => sum + Math.max(0, total - last), 0),
      doubled: sum('doubled'),
      memory: memoryOf({ figures, growth: NaN }),
    }
  }, () => new SoakServer({ key, cert }))
  return { title: 'Many sources over HTTP/2', about: `In ${version}, with a server in Node.`, rows }
}
