// @ts-check
/** How long it takes from the server's write to the listener. */

import { CLASSES } from './classes.mjs'
import { serverClock } from './server-clock.mjs'

/** The first events, with which the connection and the code get warm, do not count. */
const UNCOUNTED = 20

const clock = serverClock(200)

Object.assign(globalThis, {
  /**
   * Receives events that tell when they were written.
   * @param {import('./classes.mjs').ClassName} name
   * @param {string} rate events a second
   * @param {string} count
   * @returns {Promise<string>} the time that each took, in ms
   */
  latencies: async (name, rate, count) => {
    const now = await clock
    const source = new CLASSES[name](`/ticks?${new URLSearchParams({ rate })}`)
    /** @type {number[]} */
    const latencies = []
    await new Promise((resolve, reject) => {
      source.addEventListener('message', (event) => {
        latencies.push(now() - Number(/** @type {MessageEvent} */ (event).data))
        if (latencies.length === UNCOUNTED + Number(count)) resolve(undefined)
      })
      source.addEventListener('error', () => reject(new Error('an error event')))
    })
    source.close()
    return JSON.stringify(latencies.slice(UNCOUNTED))
  },
})
