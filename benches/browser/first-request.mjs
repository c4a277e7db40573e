// @ts-check
/** How long it takes on a fresh page until the request is at the server. */

import { CLASSES } from './classes.mjs'
import { serverClock } from './server-clock.mjs'

Object.assign(globalThis, {
  /**
   * To be called once on each page: nothing of the class has run yet but the evaluation of its module.
   * @param {import('./classes.mjs').ClassName} name
   * @returns {Promise<string>} the time from the constructor to the request's arrival, in ms
   */
  firstRequest: async (name) => {
    // With these, there is an open connection too, and nobody has to wait for one.
    const now = await serverClock(20)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const started = now()
    const source = new CLASSES[name]('/arrival')
    /** @type {number} */
    const arrival = await new Promise((resolve, reject) => {
      source.addEventListener('message', (event) =>
        resolve(Number(/** @type {MessageEvent} */ (event).data)),
      )
      source.addEventListener('error', () => reject(new Error('an error event')))
    })
    source.close()
    return JSON.stringify(arrival - started)
  },
})
