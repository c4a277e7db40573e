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
 * @param isNonAsciiBatch - whether they are a batch, behind whose last character nothing is left over,
 * and not all ASCII: then Node is twice as fast if it takes them for a part of a stream
 */
export function decodeBatch(bytes: Uint8Array, isNonAsciiBatch = false): string {
  decoderRoom -= bytes.length
  if (decoderRoom < 0) {
    decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    decoderRoom = DECODER_CAPACITY - bytes.length
  }
  return isNonAsciiBatch ? decoder.decode(bytes, STREAM) : decoder.decode(bytes)
}

/**
 * Calls `deliver` for each message in order, until it returns false. The type is empty where the
 * stream did not name one.
 */
export function readBatch(
  { beginning, text }: Batch,
  deliver: (type: string, data: string, lastEventId: string) => boolean,
): void {
  let type = ''
  let lastEventId = ''
  for (let start = 0; start < text.length; ) {
    const dataEnd = text.indexOf('\r', start)
    const typeStart = dataEnd + 1
    // Most messages are of the type of the one before; then there is no new string to be looked up.
    if (!text.startsWith(type, typeStart) || !endsType(text, typeStart + type.length)) {
      const head = text.slice(typeStart, text.indexOf('\r', typeStart))
      const end = head.indexOf('\n')
      type = end < 0 ? head : head.slice(0, end)
    }
    let end = typeStart + type.length
    if (text.charCodeAt(end) === LF) {
      const idStart = end + 1
      end = text.indexOf('\r', idStart)
      lastEventId = text.slice(idStart, end)
    }
    const data = beginning + text.slice(start, dataEnd)
    beginning = ''
    if (!deliver(type, data, lastEventId)) return
    start = end + 1
  }
}

function endsType(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code === CR || code === LF
}

/** Appends the messages of a batch to `events`. The same as `readBatch`, for where speed is all. */
export function appendEvents({ beginning, text }: Batch, events: ServerSentEvent[]): void {
  let lastEventId = ''
  for (let start = 0; start < text.length; ) {
    const dataEnd = text.indexOf('\r', start)
    const data = beginning + text.slice(start, dataEnd)
    beginning = ''
    let type = 'message'
    let headEnd = dataEnd + 1
    if (text.charCodeAt(headEnd) !== CR) {
      headEnd = text.indexOf('\r', headEnd)
      const head = text.slice(dataEnd + 1, headEnd)
      const typeEnd = head.indexOf('\n')
      if (typeEnd >= 0) lastEventId = head.slice(typeEnd + 1)
      type = (typeEnd >= 0 ? head.slice(0, typeEnd) : head) || 'message'
    }
    events.push({ type, data, lastEventId })
    start = headEnd + 1
  }
}
