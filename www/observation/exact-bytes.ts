/** Where an event is in the bytes that came: found by the package's own decoder. */

import { EventStreamDecoder } from 'wasm-eventsource'

import type { Observation } from './observation.js'
import type { Row } from './types.js'

/** Bytes of one chunk. */
export interface Piece {
  chunk: number
  at: number
  bytes: Uint8Array<ArrayBuffer>
}

/** More than this is not searched. */
const LONGEST = 2_000_000

/**
 * The bytes from the end of the event before up to the end of this one, chunk by chunk: comments and
 * `retry` fields between the two are among them. `undefined` where they are dropped, or too many.
 */
export function exactBytes({ chunks }: Observation, row: Row): Piece[] | undefined {
  const last = chunks.at(row.chunk)
  if (last === undefined) return undefined
  // Back to where two events have ended: the first one that is decoded may be a part of one.
  let first = row.chunk
  let before = 0
  let size = last.bytes.length
  while (before < 2) {
    const chunk = chunks.at(first - 1)
    if (chunk === undefined || chunk.request !== last.request) break
    first -= 1
    before += chunk.events
    size += chunk.bytes.length
    if (size > LONGEST) return undefined
  }
  const window = new Uint8Array(size)
  let length = 0
  for (let number = first; number <= row.chunk; number++) {
    const { bytes } = chunks.at(number)!
    window.set(bytes, length)
    length += bytes.length
  }
  const ordinal = completed(window, size) - row.after
  const start =
    row.kind === 'comment' ? endOf(window, completed(window, size) - last.events) : endOf(window, ordinal - 1)
  const end = row.kind === 'comment' ? size : endOf(window, ordinal)

  const pieces: Piece[] = []
  let offset = 0
  for (let number = first; number <= row.chunk; number++) {
    const { bytes, at } = chunks.at(number)!
    const part = bytes.subarray(Math.max(start - offset, 0), Math.max(end - offset, 0))
    if (part.length > 0) pieces.push({ chunk: number, at, bytes: part })
    offset += bytes.length
  }
  return pieces
}

/** The bytes of all that is kept of the stream; what a lost connection has left unfinished is left out. */
export function wholeStream({ chunks }: Observation): Uint8Array[] {
  const parts: Uint8Array[] = []
  let unfinished: Uint8Array[] = []
  let request: number | undefined
  for (const chunk of chunks) {
    if (chunk.request !== request) unfinished = []
    request = chunk.request
    unfinished.push(chunk.bytes)
    if (chunk.events === 0) continue
    const bytes = joined(unfinished)
    const end = endOfLast(bytes)
    parts.push(bytes.slice(0, end))
    unfinished = [bytes.slice(end)]
  }
  return parts
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

function completed(bytes: Uint8Array<ArrayBuffer>, length: number): number {
  return new EventStreamDecoder().decode(bytes.slice(0, length)).length
}

/** The offset at which the last event is complete: looked for from the end, where it mostly is. */
function endOfLast(bytes: Uint8Array<ArrayBuffer>): number {
  const all = completed(bytes, bytes.length)
  let step = 1
  while (step < bytes.length && completed(bytes, bytes.length - step) >= all) step *= 2
  return endOf(bytes, all, Math.max(bytes.length - step, 0))
}

/**
 * The offset at which the n-th event is complete.
 * @param low - where it is known not to be yet
 */
function endOf(bytes: Uint8Array<ArrayBuffer>, ordinal: number, low = 0): number {
  if (ordinal <= 0) return 0
  let high = bytes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (completed(bytes, middle) >= ordinal) high = middle
    else low = middle + 1
  }
  // An event is complete with the CR of a CRLF.
  return bytes[low - 1] === 0x0d && bytes[low] === 0x0a ? low + 1 : low
}
