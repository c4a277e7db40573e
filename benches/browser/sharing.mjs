// @ts-check
/** A tab that receives a stream, shared or not, and notes when the last event has come. */

// @ts-ignore The built package, as the server serves it.
const { EventSource } = await import('/pkg/index.js')

/** @type {any} */
let source

Object.assign(globalThis, {
  receiver: {
    events: 0,
    bytes: 0,
    /** In ms since 1970, in fractions of a microsecond. */
    finished: 0,
    isOpen: false,
    /** @param {boolean} share */
    open(share) {
      const { receiver } = /** @type {any} */ (globalThis)
      source = new EventSource('/stream', share ? { share: true } : {})
      source.addEventListener('open', () => (receiver.isOpen = true))
      source.addEventListener('price', (/** @type {MessageEvent<string>} */ { data }) => {
        receiver.events += 1
        receiver.bytes += data.length
      })
      source.addEventListener('finish', () => {
        receiver.finished = performance.timeOrigin + performance.now()
      })
    },
    close() {
      source.close()
    },
  },
})
