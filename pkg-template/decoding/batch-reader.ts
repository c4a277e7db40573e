/** Bytes of batches in, text of messages out. */

import { type Batch, decodeBatch } from './batch.js'

/**
 * How many bytes are sooner made characters one by one than handed to a `TextDecoder`. The engine looks
 * at so many to find out whether they are ASCII.
 */
const FEW_BYTES = 64

const CR = 13

/** Reads the batches of one stream, one after the other. */
export class BatchReader {
  /** What has come of the data of a message that is still being received. */
  #beginning = ''

  /** Makes ready for a new stream: drops what the former one has left unfinished. */
  startStream(): void {
    this.#beginning = ''
  }

  /**
   * Decodes a batch: see `src/batch.rs`.
   *
   * @param bytes - a view of the memory of the engine, which is read at once
   * @param beginsInAscii - whether its first 64 bytes are ASCII
   * @returns the messages that it completes
   */
  read(bytes: Uint8Array, beginsInAscii: boolean): Batch {
    const text =
      beginsInAscii && bytes.length <= FEW_BYTES
        ? String.fromCharCode.apply(undefined, bytes as unknown as number[])
        : decodeBatch(bytes, !beginsInAscii)
    const beginning = this.#beginning
    if (text === '' || text.charCodeAt(text.length - 1) === CR) {
      if (text !== '') this.#beginning = ''
      return { beginning, text }
    }
    // To look for it from the end takes Chromium long, and seldom is there one.
    const end = text.includes('\r') ? text.lastIndexOf('\r') + 1 : 0
    this.#beginning = end === 0 ? beginning + text : text.slice(end)
    return { beginning, text: text.slice(0, end) }
  }
}
