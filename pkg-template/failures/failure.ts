/** Why a connection was lost, and how a person is told. */

/**
 * Why a connection was lost.
 *
 * - `network`: the fetch, or the reading of its body, failed. A page cannot know why.
 * - `ended`: the server ended the stream.
 * - `status`: the status was not 200. See `status`; 204 is how a server asks not to come back.
 * - `content-type`: the response is not `text/event-stream`.
 * - `cors`: the server answers, but does not let this page read it.
 * - `blocked`: the page's Content-Security-Policy forbids the request; see its `connect-src`.
 * - `unsupported-scheme`: no event stream can be fetched from such a URL, `ftp:` for example.
 * - `connect-timeout`: there was no response within `connectTimeout`.
 * - `idle-timeout`: there was no byte for `idleTimeout`.
 * - `limit`: an event was larger than `maxEventSize`, or than the memory that was left.
 * - `request`: a `headers` or `body` function threw, or gave what cannot be sent. See `error`.
 * - `internal`: WebAssembly could not be started, or a fault of this package. See `error`.
 * - `suspended`: the page was put aside, and its request is not repeated unasked.
 * - `handover`: with `share`, another tab reads the stream from now on. The server sends no IDs, so that
 *   something may be missing.
 * - `slow`: with `share`, the loops over this source were too slow for the others, and something is
 *   missing. This too happens only where the server sends no IDs.
 * - `left`: with `share`, `closeForAll()` was called, here or in another tab.
 */
export type EventSourceErrorReason =
  | 'network'
  | 'ended'
  | 'status'
  | 'content-type'
  | 'cors'
  | 'blocked'
  | 'unsupported-scheme'
  | 'connect-timeout'
  | 'idle-timeout'
  | 'limit'
  | 'request'
  | 'internal'
  | 'suspended'
  | 'handover'
  | 'slow'
  | 'left'

/** What is known of a lost connection, or of one that never came to be. */
export interface EventSourceFailure {
  /** Why. */
  readonly reason: EventSourceErrorReason
  /** The HTTP status, where that is the reason; otherwise `undefined`. */
  readonly status: number | undefined
  /**
   * The response that was refused, for its status or its content type; otherwise `undefined`. Its
   * body has not been read. Begin to read it in the listener, or in `decide`, or as soon as a promise
   * of yours for the event resolves; soon afterwards it is dropped.
   */
  readonly response: Response | undefined
  /** What `fetch`, the body's reader or your function threw, where that is the reason. */
  readonly error: unknown
  /** The number of the attempt among those in a row that have failed, from 1 on. */
  readonly attempt: number
  /** The delay in ms before the next attempt, or `null` if there will be none. */
  readonly retryIn: number | null
  /** The URL that was asked last, without user info, where it is known. */
  readonly url?: string | undefined
  /** Whether the request went to another origin than that of the page; never true without a page. */
  readonly isCrossOrigin?: boolean | undefined
  /** Whether the request had the header `Last-Event-ID`. */
  readonly sentLastEventId?: boolean | undefined
}

const MESSAGES: Record<EventSourceErrorReason, string | ((failure: EventSourceFailure) => string)> = {
  network: ({ isCrossOrigin, sentLastEventId }) =>
    'The connection failed or was lost. Is the server running, and the network up?' +
    (isCrossOrigin && sentLastEventId
      ? ' A server of another origin must also allow the header Last-Event-ID.'
      : ''),
  ended: 'The server ended the stream.',
  status: ({ status }) => `The server answered with the status ${status}, not 200.`,
  'content-type': ({ response }) => {
    const type = response?.headers.get('Content-Type')
    return type
      ? `The content type of the response is ${type}, not text/event-stream.`
      : 'The response has no content type, so it is not text/event-stream.'
  },
  cors:
    'The server does not let this page read its response: it must send Access-Control-Allow-Origin, ' +
    'and where there is a preflight, allow the headers of the request in its answer to that.',
  blocked: "The page's Content-Security-Policy forbids the request: add the URL to connect-src.",
  'unsupported-scheme': 'An event stream cannot be fetched from a URL of this scheme.',
  'connect-timeout': 'There was no response within connectTimeout.',
  'idle-timeout': 'There was no byte for as long as idleTimeout.',
  limit: 'An event was larger than maxEventSize, or than the longest string.',
  request: 'The request could not be made: see the property error.',
  internal: 'The event source cannot run here: see the property error.',
  suspended: 'The page was put aside, and its request is not repeated unasked.',
  handover: 'Another tab reads the stream from now on. The server sends no IDs, so messages may be missing here.',
  slow: 'The loops over this source were too slow for the other tabs. The server sends no IDs, so messages are missing here.',
  left: 'closeForAll() was called.',
}

/** Whether that is a reason. */
export function isReason(reason: string): reason is EventSourceErrorReason {
  return Object.hasOwn(MESSAGES, reason)
}

/** What happened, where, and what can be done about it, for the eyes of a person. */
export function messageOf(failure: EventSourceFailure): string {
  const message = MESSAGES[failure.reason]
  const text = typeof message === 'string' ? message : message(failure)
  return failure.url ? `${failure.url}: ${text}` : text
}
