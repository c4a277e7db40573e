/** What a source can be told when it is made. */

import type { EventSourceFailure } from './events.js'

/** What a function of yours is told of the attempt that it is called for. */
export interface Attempt {
  /** From 1 on; counts the attempts in a row, up to and with this one. */
  number: number
  /** The last event ID, from which this attempt resumes; `''` if there is none. */
  lastEventId: string
  /** How the attempt or connection before this one failed; `null` for the first. */
  failure: EventSourceFailure | null
}

/** How to reconnect. The server's `retry` field sets the reconnection time, where it sends one. */
export interface ReconnectOptions {
  /**
   * How the delay grows: always the reconnection time, `factor` of it more with each failure in a
   * row, or multiplied by `factor` with each.
   * @default 'constant', as the standard says
   */
  strategy?: 'constant' | 'linear' | 'exponential'
  /**
   * The reconnection time in ms, until the server sets one.
   * @default 3000
   */
  delay?: number
  /**
   * How fast the delay grows.
   * @default 1 for `'linear'`, 2 for `'exponential'`
   */
  factor?: number
  /**
   * The least delay in ms. Jitter is added to it.
   * @default 100
   */
  minDelay?: number
  /**
   * The greatest delay in ms.
   * @default 30000, or the reconnection time where that is longer
   */
  maxDelay?: number
  /**
   * How the delay is spread at random, so that clients that were cut off together do not return
   * together: not at all; anywhere up to the delay; between half of it and all of it; or anywhere up
   * to three times the last one.
   * @default 'none', as the standard says
   */
  jitter?: 'none' | 'full' | 'equal' | 'decorrelated'
  /**
   * How many attempts in a row may fail before the connection is failed for good.
   * @default no limit
   */
  maxAttempts?: number
  /**
   * How long a connection must last, in ms, to count as a success, after which the delay and the
   * number of attempts start anew.
   * @default 5000
   */
  resetAfter?: number
  /**
   * HTTP statuses that are worth another try, 429 and 503 for example. Their `Retry-After` header,
   * in seconds or as a date, is the least delay (to another origin, the server has to expose it).
   * @default none, as the standard says
   */
  statuses?: readonly number[]
  /**
   * Asked after each failure that another attempt could mend, whatever its status: true goes on
   * after the delay of the strategy, false gives up, and a number goes on after so many ms. What it
   * throws is reported, and gives up. `failure.retryIn` is what would happen unasked.
   */
  decide?: (failure: EventSourceFailure) => boolean | number | Promise<boolean | number>
}

/** What the standard does not know. */
type RequestMember =
  | 'cache'
  | 'credentials'
  | 'integrity'
  | 'keepalive'
  | 'method'
  | 'mode'
  | 'priority'
  | 'redirect'
  | 'referrer'
  | 'referrerPolicy'

/** A body that can be sent more than once. */
type RepeatableBody = Exclude<BodyInit, ReadableStream>

/**
 * The options of an `EventSource`. With none of them it behaves as the standard says.
 *
 * The members of `RequestInit` mean what they mean to `fetch`. Their defaults are those of the
 * standard: a GET with mode `cors` and cache mode `no-store`.
 */
export interface EventSourceOptions extends Pick<RequestInit, RequestMember> {
  /**
   * Whether cookies and other credentials are sent to another origin too. `credentials`, if given,
   * wins.
   * @default false
   */
  withCredentials?: boolean
  /**
   * Headers to add to every request, or a function that gives them, which is called before every
   * attempt: for tokens that expire. Those that you set win over ours (`Accept`, `Last-Event-ID`).
   * To another origin, they cause a CORS preflight.
   */
  headers?: HeadersInit | ((attempt: Attempt) => HeadersInit | Promise<HeadersInit>)
  /**
   * The request's body, for methods that have one, or a function that makes it for each attempt. A
   * stream can be sent once, so it needs such a function, or `reconnect: false`.
   */
  body?:
    | RepeatableBody
    | ReadableStream
    | null
    | ((attempt: Attempt) => BodyInit | null | Promise<BodyInit | null>)
  /** What browsers want of a request whose body is a stream; set for you where the body is one. */
  duplex?: 'half'
  /**
   * Called as `fetch(url, init)` in the place of the global function.
   * @default the global `fetch`, as it is at the time of the call
   */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Closes the source when it is aborted. */
  signal?: AbortSignal | null
  /**
   * The last event ID to begin with: the first request asks to resume from here.
   * @default '' (none)
   */
  lastEventId?: string
  /**
   * How the last event ID is sent: as the header `Last-Event-ID`, or as a query parameter. The
   * parameter needs no CORS preflight.
   * @default 'header'
   */
  sendLastEventId?: 'header' | { query: string }
  /**
   * Whether to reconnect after the connection was lost or the server has ended the stream, and how.
   * @default true for GET; false for other methods, so that no request is repeated unasked
   */
  reconnect?: boolean | ReconnectOptions
  /**
   * How long the response may take to begin, in ms.
   * @default no limit
   */
  connectTimeout?: number
  /**
   * How long the stream may be silent, in ms; any byte counts, that of a comment too.
   * @default no limit
   */
  idleTimeout?: number
  /**
   * How many bytes one event may buffer, the line that is not finished included. More of them fail
   * the connection with the reason `limit`.
   * @default 67108864 (64 MiB)
   */
  maxEventSize?: number
  /**
   * Whether to disconnect while the page is hidden, and to connect again from the last event ID when
   * it is shown.
   * @default false
   */
  pauseWhenHidden?: boolean
  /** Called with the text of each comment, before the messages that came with it. */
  onComment?: (text: string) => void
}

