/**
 * Reads the messages of a batch: the text that one call from wasm brings. The layout is described
 * in `src/batch.rs`.
 */

import type { ServerSentEvent } from './server-sent-event.js'

const LF = 10
const CR = 13

/** How many bytes one `TextDecoder` may take: Safari's fails at the 2 GiB that it has seen in all. */
const DECODER_CAPACITY = 2 ** 31 - 2 ** 20

/** How many bytes are decoded at a time. Chromium takes three times as long for many more. */
const DECODED_AT_ONCE = 256 * 1024

const STREAM = { stream: true }

let decoder: TextDecoder
let decoderRoom = -1

/**
 * Decodes bytes. Malformed UTF-8 becomes U+FFFD; a byte order mark is text, as the parser has
 * already taken off the one that is not.
 *
 * @param isNonAsciiBatch - whether they are a batch, behind whose last byte, a CR, nothing is left
 * over, and not all ASCII: then Node is twice as fast if it takes them for a part of a stream
 */
export function decodeBatch(bytes: Uint8Array, isNonAsciiBatch = false): string {
  decoderRoom -= bytes.length
  if (decoderRoom < 0) {
    decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    decoderRoom = DECODER_CAPACITY - bytes.length
  }
  if (bytes.length <= DECODED_AT_ONCE) {
    return isNonAsciiBatch ? decoder.decode(bytes, STREAM) : decoder.decode(bytes)
  }
  const parts: string[] = []
  for (let start = 0; start < bytes.length; start += DECODED_AT_ONCE) {
    parts.push(decoder.decode(bytes.subarray(start, start + DECODED_AT_ONCE), STREAM))
  }
  return parts.join('') + decoder.decode()
}

/**
 * Calls `deliver` for each message in order, until it returns false. The type is empty where the
 * stream did not name one.
 */
export function readBatch(
  batch: string,
  deliver: (type: string, data: string, lastEventId: string) => boolean,
): void {
  let type = ''
  let lastEventId = ''
  for (let start = 0; start < batch.length; ) {
    const dataEnd = batch.indexOf('\r', start)
    const typeStart = dataEnd + 1
    // Most messages are of the type of the one before; then there is no new string to be looked up.
    if (!batch.startsWith(type, typeStart) || !endsType(batch, typeStart + type.length)) {
      const head = batch.slice(typeStart, batch.indexOf('\r', typeStart))
      const end = head.indexOf('\n')
      type = end < 0 ? head : head.slice(0, end)
    }
    let end = typeStart + type.length
    if (batch.charCodeAt(end) === LF) {
      const idStart = end + 1
      end = batch.indexOf('\r', idStart)
      lastEventId = batch.slice(idStart, end)
    }
    if (!deliver(type, batch.slice(start, dataEnd), lastEventId)) return
    start = end + 1
  }
}

function endsType(batch: string, index: number): boolean {
  const code = batch.charCodeAt(index)
  return code === CR || code === LF
}

/** Appends the messages of a batch to `events`. The same as `readBatch`, for where speed is all. */
export function appendEvents(batch: string, events: ServerSentEvent[]): void {
  let lastEventId = ''
  for (let start = 0; start < batch.length; ) {
    const dataEnd = batch.indexOf('\r', start)
    const data = batch.slice(start, dataEnd)
    let type = 'message'
    let headEnd = dataEnd + 1
    if (batch.charCodeAt(headEnd) !== CR) {
      headEnd = batch.indexOf('\r', headEnd)
      const head = batch.slice(dataEnd + 1, headEnd)
      const typeEnd = head.indexOf('\n')
      if (typeEnd >= 0) lastEventId = head.slice(typeEnd + 1)
      type = (typeEnd >= 0 ? head.slice(0, typeEnd) : head) || 'message'
    }
    events.push({ type, data, lastEventId })
    start = headEnd + 1
  }
}
