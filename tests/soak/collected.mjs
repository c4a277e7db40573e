// @ts-check
/** Sources that a page lets go of without closing them. */

import { setTimeout as sleep } from 'node:timers/promises'

import { tryEach } from './support/each-client.mjs'
import { memoryOf } from './support/endure.mjs'
import { count } from './support/rows.mjs'

export const parameters = { rounds: 200, sources: 5, clients: 'ours,native,eventsource' }

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ rounds, sources, clients }, tell) {
  const { rows, version } = await tryEach(clients, async ({ client, server, page }) => {
    let dropped = 0
    let left = 0
    const figures = []
    for (let round = 0; round < Number(rounds); round++) {
      const live = server.live('dropped', { interval: 20, retry: 20 })
      await page.drop(client, '/numbers?run=dropped', Number(sources))
      dropped += Number(sources)
      left = await page.collectUntilNone(() => live.open)
      live.end()
      if (round % Math.ceil(Number(rounds) / 10) === 0) figures.push(await page.figures(server))
      // No more can be opened: six connections to a server are all there are.
      if (left > 0) break
      await sleep(10)
    }
    tell(`${client}: ${dropped} dropped, ${left} left`)
    return {
      fault: 'a source without listeners that is let go of, open',
      client,
      tried: `${count(dropped)} sources`,
      lost: '–',
      doubled: '–',
      memory: `${left === 0 ? 'all requests ended' : `${left} requests stay`}; ${memoryOf({ figures, growth: NaN })}`,
    }
  })
  return {
    title: 'Sources that are let go of',
    about:
      `In ${version}, which collects on demand. By the standard a source that nobody can hear is collected, and its ` +
      'request ends. Chromium keeps its own until they are closed. The suite `collection` has the same in three engines.',
    rows,
  }
}
