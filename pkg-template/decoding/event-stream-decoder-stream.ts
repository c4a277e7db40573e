/** A stream that decodes an event stream. */

import { startEngine } from '../engine/engine.js'
import { NativeTransformStream } from '../natives.js'
import type { Bytes } from './bytes.js'
import { EventStreamDecoder, type EventStreamDecoderOptions, readOptions } from './event-stream-decoder.js'
import type { ServerSentEvent } from './server-sent-event.js'

// So that the rest can be imported where there is none.
const Base = NativeTransformStream ?? (Object as unknown as typeof TransformStream)

/**
 * A `TransformStream`, bytes in, events out:
 *
 * ```ts
 * const events = response.body?.pipeThrough(new EventStreamDecoderStream())
 * ```
 *
 * A chunk is taken when somebody reads the events, and not before the events of the one before have
 * been read: no more text than that of one chunk is ever waiting.
 *
 * The stream fails with an `EventTooLargeError`, which carries the events of the same chunk that came
 * before; with a `TypeError` if a chunk is not bytes; and with an `Error` if WebAssembly cannot be
 * started here.
 */
export class EventStreamDecoderStream extends Base<Bytes, ServerSentEvent> {
  /** @throws a `TypeError` or a `RangeError` that names the option that is wrong */
  constructor(options?: EventStreamDecoderOptions) {
    readOptions(options)
    let decoder: EventStreamDecoder
    super({
      async start() {
        await startEngine()
        decoder = new EventStreamDecoder(options)
      },
      transform(chunk, controller) {
        for (const event of decoder.decode(chunk)) controller.enqueue(event)
      },
    })
  }
}
