/** An event stream that is decoded chunk by chunk, by whoever has a response of their own. */

import { appendMessages, decodeBatch } from './batch.js'
import { type Engine, startEngine } from './engine.js'
import { bytesOf, Interpreter, piecesOf } from './interpreter.js'
import { lastEventIdOf, maxEventSizeOf } from './option-checks.js'
import type { ServerSentEvent } from './server-sent-event.js'

/** The options of an {@link EventStreamDecoder}. */
export interface EventStreamDecoderOptions {
  /**
   * How many bytes one event may buffer, the line that is not finished included.
   * @default 67108864 (64 MiB)
   */
  maxEventSize?: number
  /**
   * The last event ID to begin with: that of the events before the first with an ID of its own.
   * @default '' (none)
   */
  lastEventId?: string
  /** @internal Whether remarks are kept: see {@link EventStreamDecoder.takeRemarks}. */
  keepsRemarks?: boolean
}

/** An event was larger than `maxEventSize`, or than the memory that was left. */
export class EventTooLargeError extends RangeError {
  /** The events of the same chunk that came before it. */
  readonly events: readonly ServerSentEvent[]

  /** @internal */
  constructor(events: readonly ServerSentEvent[]) {
    super('An event was larger than maxEventSize. Call reset() before you decode another stream.')
    this.events = events
  }
}
Object.defineProperty(EventTooLargeError.prototype, 'name', { value: 'EventTooLargeError' })

/**
 * Decodes an event stream, from bytes to events, after the HTML standard, section 9.2.6
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
 *
 * ```ts
 * const decoder = new EventStreamDecoder()
 * for await (const chunk of response.body) {
 *   for (const { type, data } of decoder.decode(chunk)) console.log(type, data)
 * }
 * ```
 *
 * What no blank line has ended when the stream ends is not an event, so there is nothing to flush.
 */
export class EventStreamDecoder {
  readonly #engine: Engine
  readonly #parser: InstanceType<Engine['glue']['Decoder']>
  readonly #interpreter: Interpreter
  #error: EventTooLargeError | undefined
  readonly #remarks: string[] | undefined

  /**
   * @throws an `Error` if WebAssembly cannot be started here, or not at once; its message says what
   * to do
   * @throws a `TypeError` or a `RangeError` that names the option that is wrong
   */
  constructor(options?: EventStreamDecoderOptions) {
    const { maxEventSize, lastEventId, keepsRemarks } = readOptions(options)
    const engine = startEngine()
    if (engine instanceof Promise) {
      throw new Error(
        'wasm-eventsource: WebAssembly is not running yet. Await init() of wasm-eventsource/slim ' +
          'first, or use eventsFrom or EventStreamDecoderStream, which wait for it.',
      )
    }
    this.#engine = engine
    this.#parser = new engine.glue.Decoder(maxEventSize, lastEventId, keepsRemarks)
    this.#remarks = keepsRemarks ? [] : undefined
    this.#interpreter = new Interpreter(engine, this.#parser)
  }

  /**
   * The last event ID, with which to ask for the rest of the stream; `''` if there was none. An `id`
   * counts from the blank line on that ends its event.
   */
  get lastEventId(): string {
    this.#check()
    return decodeBatch(this.#parser.lastEventId())
  }

  /** How long to wait before asking again, in ms, if the stream has said so in a `retry` field. */
  get reconnectionTime(): number | undefined {
    this.#check()
    return this.#parser.reconnectionTime()
  }

  /**
   * Decodes the next bytes of the stream, which may be cut anywhere.
   *
   * @returns the events that these bytes complete
   * @throws an {@link EventTooLargeError}, and at each further call until {@link reset}
   * @throws a `TypeError` if `chunk` is not bytes
   */
  decode(chunk: BufferSource): ServerSentEvent[] {
    this.#check()
    if (this.#error !== undefined) throw this.#error
    const events: ServerSentEvent[] = []
    for (const piece of piecesOf(bytesOf(chunk))) {
      appendMessages(this.#interpreter.interpret(piece), events)
      this.#remarks?.push(...this.#interpreter.remarks())
      if (this.#interpreter.isOver) throw (this.#error = new EventTooLargeError(events))
    }
    return events
  }

  /**
   * Makes ready for a new stream, from the beginning of its body. What the former one left unfinished
   * is dropped; the last event ID and the reconnection time stay.
   */
  reset(): void {
    this.#check()
    this.#parser.reset()
    this.#interpreter.startStream()
    this.#error = undefined
  }

  /**
   * @internal What there is to say of the input since the last call, in the order of the stream. The
   * first character tells what it is: see `Remarks::All` in `src/event_stream.rs`.
   */
  takeRemarks(): string[] {
    return this.#remarks?.splice(0) ?? []
  }

  #check(): void {
    if (this.#engine.fault !== undefined) throw this.#engine.fault
  }
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
