/** Bytes of an event stream in, text of its messages out, through the memory of the engine. */

import { type Batch, decodeBatch } from './batch.js'
import type { Engine } from './engine.js'

/** How many bytes the engine interprets at a time: the length of its buffer for the input. */
const PIECE = 16 * 1024

/**
 * How many bytes are sooner made characters one by one than handed to a `TextDecoder`. The engine looks
 * at so many to find out whether they are ASCII.
 */
const FEW_BYTES = 64

const CR = 13

/** What interprets the bytes: a `Decoder` or a `Source` of `src/web/mod.rs`. */
export interface Parser {
  interpret(length: number): number
}

/** Has a stream interpreted, piece by piece. */
export class Interpreter {
  readonly #engine: Engine
  readonly #parser: Parser
  /** Where the engine wants its input. */
  readonly #input: number
  /** The memory of the engine, which is another array after it has grown. */
  #memory: Uint8Array
  #isOver = false
  /** What has come of the data of a message that is still being received. */
  #beginning = ''

  constructor(engine: Engine, parser: Parser) {
    this.#engine = engine
    this.#parser = parser
    this.#input = engine.glue.input()
    this.#memory = new Uint8Array(engine.memory.buffer)
  }

  /** Whether the engine has told to stop. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Makes ready for a new stream: drops what the former one has left unfinished. */
  startStream(): void {
    this.#beginning = ''
  }

  /**
   * Interprets a piece of the stream.
   *
   * @param piece - see {@link piecesOf}
   * @returns the messages that it completes
   */
  interpret(piece: Uint8Array): Batch {
    const text = this.#interpret(piece)
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

  /** Returns what is to be read, decoded: see `src/batch.rs`. */
  #interpret(piece: Uint8Array): string {
    if (this.#memory.length === 0) this.#memory = new Uint8Array(this.#engine.memory.buffer)
    this.#memory.set(piece, this.#input)
    const result = this.#parser.interpret(piece.length)
    // It may have grown.
    if (this.#memory.length === 0) this.#memory = new Uint8Array(this.#engine.memory.buffer)
    // It is no number if the engine has crashed meanwhile.
    this.#isOver = !(result >= 0)
    const told = this.#isOver ? ~result : result
    const length = told >> 1
    if (length <= 0) return ''
    const batch = new Uint8Array(this.#memory.buffer, this.#told(0), length)
    const beginsInAscii = (told & 1) === 1
    return !beginsInAscii || length > FEW_BYTES
      ? decodeBatch(batch, !beginsInAscii)
      : String.fromCharCode.apply(undefined, batch as unknown as number[])
  }

  /** What the engine has kept beside the messages of the last piece. */
  remarks(): string[] {
    if (this.#engine.fault !== undefined) return []
    // Behind the last one there is a CR, too.
    const remarks = new Uint8Array(this.#memory.buffer, this.#told(1), this.#told(2))
    return decodeBatch(remarks).split('\r').slice(0, -1)
  }

  /** One of the numbers that the engine has left where its input was, each in four bytes. */
  #told(index: number): number {
    const memory = this.#memory
    const input = this.#input + 4 * index
    const low = memory[input]! | (memory[input + 1]! << 8)
    const high = memory[input + 2]! | (memory[input + 3]! << 8)
    return low + high * 0x10000
  }
}

/** A chunk, cut into what can be interpreted at a time. */
export function piecesOf(chunk: Uint8Array): Uint8Array[] {
  if (chunk.length <= PIECE) return [chunk]
  const pieces: Uint8Array[] = []
  for (let start = 0; start < chunk.length; start += PIECE) {
    pieces.push(chunk.subarray(start, start + PIECE))
  }
  return pieces
}

/**
 * The bytes of a chunk, which may be a view or a buffer of another realm.
 * @throws a `TypeError` if it is neither
 */
export function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(chunk))) {
    return new Uint8Array(chunk as ArrayBuffer)
  }
  throw new TypeError(
    `A chunk of an event stream must be bytes, an ArrayBuffer or a view of one, not a ${typeof chunk}.` +
      (typeof chunk === 'string' ? ' Pass on the bytes that the network gives.' : ''),
  )
}
