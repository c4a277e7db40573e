/**
 * Reads the messages of a batch: the text that one call from wasm brings. The layout is described
 * in `src/batch.rs`.
 */

import type { ServerSentEvent } from './server-sent-event.js'

const CR = 13

/** How many bytes one `TextDecoder` may take: Safari's fails at the 2 GiB that it has seen in all. */
const DECODER_CAPACITY = 2 ** 31 - 2 ** 20

let decoder: TextDecoder
let decoderRoom = -1

/**
 * Decodes a batch. Malformed UTF-8 becomes U+FFFD; a byte order mark is text, as the parser has
 * already taken off the one that is not.
 */
export function decodeBatch(bytes: Uint8Array): string {
  decoderRoom -= bytes.length
  if (decoderRoom < 0) {
    decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    decoderRoom = DECODER_CAPACITY - bytes.length
  }
  return decoder.decode(bytes)
}

/**
 * Calls `deliver` for each message in order, until it returns false. The type is empty where the
 * stream did not name one.
 */
export function readBatch(
  batch: string,
  deliver: (type: string, data: string, lastEventId: string) => boolean,
): void {
  let lastEventId = ''
  for (let start = 0; start < batch.length; ) {
    const dataEnd = batch.indexOf('\r', start)
    const headEnd = batch.indexOf('\r', dataEnd + 1)
    let type = batch.slice(dataEnd + 1, headEnd)
    const typeEnd = type.indexOf('\n')
    if (typeEnd >= 0) {
      lastEventId = type.slice(typeEnd + 1)
      type = type.slice(0, typeEnd)
    }
    if (!deliver(type, batch.slice(start, dataEnd), lastEventId)) return
    start = headEnd + 1
  }
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
