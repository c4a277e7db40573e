/** Decoding that goes on with what came before a failure. */

import type { Bytes } from './bytes.js'
import type { EventStreamDecoder, EventTooLargeError } from './event-stream-decoder.js'
import type { ServerSentEvent } from './server-sent-event.js'

/**
 * The events of a chunk, also those that came before one that is too large, which is the failure.
 * @throws what else the decoder throws
 */
export function decodeChunk(
  decoder: EventStreamDecoder,
  chunk: Bytes,
): { events: readonly ServerSentEvent[]; failure?: EventTooLargeError } {
  try {
    return { events: decoder.decode(chunk) }
  } catch (error) {
    if (!isEventTooLargeError(error)) throw error
    return { events: error.events, failure: error }
  }
}

/** By its name, since the class would be in the adapters, too. */
function isEventTooLargeError(error: unknown): error is EventTooLargeError {
  return error instanceof RangeError && error.name === 'EventTooLargeError'
}
