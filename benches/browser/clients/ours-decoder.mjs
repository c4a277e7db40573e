// @ts-check
/** wasm-eventsource, the decoder: one call for each chunk. */

import * as ours from '../../../pkg/index.js'

import { serve } from '../frame.mjs'
import { readBody } from '../read-body.mjs'

/** @type {new () => { decode(chunk: Uint8Array): { data: string }[] }} */
const EventStreamDecoder = /** @type {any} */ (ours).EventStreamDecoder

/** @param {(event: any) => void} receive */
function parse(receive) {
  const decoder = new EventStreamDecoder()
  /** @param {Uint8Array} chunk */
  return (chunk) => {
    for (const event of decoder.decode(chunk)) receive(event)
  }
}

// A build may be older than the decoder.
serve(
  EventStreamDecoder === undefined
    ? { fields: () => ({}) }
    : {
        connect: (source, { message, end }) => readBody(source, parse(message), end),
        parse,
        fields: ({ type, data, lastEventId }) => ({ type, data, lastEventId }),
      },
)
