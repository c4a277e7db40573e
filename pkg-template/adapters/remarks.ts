/** What a decoder says of its input, for adapters that call back for each part of it. */

import type { Bytes } from '../decoding/bytes.js'
import { decodeChunk } from '../decoding/decode-chunk.js'
import type { EventStreamDecoder, EventTooLargeError } from '../decoder.js'

/** What is called for the parts of a stream, in their order. */
export interface Visitor {
  /** A message. Its type is `''` where the server gives it none, its ID its own, if it has one. */
  message(type: string, data: string, id: string | undefined): void
  /** The ID of a block, at the blank line that ends it, before its message. */
  id(id: string): void
  /** The value of a valid `retry` field, in ms. */
  retry(time: number): void
  comment?(text: string): void
  /** The line of an invalid `retry` field. */
  invalidRetry?(line: string): void
  /** The line of a field that is none of the standard's. */
  unknownField?(line: string): void
}

/**
 * Decodes a chunk and calls back for what is in it; the decoder has to keep remarks.
 * @returns the error if an event was too large, after what came before it has been told
 */
export function visit(
  decoder: EventStreamDecoder,
  chunk: Bytes,
  visitor: Visitor,
): EventTooLargeError | undefined {
  const { events, failure } = decodeChunk(decoder, chunk)
  let index = 0
  let id = ''
  for (const remark of decoder.takeRemarks()) {
    const text = remark.slice(1)
    switch (remark[0]) {
      case 'i':
        id = text
        visitor.id(text)
        break
      case 'm':
        visitor.message(text, events[index++]!.data, undefined)
        break
      case 'M':
        visitor.message(text, events[index++]!.data, id)
        break
      case 'r':
        visitor.retry(parseInt(text, 10))
        break
      case ':':
        visitor.comment?.(text)
        break
      case 'R':
        visitor.invalidRetry?.(text)
        break
      default:
        visitor.unknownField?.(text)
    }
  }
  return failure
}