/** The members that are passed on to `fetch` as they are. */
const REQUEST_MEMBERS = [
  'cache',
  'credentials',
  'duplex',
  'integrity',
  'keepalive',
  'mode',
  'priority',
  'redirect',
  'referrer',
  'referrerPolicy',
] as const satisfies readonly (keyof EventSourceOptions)[]

/** The members that the engine or the class reads. */
const OWN_MEMBERS = [
  'body',
  'connectTimeout',
  'fetch',
  'headers',
  'idleTimeout',
  'lastEventId',
  'maxEventSize',
  'method',
  'onComment',
  'pauseWhenHidden',
  'reconnect',
  'sendLastEventId',
  'signal',
  'withCredentials',
] as const satisfies readonly (keyof EventSourceOptions)[]

const RECONNECT_MEMBERS = [
  'decide',
  'delay',
  'factor',
  'jitter',
  'maxAttempts',
  'maxDelay',
  'minDelay',
  'resetAfter',
  'statuses',
  'strategy',
] as const satisfies readonly (keyof ReconnectOptions)[]

/** The options as the engine takes them. */
export interface EngineOptions extends Omit<EventSourceOptions, (typeof REQUEST_MEMBERS)[number]> {
  /** The members that are passed on to `fetch`. */
  init: RequestInit
  /** The origin of the page. */
  origin: string | undefined
}

/**
 * Reads a dictionary as Web IDL does: each member once, in the order of their names, so that what
 * a getter throws comes out of the constructor. What concerns the request is checked by the browser
 * here, the rest by the engine.
 *
 * @throws a `TypeError` that names the option
 */
export function readOptions(init: unknown): EngineOptions {
  if (init !== undefined && init !== null && typeof init !== 'object' && typeof init !== 'function') {
    throw new TypeError(`EventSource: the second argument must be an object, not ${String(init)}`)
  }
  const options = read(init ?? {}, OWN_MEMBERS, '') as unknown as EngineOptions
  options.withCredentials = Boolean(options.withCredentials)
  options.origin = globalThis.origin
  options.init = init ? (read(init, REQUEST_MEMBERS) as RequestInit) : {}
  if (options.body instanceof ReadableStream) {
    options.init = { duplex: 'half', ...options.init } as RequestInit
  }
  const { reconnect, signal } = options
  if (typeof reconnect === 'object' && reconnect !== null) {
    options.reconnect = read(reconnect, RECONNECT_MEMBERS, 'reconnect.') as ReconnectOptions
  }
  if (signal !== undefined && signal !== null && !(signal instanceof AbortSignal)) {
    throw new TypeError('signal: must be an AbortSignal')
  }
  checkRequest(options)
  return options
}

/**
 * The members of a dictionary that have one of these names and are not undefined. With a prefix,
 * tells of those that have another name.
 */
function read(dictionary: object, names: readonly string[], prefix?: string): object {
  const members: Record<string, unknown> = {}
  for (const name of names) {
    const value = (dictionary as Record<string, unknown>)[name]
    if (value !== undefined) members[name] = value
  }
  if (prefix !== undefined) {
    for (const name of Object.keys(dictionary)) {
      if (!names.includes(name) && !(prefix === '' && isRequestMember(name))) warn(prefix + name)
    }
  }
  return members
}

function isRequestMember(name: string): boolean {
  return (REQUEST_MEMBERS as readonly string[]).includes(name)
}

const warned = new Set<string>()

/** Says once that there is no such option: most likely it is misspelt. */
function warn(name: string): void {
  if (warned.has(name)) return
  warned.add(name)
  console.warn(`wasm-eventsource: there is no option "${name}"`)
}

/** Lets the browser check what it would refuse later, or leave out without a word. */
function checkRequest({ init, method, headers }: EngineOptions): void {
  const { mode } = init
  if (mode !== undefined && mode !== 'cors' && mode !== 'same-origin') {
    throw new TypeError(`mode: must be 'cors' or 'same-origin', not ${mode}: others hide the stream`)
  }
  const { duplex, ...rest } = init as RequestInit & { duplex?: string }
  const given = typeof headers === 'function' ? undefined : (headers ?? undefined)
  const request = new Request('data:,', { ...rest, method, headers: given })
  for (const [name] of new Headers(given)) {
    if (!request.headers.has(name)) {
      throw new TypeError(`headers: a page may not set "${name}"; the browser sets it itself`)
    }
  }
}
