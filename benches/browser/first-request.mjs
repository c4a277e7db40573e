// @ts-check
/** How long it takes on a fresh page until the request is at the server. */

import { serverClock } from './server-clock.mjs'

/** @typedef {new (url: string) => EventTarget & { close(): void }} Class */

/** How each is loaded, as its users do. */
/** @type {Record<import('../first-request.mjs').Client, () => Promise<Class>>} */
const LOADING = {
  native: async () => EventSource,
  polyfill: async () => {
    const script = document.createElement('script')
    script.src = '/pkg/polyfill.js'
    await new Promise((resolve, reject) => {
      script.onload = resolve
      script.onerror = () => reject(new Error(`${script.src} cannot be loaded`))
      document.head.append(script)
    })
    return EventSource
  },
  index: async () => (await import('../../pkg/index.js')).EventSource,
  slim: async () => (await import('../../pkg/slim.js')).EventSource,
}

/** How long a page is left alone once its script is loaded, in ms: what a page does until it is shown. */
const SETTLING = 50

Object.assign(globalThis, {
  /**
   * To be called once on each page: nothing of the class has run yet but the evaluation of its script.
   * @param {import('../first-request.mjs').Client} client
   * @returns {Promise<string>} the time from the constructor to the request's arrival, in ms
   */
  firstRequest: async (client) => {
    const Class = await LOADING[client]()
    // With these, there is an open connection too, and nobody has to wait for one.
    const now = await serverClock(20)
    await new Promise((resolve) => setTimeout(resolve, SETTLING))
    const started = now()
    const source = new Class('/arrival')
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
