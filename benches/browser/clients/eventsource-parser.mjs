// @ts-check
/** `eventsource-parser`: a parser of text, so it stands behind a `TextDecoder`. */

import { createParser } from 'eventsource-parser'

import { serve } from '../frame.mjs'
import { readBody } from '../read-body.mjs'

/** @param {(event: any) => void} onEvent */
function parse(onEvent) {
  const decoder = new TextDecoder()
  const parser = createParser({ onEvent })
  /** @param {Uint8Array} chunk */
  return (chunk) => parser.feed(decoder.decode(chunk, { stream: true }))
}

serve({
  connect: (source, { message, end }) => readBody(source, parse(message), end),
  parse,
  fields: ({ event, data, id }) => ({ type: event ?? 'message', data, lastEventId: id }),
})
