// @ts-check
/** A machine that sleeps, again and again, and what becomes of its connection meanwhile. */

import { SoakPage } from './support/browser.mjs'
import { CLIENTS, reaches } from './support/endure.mjs'
import { count } from './support/rows.mjs'
import { SoakServer } from './support/server.mjs'
import { sleepFor } from './support/sleep.mjs'

export const parameters = { sleeps: 10, seconds: 2, engines: 'chromium,firefox,webkit', clients: CLIENTS.join() }

/** What happens while the machine sleeps. @type {Record<string, (run: import('./support/server.mjs').LiveRun) => void>} */
const FAULTS = {
  'a machine that sleeps, while its connection stays': () => {},
  'a machine that sleeps, while its connection is reset': (run) => run.reset(),
  'a machine that sleeps, while its connection is forgotten without a word': (run) => run.forget(),
}

/** An idle timeout only ours has. */
const OPTIONS = /** @type {Record<string, object>} */ ({ ours: { idleTimeout: 1_000, reconnect: { minDelay: 1 } } })

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ sleeps, seconds, engines, clients }, tell) {
  const rows = []
  const versions = []
  for (const engine of /** @type {import('../package/browser-programs.mjs').BrowserName[]} */ (String(engines).split(','))) {
    const server = new SoakServer()
    await server.start()
    const page = await SoakPage.open(server.origin, engine)
    versions.push(page.version)
    try {
      // The others are put to the test in one engine.
      const names = String(clients).split(',').filter((name) => engine === 'chromium' || name === 'ours')
      for (const client of names) {
        for (const [fault, happen] of Object.entries(FAULTS)) {
          await page.show(server.origin)
          const live = server.live('sleep', { interval: 5, retry: 20 })
          const index = await page.connect(client, '/numbers?run=sleep', OPTIONS[client])
          let slept = 0
          let isStuck = !(await reaches(page, index, 1, 10_000))
          while (slept < Number(sleeps) && !isStuck) {
            await sleepFor(page.browser, 1_000 * Number(seconds), () => happen(live))
            slept += 1
            isStuck = !(await reaches(page, index, live.number, 10_000))
          }
          live.end()
          const { number } = live
          await reaches(page, index, number, 5_000)
          const found = await page.count(index)
          await page.disconnect(index)
          tell(`${engine}, ${client}, ${fault}: ${slept} sleeps, ${found.received} of ${number}`)
          rows.push({
            fault: `${fault}, in ${engine}`,
            client,
            tried: `${slept} sleeps of ${seconds} s, ${count(number)} events${isStuck ? ', then nothing more' : ''}`,
            lost: found.lost + Math.max(0, number - found.last),
            doubled: found.doubled,
            memory: '',
          })
        }
      }
    } finally {
      await page.close()
      server.stop()
    }
  }
  return {
    title: 'A machine that sleeps',
    about:
      `In ${versions.join(', ')}. All processes of the browser are stopped, while the server goes on sending. ` +
      'Ours has an `idleTimeout` of a second; the others have no such option. What a clock that jumps does to ' +
      'delays and time-outs is tested apart: `cargo test --test clock_jumps`, and the suite `clock`.',
    rows,
  }
}
