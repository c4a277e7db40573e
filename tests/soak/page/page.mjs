/** Counts what clients receive. The functions are for the process that measures. */

import { CLASSES, CLIENTS } from './clients.mjs'

const sources = []

/** Connects a client, and counts: `window.count(index)` tells. */
window.connect = async (name, url, options) => {
  const tally = { received: 0, lost: 0, doubled: 0, losses: 0, last: 0 }
  const source = { tally, end: () => {} }
  sources.push(source)
  source.end = await CLIENTS[name](url, {
    options,
    message(data) {
      const number = Number(data)
      tally.received += 1
      if (number <= tally.last) {
        tally.doubled += 1
        return
      }
      tally.lost += number - tally.last - 1
      tally.last = number
    },
    lost: () => (tally.losses += 1),
  })
  return sources.length - 1
}

/** Makes sources that nobody listens to, waits until they are open, and lets go of them. */
window.drop = async (name, url, count) => {
  const EventSource = await CLASSES[name]()
  let sources = Array.from({ length: count }, () => new EventSource(url))
  while (sources.some(({ readyState }) => readyState !== 1)) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  sources = undefined
}

window.count = (index) => sources[index].tally
window.counts = () => sources.map(({ tally }) => tally)
window.disconnect = (index) => sources[index].end()
window.wasmMemory = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
window.pendingTimers = () => timers.size
window.ready = true
