// @ts-check
/**
 * Numbered streams that break off again and again, in every way that a network and a server know: each
 * event comes once, in order, in three engines.
 *
 * The environment says how much more is tried than in `npm test`:
 *
 * - `CHAOS_DISCONNECTS`: how often connections are lost, for each engine and client
 * - `CHAOS_ENGINES`: in which engines, with commas between them
 * - `CHAOS_CLIENTS`: with which clients, with commas between them: those of `chaos/clients.mjs`. What others
 *   than ours make of it is told, and not judged.
 * - `CHAOS_FAULTS`: by which faults, with commas between them: the names in `chaos/numbered-server.mjs`
 * - `CHAOS_FIGURES`: the file that the figures are added to, a line of JSON for each fault
 */

import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'

import { openBrowser } from './browsers.mjs'
import { FAULT_NAMES, INSISTENT_FAULTS, SLOW_FAULTS, isOfHttp2, startNumberedServer } from './chaos/numbered-server.mjs'

const OURS = 'wasm-eventsource'
const DISCONNECTS = Number(process.env.CHAOS_DISCONNECTS ?? 1_000)
const ENGINES = list('CHAOS_ENGINES', 'chromium,firefox,webkit')
const CLIENTS = list('CHAOS_CLIENTS', OURS)
const FAULTS = list('CHAOS_FAULTS', FAULT_NAMES.join(','))

/**
 * For how long a stream may bring no event, in ms, until it counts as one that never will. Some faults let none
 * through before the last time.
 * @param {number} disconnects
 */
const patienceFor = (disconnects) => 20_000 + 200 * disconnects

/** How many streams are received at the same time: a browser opens six connections to a server. */
const AT_ONCE = 4

/**
 * @param {string} name
 * @param {string} all
 */
function list(name, all) {
  return (process.env[name] ?? all).split(',')
}

/**
 * Whether a time-out alone ends a stream that is lost in this way. WebKitGTK tells nobody of a stream that is
 * reset over HTTP/2, nor of a connection that goes away: its own class waits for ever.
 * @param {string} engine
 * @param {string} fault
 */
const isSlow = (engine, fault) => SLOW_FAULTS.includes(fault) || (engine === 'webkit' && fault.startsWith('HTTP/2'))

/** How much less often connections are lost by a fault that is slow. */
const SLOWNESS = 4

/**
 * How often connections are to be lost by one fault, so that they are as many as they should be in all.
 * @param {string} engine
 * @param {string} fault
 */
function disconnectsOf(engine, fault) {
  const weight = (/** @type {string} */ fault) => (isSlow(engine, fault) ? 1 : SLOWNESS)
  const weights = FAULTS.reduce((sum, fault) => sum + weight(fault), 0)
  return Math.ceil((DISCONNECTS / weights) * weight(fault))
}

/** @type {import('./chaos/numbered-server.mjs').NumberedServer} */
let server
before(async () => {
  server = await startNumberedServer()
})
after(() => server.stop())

for (const engine of ENGINES) {
  describe(engine, () => {
    /** @type {import('./browsers.mjs').OpenBrowser} */
    let browser
    before(async () => {
      browser = await openBrowser(/** @type {import('./browsers.mjs').BrowserName} */ (engine))
      await browser.driver.manage().setTimeouts({ script: 3_600_000 })
    })
    after(() => browser?.close())

    /**
     * Has a client receive a stream with each of the faults, some at once.
     * @param {string} client
     * @param {string[]} faults
     * @param {string} origin
     */
    async function receive(client, faults, origin) {
      await browser.driver.get(origin)
      await browser.driver.wait(() => browser.driver.executeScript('return window.isReady'), 20_000)
      const streams = faults.map((fault) => server.add(fault, disconnectsOf(engine, fault)))
      const tasks = streams.map(({ path }, index) => ({
        client,
        url: path,
        insists: INSISTENT_FAULTS.includes(faults[index] ?? ''),
        patience: patienceFor(disconnectsOf(engine, faults[index] ?? '')),
      }))
      const script = 'const [tasks, done] = arguments; receiveAll(tasks).then(done, (error) => done(String(error)))'
      /** @type {any} */
      const results = await browser.driver.executeAsyncScript(script, tasks)
      assert.ok(Array.isArray(results), String(results))
      if (client === OURS) assert.deepEqual(await browser.driver.executeScript('return faults'), [])
      return faults.map((fault, index) => {
        const { received, total, highest, ...rest } = results[index]
        const stream = streams[index]?.stream
        const expected = total || Math.max(highest, stream?.total ?? 0)
        return {
          ...{ test: 'chaos', engine, subject: client, fault, tried: stream?.tried, events: received },
          ...{ lost: expected - received, ...rest },
        }
      })
    }

    for (const client of CLIENTS) {
      for (const [protocol, faults] of Object.entries({
        'HTTP/1.1': FAULTS.filter((fault) => !isOfHttp2(fault)),
        'HTTP/2': FAULTS.filter(isOfHttp2),
      })) {
        it(`${client} receives each event once, in order, over ${protocol}`, async (t) => {
          // There, one that hangs holds up the others on its connection.
          const atOnce = engine === 'webkit' && protocol === 'HTTP/2' ? 1 : AT_ONCE
          for (let start = 0; start < faults.length; start += atOnce) {
            const some = faults.slice(start, start + atOnce)
            const origin = protocol === 'HTTP/2' ? server.secureOrigin : server.origin
            for (const figures of await receive(client, some, origin)) {
              const line = JSON.stringify(figures)
              t.diagnostic(line)
              if (process.env.CHAOS_FIGURES) appendFileSync(process.env.CHAOS_FIGURES, `${line}\n`)
              if (client !== OURS) continue
              const { lost, doubled, disordered, wrong, outcome } = figures
              assert.deepEqual(
                { lost, doubled, disordered, wrong, outcome },
                { lost: 0, doubled: 0, disordered: 0, wrong: 0, outcome: 'complete' },
                figures.fault,
              )
              assert.ok(Number(figures.tried) >= disconnectsOf(engine, figures.fault), line)
            }
          }
        })
      }
    }
  })
}
