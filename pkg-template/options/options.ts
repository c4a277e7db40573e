/** What a source can be told when it is made. */

import type { Bytes } from '../decoding/bytes.js'
import type { EventSourceFailure } from '../failures/failure.js'

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
  strategy?: 'constant' | 'linear' | 'exponential' | undefined
  /**
   * The reconnection time in ms, until the server sets one.
   * @default 3000
   */
  delay?: number | undefined
  /**
   * How fast the delay grows.
   * @default 1 for `'linear'`, 2 for `'exponential'`
   */
  factor?: number | undefined
  /**
   * The least delay in ms. Jitter is added to it.
   * @default 100
   */
  minDelay?: number | undefined
  /**
   * The greatest delay in ms.
   * @default 30000, or the reconnection time where that is longer
   */
  maxDelay?: number | undefined
  /**
   * How the delay is spread at random, so that clients that were cut off together do not return
   * together: not at all; anywhere up to the delay; between half of it and all of it; or anywhere up
   * to three times the last one.
   * @default 'none', as the standard says
   */
  jitter?: 'none' | 'full' | 'equal' | 'decorrelated' | undefined
  /**
   * How many attempts in a row may fail before the connection is failed for good.
   * @default no limit
   */
  maxAttempts?: number | undefined
  /**
   * How long a connection must last, in ms, to count as a success, after which the delay and the
   * number of attempts start anew.
   * @default 5000
   */
  resetAfter?: number | undefined
  /**
   * HTTP statuses that are worth another try, 429 and 503 for example. Their `Retry-After` header,
   * in seconds or as a date, is the least delay (to another origin, the server has to expose it).
   * @default none, as the standard says
   */
  statuses?: readonly number[] | undefined
  /**
   * Whether the request may be repeated after a network error, a time-out, or once its stream has begun.
   * Where it may not, `statuses` alone are worth another try.
   * @default true for GET; false for other methods, unless `reconnect` is true
   */
  repeat?: boolean | undefined
  /**
   * Asked after each failure that another attempt could mend: true goes on after the delay of the
   * strategy, a number after so many ms, false or null gives up, and undefined is what would happen
   * unasked: `failure.retryIn`. What it throws is reported, and gives up. A 204 is the end, about which
   * it is not asked, unless `statuses` has it; and where there are `statuses`, so are all others.
   */
  decide?: ((failure: EventSourceFailure) => Decision | Promise<Decision>) | undefined
}

/** Where to keep the last event ID. */
export interface ResumeOptions {
  /**
   * What it is kept in. If it throws, that is told in the console, once, and nothing is kept.
   * @default `sessionStorage`, of which each tab has its own
   */
  storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined
  /**
   * The name that it is kept by. Sources of a page that ask for the same URL need a name each.
   * @default 'wasm-eventsource:', and the URL
   */
  key?: string | undefined
}

/** What {@link ReconnectOptions.decide} may say. */
export type Decision = boolean | number | null | undefined

/** The members of `RequestInit` that are passed on to `fetch` as they are. */
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

/** What can be sent: see {@link Bytes} for why `BodyInit` is not enough. */
type Body = BodyInit | Bytes

/** A body that can be sent more than once. */
type RepeatableBody = Exclude<Body, ReadableStream>

/** The members of `RequestInit` with these names, where `undefined` is as good as none. */
type RequestMembers = { [Name in RequestMember]?: RequestInit[Name] | undefined }

/**
 * The options of an `EventSource`. With none of them it behaves as the standard says.
 *
 * The members of `RequestInit` mean what they mean to `fetch`. Their defaults are those of the
 * standard: a GET with mode `cors` and cache mode `no-store`.
 */
export interface EventSourceOptions extends RequestMembers {
  /**
   * Whether cookies and other credentials are sent to another origin too. `credentials`, if given,
   * wins.
   * @default false
   */
  withCredentials?: boolean | undefined
  /**
   * Headers to add to every request, or a function that gives them, which is called before every
   * attempt: for tokens that expire. Those that you set win over ours (`Accept`, `Last-Event-ID`).
   * What is no function is read once, when the source is made. To another origin, they cause a CORS preflight.
   */
  headers?: (HeadersInit | ((attempt: Attempt) => HeadersInit | Promise<HeadersInit>)) | undefined
  /**
   * The request's body, for methods that have one, or a function that makes it for each attempt. A
   * stream can be sent once, so it needs such a function, or `reconnect: false`.
   */
  body?:
    | RepeatableBody
    | ReadableStream
    | null
    | undefined
    | ((attempt: Attempt) => Body | null | Promise<Body | null>)
  /** What browsers want of a request whose body is a stream; set for you where the body is one. */
  duplex?: 'half' | undefined
  /**
   * Called as `fetch(url, init)` in the place of the global function.
   * @default the global `fetch`, as it is at the time of the call
   */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Closes the source when it is aborted. */
  signal?: AbortSignal | null | undefined
  /**
   * The last event ID to begin with: the first request asks to resume from here.
   * @default '' (none)
   */
  lastEventId?: string | undefined
  /**
   * How the last event ID is sent: as the header `Last-Event-ID`, or as a query parameter. The
   * parameter needs no CORS preflight.
   * @default 'header'
   */
  sendLastEventId?: 'header' | { query: string } | undefined
  /**
   * Whether to reconnect after the connection was lost or the server has ended the stream, and how.
   * @default true for GET; false for other methods, so that no request is repeated unasked
   */
  reconnect?: boolean | ReconnectOptions | undefined
  /**
   * How long the response may take to begin, in ms.
   * @default no limit
   */
  connectTimeout?: number | undefined
  /**
   * How long the stream may be silent, in ms; any byte counts, that of a comment too.
   * @default no limit
   */
  idleTimeout?: number | undefined
  /**
   * How many bytes one event may buffer, the line that is not finished included. More of them fail
   * the connection with the reason `limit`. Whatever this says, `Infinity` too, no event may be larger
   * than 536805376 (512 MiB - 64 KiB), since no string in Chromium or Node can be.
   * @default 67108864 (64 MiB)
   */
  maxEventSize?: number | undefined
  /**
   * Whether to disconnect while the page is hidden, and to connect again from the last event ID when
   * it is shown.
   * @default false
   */
  pauseWhenHidden?: boolean | undefined
  /**
   * Whether a reload goes on where the page was left: the last event ID is kept in `sessionStorage`, or
   * where this says, at most once for each batch of messages. What is kept comes before
   * {@link EventSourceOptions.lastEventId}. It is forgotten by `close()`, and once a response has ended
   * the stream for good.
   * @default false
   */
  resume?: boolean | ResumeOptions | undefined
  /**
   * Whether all sources of the origin that are made with the same URL, the same `withCredentials` and the
   * same value here hold one connection: those in all tabs, frames and workers. `true` takes no `headers`,
   * no `fetch` and no `credentials`, as two tabs may be logged in as two users; a name, that of the user
   * for example, says who may share. For GET only. The other options are those of the source that reads for
   * all. See {@link EventSource.shared} and {@link EventSource.closeForAll}.
   * @default false
   */
  share?: boolean | string | undefined
  /** Called with the text of each comment, in the order of the stream. */
  onComment?: ((text: string) => void) | undefined
}
