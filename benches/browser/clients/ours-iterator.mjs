// @ts-check
/** wasm-eventsource, read with `for await`. */

import { EventSource } from '../../../pkg/index.js'

import { serve } from '../frame.mjs'

/** @param {import('../frame.mjs').Source} source */
function open({ url, fetch }) {
  const source = new EventSource(url, { fetch, reconnect: false })
  return /** @type {EventSource & AsyncIterable<any>} */ (source)
}

// A build may be older than the iterator.
serve(
  !(Symbol.asyncIterator in EventSource.prototype)
    ? { fields: () => ({}) }
    : {
        connect: (from, { message, end }) => {
          const source = open(from)
          const read = async () => {
            for await (const event of source) message(event)
            end('closed')
          }
          read().catch((error) => end(String(error)))
          return () => source.close()
        },
        fields: ({ type, data, lastEventId }) => ({ type, data, lastEventId }),
      },
)
