/** What a source can be told when it is made. */

/** The options of an `EventSource`. With none of them it behaves as the standard says. */
export interface EventSourceOptions {
  /**
   * Whether cookies and other credentials are sent to another origin too.
   * @default false
   */
  withCredentials?: boolean
  /**
   * The request's method.
   * @default 'GET'
   */
  method?: string
  /**
   * Headers to add to every request. Those that you set win over ours (`Accept`, `Last-Event-ID`).
   * To another origin, they cause a CORS preflight.
   */
  headers?: HeadersInit
  /** The request's body, for methods that have one. A stream is not taken: it cannot be sent twice. */
  body?: Exclude<BodyInit, ReadableStream> | null
  /**
   * The last event ID to begin with: the first request asks to resume from here.
   * @default '' (none)
   */
  lastEventId?: string
  /**
   * Whether to reconnect after the connection was lost or the server has ended the stream.
   * @default true for GET; false for other methods, so that no request is repeated unasked
   */
  reconnect?: boolean
  /**
   * How many bytes one event may buffer, the line that is not finished included. More of them fail
   * the connection with the reason `limit`.
   * @default 67108864 (64 MiB)
   */
  maxEventSize?: number
}

const NAMES = [
  'body',
  'headers',
  'lastEventId',
  'maxEventSize',
  'method',
  'reconnect',
  'withCredentials',
] as const satisfies readonly (keyof EventSourceOptions)[]

/**
 * Reads a dictionary as Web IDL does: each member once, in the order of their names, so that what
 * a getter throws comes out of the constructor. Their types are checked by the engine.
 */
export function readOptions(init: unknown): EventSourceOptions {
  if (init === undefined || init === null) return {}
  if (typeof init !== 'object' && typeof init !== 'function') {
    throw new TypeError(`EventSource: the second argument must be an object, not ${String(init)}`)
  }
  const options: Record<string, unknown> = {}
  for (const name of NAMES) options[name] = (init as EventSourceOptions)[name]
  options['withCredentials'] = Boolean(options['withCredentials'])
  return options
}
