/**
 * Reads the messages of a batch: what one call from wasm brings. The layout is described in
 * `src/batch.rs`.
 */

import type { ServerSentEvent } from './server-sent-event.js'

const LF = 10
const CR = 13

/** How many bytes one `TextDecoder` may take: Safari's fails at the 2 GiB that it has seen in all. */
const DECODER_CAPACITY = 2 ** 31 - 2 ** 20

/** The messages of a piece of a stream. */
export interface Batch {
  /** What the data of the first one begins with, from the pieces before. */
  readonly beginning: string
  /** All the rest, without the beginning of a further one. */
  readonly text: string
}

const STREAM = { stream: true }

let decoder: TextDecoder
let decoderRoom = -1

/**
 * Decodes bytes. Malformed UTF-8 becomes U+FFFD; a byte order mark is text, as the parser has
 * already taken off the one that is not.
 *
 * @param isNonAscii - whether they are likely not to be ASCII: then Node is twice as fast if it takes
 * them for a part of a stream
 */
export function decodeBatch(bytes: Uint8Array, isNonAscii = false): string {
  decoderRoom -= bytes.length
  if (decoderRoom < 0) {
    decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    decoderRoom = DECODER_CAPACITY - bytes.length
  }
  // The decoder is that of all streams. An ASCII character at the end leaves nothing in it; of a
  // character that is cut off, it would keep the beginning for the bytes of another stream.
  const isWhole = bytes[bytes.length - 1]! < 0x80
  return isNonAscii && isWhole ? decoder.decode(bytes, STREAM) : decoder.decode(bytes)
}

/** Appends the messages of a batch to `messages`, in order. */
export function appendMessages({ beginning, text }: Batch, messages: ServerSentEvent[]): void {
  let type = 'message'
  let lastEventId = ''
  for (let start = 0; start < text.length; ) {
    const dataEnd = text.indexOf('\r', start)
    const data = beginning + text.slice(start, dataEnd)
    beginning = ''
    const headStart = dataEnd + 1
    let headEnd = headStart
    const first = text.charCodeAt(headStart)
    if (first !== CR) {
      headEnd = text.indexOf('\r', headStart)
      if (first === LF) {
        // Most messages are of the type of the one before.
        lastEventId = text.slice(headStart + 1, headEnd)
      } else {
        const head = text.slice(headStart, headEnd)
        const typeEnd = head.indexOf('\n')
        type = typeEnd < 0 ? head : head.slice(0, typeEnd)
        if (typeEnd >= 0) lastEventId = head.slice(typeEnd + 1)
      }
    }
    messages.push({ type, data, lastEventId })
    start = headEnd + 1
  }
}
