/**
 * `wasm-eventsource/eventsource-parser`: for code that was written for npm `eventsource-parser` 4.
 * docs/differences.md lists where it differs.
 */

import { EventStreamDecoder } from '../decoder.js'
import { visit } from './remarks.js'

/** A message, as {@link ParserCallbacks.onEvent} gets it. */
export interface EventSourceMessage {
  /** What the server calls it, if it does. */
  event?: string | undefined
  /** The ID that the event has of its own, if it has one. */
  id?: string | undefined
  /** Its text; lines are joined by LF. */
  data: string
}

/** What is called for what is found in the stream, in its order. */
export interface ParserCallbacks {
  /** Called with each message. */
  onEvent?: ((event: EventSourceMessage) => void) | undefined
  /** Called with the ID, where a blank line ends a block that has one, before its message. */
  onId?: ((id: string) => void) | undefined
  /** Called with the number of ms that a `retry` field gives. */
  onRetry?: ((retry: number) => void) | undefined
  /** Called with the text of each comment. */
  onComment?: ((comment: string) => void) | undefined
  /** Called for what the standard ignores, and where `maxBufferSize` is exceeded. */
  onError?: ((error: ParseError) => void) | undefined
}

/** What {@link createParser} takes. */
export interface ParserConfig extends ParserCallbacks {
  /**
   * How many bytes one event may buffer. After more of them, `feed` throws until `reset` is called.
   * @default no limit
   */
  maxBufferSize?: number | undefined
}

/** What {@link createParser} makes. */
export interface EventSourceParser {
  /**
   * Parses a further piece of text, which may be cut anywhere.
   * @throws an `Error` after `maxBufferSize` has been exceeded; what a callback throws
   */
  feed(chunk: string): void
  /**
   * Makes ready for a new stream. With `consume`, the line that is not finished is taken for a whole
   * one before; that completes no message.
   */
  reset(options?: { consume?: boolean | undefined }): void
}

/** Why {@link ParserCallbacks.onError} is called. */
export type ErrorType = 'invalid-retry' | 'unknown-field' | 'max-buffer-size-exceeded'

/** What {@link ParserCallbacks.onError} is called with. */
export class ParseError extends Error {
  // A field, since assigning fails where the prototype of all errors is frozen.
  override name = 'ParseError'
  /** What is wrong. */
  type: ErrorType
  /** The name of the unknown field. */
  field?: string | undefined
  /** The value of the field. */
  value?: string | undefined
  /** The line. */
  line?: string | undefined

  constructor(
    message: string,
    { type, field, value, line }: { type: ErrorType; field?: string | undefined; value?: string | undefined; line?: string | undefined },
  ) {
    super(message)
    this.type = type
    this.field = field
    this.value = value
    this.line = line
  }
}

const encoder = /* @__PURE__ */ new TextEncoder()
const HIGH_SURROGATE_AT_THE_END = /[\uD800-\uDBFF]$/

/**
 * Makes a parser that is fed with text and calls back.
 * @throws a `TypeError` if `config` is a function, as it was in version 2
 * @throws an `Error` if WebAssembly cannot be started here, or not at once
 */
export function createParser(config: ParserConfig): EventSourceParser {
  if (typeof config === 'function') {
    throw new TypeError('createParser: takes an object: createParser({ onEvent: … })')
  }
  const { maxBufferSize, onComment, onError, onEvent, onId, onRetry } = config
  const decoder = new EventStreamDecoder({
    maxEventSize: maxBufferSize === undefined ? Infinity : Math.max(maxBufferSize, 1),
    keepsRemarks: true,
  })
  /** The half of a character that the last piece was cut in. */
  let surrogate = ''
  let endsWithinLine = false
  let isTerminated = false

  function feed(chunk: string): void {
    if (isTerminated) {
      throw new Error('feed: maxBufferSize has been exceeded; call reset() before another stream')
    }
    let text = surrogate + chunk
    surrogate = HIGH_SURROGATE_AT_THE_END.exec(text)?.[0] ?? ''
    if (surrogate !== '') text = text.slice(0, -1)
    if (text === '') return
    endsWithinLine = !/[\r\n]$/.test(text)
    parse(text)
  }

  function parse(text: string): void {
    const failure = visit(decoder, encoder.encode(text), {
      message: (type, data, id) => onEvent?.({ id, event: type || undefined, data }),
      id: (id) => onId?.(id),
      retry: (time) => onRetry?.(time),
      comment: (text) => onComment?.(text),
      invalidRetry: (line) => onError?.(fieldError(line, true)),
      unknownField: (line) => onError?.(fieldError(line, false)),
    })
    if (failure === undefined) return
    isTerminated = true
    onError?.(
      new ParseError(`An event was larger than maxBufferSize, ${maxBufferSize}`, {
        type: 'max-buffer-size-exceeded',
      }),
    )
  }

  function reset({ consume = false }: { consume?: boolean } = {}): void {
    if (consume && endsWithinLine && !isTerminated) parse(`${surrogate}\n`)
    decoder.reset()
    surrogate = ''
    endsWithinLine = isTerminated = false
  }

  return { feed, reset }
}

function fieldError(line: string, isRetry: boolean): ParseError {
  const [field, ...rest] = line.split(':') as [string, ...string[]]
  const value = rest.join(':').replace(/^ /, '')
  if (isRetry) {
    return new ParseError(`Invalid \`retry\` value: "${value}"`, { type: 'invalid-retry', value, line })
  }
  const name = field.length > 20 ? `${field.slice(0, 20)}…` : field
  return new ParseError(`Unknown field "${name}"`, { type: 'unknown-field', field, value, line })
}
