// @ts-check
/** How long it takes from the server's write to the listener. */

import { CLASSES } from './classes.mjs'
import { readBody } from './read-body.mjs'
import { serverClock } from './server-clock.mjs'

/** The first events, with which the connection and the code get warm, do not count. */
const UNCOUNTED = 20

const clock = serverClock(200)

/**
 * How each reads a stream: it takes a function for the data of the events and one for failures, and
 * returns how to close it.
 * @typedef {(url: string, take: (data: string) => void, fail: (reason: unknown) => void) => () => void} Read
 */

/**
 * @param {(typeof CLASSES)[keyof typeof CLASSES]} EventSource
 * @returns {Read}
 */
const listenTo = (EventSource) => (url, take, fail) => {
  const source = new EventSource(url)
  source.addEventListener('message', (event) => take(/** @type {MessageEvent} */ (event).data))
  source.addEventListener('error', () => fail(new Error('an error event')))
  return () => source.close()
}

/**
 * What no script can do sooner. It knows no more of an event stream than what this server sends.
 * @type {Read}
 */
const readChunks = (url, take, fail) => {
  const decoder = new TextDecoder()
  let text = ''
  return readBody(
    { url },
    (chunk) => {
      const events = (text + decoder.decode(chunk)).split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) take(event.slice('data: '.length))
    },
    fail,
  )
}

/** @type {Record<import('../latency.mjs').Client, Read>} */
const CLIENTS = {
  native: listenTo(CLASSES.native),
  ours: listenTo(CLASSES.ours),
  reader: readChunks,
}

Object.assign(globalThis, {
  /**
   * Receives events that tell when they were written.
   * @param {import('../latency.mjs').Client} name
   * @param {string} rate events a second
   * @param {string} count
   * @returns {Promise<string>} the time that each took, in ms
   */
  latencies: async (name, rate, count) => {
    const now = await clock
    /** @type {number[]} */
    const latencies = []
    let close = () => {}
    await new Promise((resolve, reject) => {
      close = CLIENTS[name](
        `/ticks?${new URLSearchParams({ rate })}`,
        (data) => {
          latencies.push(now() - Number(data))
          if (latencies.length === UNCOUNTED + Number(count)) resolve(undefined)
        },
        reject,
      )
    })
    close()
    return JSON.stringify(latencies.slice(UNCOUNTED))
  },
})
