// @ts-check
/** Disconnects of all kinds: a million in simulated time, and as many as the parameters say in browsers. */

import { figuresIn, figuresOfTest, output } from './support/command.mjs'
import { CLIENTS } from './support/endure.mjs'
import { count } from './support/rows.mjs'

export const parameters = { simulated: 1_000_000, each: 1_000, one: 10_000, rivals: 300 }

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ simulated, each, one, rivals }, tell) {
  const host = ['test', '--release', '--test', 'chaos', '--', '--nocapture']
  const onHost = figuresIn(await output('cargo', host, { DISCONNECTS: String(simulated) }))
  tell('simulated')
  /** @param {Record<string, string | number>} environment */
  const inBrowsers = (environment) =>
    figuresOfTest(
      'tests/package/chaos.test.mjs',
      'CHAOS_FIGURES',
      Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)])),
    )
  const others = CLIENTS.filter((name) => name !== 'ours').join()
  const runs = [
    await inBrowsers({ CHAOS_DISCONNECTS: each, CHAOS_ENGINES: 'chromium,firefox,webkit' }),
    Number(one) > 0 ? await inBrowsers({ CHAOS_DISCONNECTS: one, CHAOS_ENGINES: 'chromium' }) : [],
    await inBrowsers({ CHAOS_DISCONNECTS: rivals, CHAOS_ENGINES: 'chromium', CHAOS_CLIENTS: others }),
  ]
  return {
    title: 'Chaos',
    about: 'A numbered stream whose connection is broken in all ways, in simulated time on the host, and in browsers.',
    rows: [...onHost, ...runs.flat()].map((found) => ({
      fault: `${found.fault}, ${found.engine === undefined ? 'in simulated time' : `in ${found.engine}`}`,
      client: found.subject === 'wasm-eventsource' ? 'ours' : String(found.subject),
      tried: `${count(Number(found.tried))} disconnects, ${count(Number(found.events))} events${
        found.outcome === undefined || found.outcome === 'complete' ? '' : `, then it ${found.outcome}`
      }`,
      lost: Number(found.lost),
      doubled: Number(found.doubled),
      memory: '',
    })),
  }
}
