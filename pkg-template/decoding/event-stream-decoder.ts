/** An event stream that is decoded chunk by chunk, by whoever has a response of their own. */

import { type Engine, isOnItsWay, startEngine } from '../engine/engine.js'
import type { Decoder, DecoderReceiver } from '../engine/glue.js'
import { NativeRangeError } from '../natives.js'
import { lastEventIdOf, maxEventSizeOf } from '../options/option-checks.js'
import { BatchReader } from './batch-reader.js'
import { appendMessages, decodeBatch } from './batch.js'
import type { Bytes } from './bytes.js'
import type { ServerSentEvent } from './server-sent-event.js'

/** The options of an {@link EventStreamDecoder}. */
export interface EventStreamDecoderOptions {
  /**
   * How many bytes one event may buffer, the line that is not finished included. Whatever this says,
   * `Infinity` too, no event may be larger than 536805376 (512 MiB - 64 KiB), since no string in
   * Chromium or Node can be.
   * @default 67108864 (64 MiB)
   */
  maxEventSize?: number | undefined
  /**
   * The last event ID to begin with: that of the events before the first with an ID of its own.
   * @default '' (none)
   */
  lastEventId?: string | undefined
  /**
   * Whether remarks are kept: see {@link EventStreamDecoder.takeRemarks}.
   * @default false
   */
  keepsRemarks?: boolean | undefined
}

/** An event was larger than `maxEventSize`, or than the memory that was left. */
export class EventTooLargeError extends NativeRangeError {
  /** The events of the same chunk that came before it. */
  readonly events: readonly ServerSentEvent[]

  /** @internal */
  constructor(events: readonly ServerSentEvent[]) {
    super('An event was larger than maxEventSize. Call reset() before you decode another stream.')
    this.events = events
  }

  // On the prototype, where minifying does not take it.
  override get name(): string {
    return 'EventTooLargeError'
  }
}

/**
 * Decodes an event stream, from bytes to events, after the HTML standard, section 9.2.6
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
 *
 * ```ts
 * const decoder = new EventStreamDecoder()
 * for await (const chunk of response.body ?? []) {
 *   for (const { type, data } of decoder.decode(chunk)) console.log(type, data)
 * }
 * ```
 *
 * What no blank line has ended when the stream ends is not an event, so there is nothing to flush.
 */
export class EventStreamDecoder {
  readonly #options: Required<EventStreamDecoderOptions>
  #engine: Engine
  #parser: Decoder
  readonly #reader = new BatchReader()
  /** What has come of the chunk that is being decoded. */
  #events: ServerSentEvent[] = []
  #error: EventTooLargeError | undefined
  readonly #remarks: string[] | undefined

  /**
   * @throws an `Error` if WebAssembly cannot be started here, or not at once; its message says what
   * to do
   * @throws a `TypeError` or a `RangeError` that names the option that is wrong
   */
  constructor(options?: EventStreamDecoderOptions) {
    this.#options = readOptions(options)
    this.#engine = startEngineNow()
    this.#parser = this.#createParser()
    this.#remarks = this.#options.keepsRemarks ? [] : undefined
  }

  /**
   * The last event ID, with which to ask for the rest of the stream; `''` if there was none. An `id`
   * counts from the blank line on that ends its event.
   */
  get lastEventId(): string {
    this.#check()
    return this.#parser.lastEventId
  }

  /** How long to wait before asking again, in ms, if the stream has said so in a `retry` field. */
  get reconnectionTime(): number | undefined {
    this.#check()
    return this.#parser.reconnectionTime
  }

  /**
   * Decodes the next bytes of the stream, which may be cut anywhere.
   *
   * @returns the events that these bytes complete
   * @throws an {@link EventTooLargeError}, and at each further call until {@link reset}
   * @throws a `TypeError` if `chunk` is not bytes
   */
  decode(chunk: Bytes): ServerSentEvent[] {
    this.#check()
    if (this.#error !== undefined) throw this.#error
    const events: ServerSentEvent[] = (this.#events = [])
    if (!this.#parse(chunk)) throw (this.#error = new EventTooLargeError(events))
    return events
  }

  #parse(chunk: Bytes): boolean {
    try {
      return this.#parser.decode(chunk, this.#receiver)
    } catch (error) {
      // What WebAssembly has thrown says less.
      this.#check()
      throw error
    }
  }

  readonly #receiver: DecoderReceiver = {
    deliver: (batch, beginsInAscii, remarks) => {
      appendMessages(this.#reader.read(batch, beginsInAscii), this.#events)
      // Where another parser would go on.
      this.#options.lastEventId = this.#events.at(-1)?.lastEventId ?? this.#options.lastEventId
      // Behind the last one there is a CR, too.
      if (remarks !== undefined) {
        this.#remarks?.push(...decodeBatch(remarks).split('\r').slice(0, -1))
      }
    },
  }

  /**
   * Makes ready for a new stream, from the beginning of its body. What the former one left unfinished
   * is dropped; the last event ID and the reconnection time stay.
   */
  reset(): void {
    if (this.#engine.fault === undefined) {
      this.#parser.reset()
    } else {
      this.#engine = startEngineNow()
      this.#parser = this.#createParser()
    }
    this.#reader.startStream()
    this.#error = undefined
  }

  /**
   * What there is to say of the input since the last call, in the order of the stream, for parsers with
   * another interface that are built on this one; nothing without `keepsRemarks`. The first character of
   * each tells what the rest is:
   *
   * - `i`: the ID of a block, at the blank line that ends it, before its message
   * - `m`, `M`: a message, the next of those that {@link decode} has returned, without or with an ID of its
   *   own; the rest is its type, empty where the server gives it none
   * - `r`: the value of a valid `retry` field
   * - `:`: a comment
   * - `R`: the line of an invalid `retry` field
   * - `?`: the line of a field that is none of the standard's
   */
  takeRemarks(): string[] {
    return this.#remarks?.splice(0) ?? []
  }

  #createParser(): Decoder {
    const { maxEventSize, lastEventId, keepsRemarks } = this.#options
    return new this.#engine.glue.Decoder(maxEventSize, lastEventId, keepsRemarks)
  }

  /** @throws an `Error` if the engine has crashed: {@link reset} starts another */
  #check(): void {
    if (this.#engine.fault !== undefined) throw this.#engine.fault
  }
}

function startEngineNow(): Engine {
  const engine = startEngine()
  if (isOnItsWay(engine)) {
    throw new Error(
      'wasm-eventsource: WebAssembly is not running yet. Await init() of wasm-eventsource/slim ' +
        'first, or use eventsFrom or EventStreamDecoderStream, which wait for it.',
    )
  }
  return engine
}

/**
 * Reads and checks the options of a decoder.
 * @throws a `TypeError` or a `RangeError` that names the option that is wrong
 */
export function readOptions({
  maxEventSize,
  lastEventId,
  keepsRemarks = false,
}: EventStreamDecoderOptions = {}): Required<EventStreamDecoderOptions> {
  const options = { prefix: '', members: { maxEventSize, lastEventId } }
  return {
    maxEventSize: maxEventSizeOf(options),
    lastEventId: lastEventIdOf(options),
    keepsRemarks,
  }
}
