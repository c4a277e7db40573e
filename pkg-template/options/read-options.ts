/** Reads and checks what a source is told when it is made. */

import type { SourceOptions } from '../engine/glue.js'
import { checkSurroundings } from '../engine/surroundings.js'
import {
  choice,
  type Dictionary,
  lastEventIdOf,
  maxEventSizeOf,
  milliseconds,
  number,
  ofType,
  wrong,
} from './option-checks.js'
import type { EventSourceOptions, ReconnectOptions, ResumeOptions } from './options.js'
import { checkRequest, readHeaders } from './request-checks.js'
import { shareOf } from './share-checks.js'

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

/** The members that we read ourselves. */
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
  'resume',
  'sendLastEventId',
  'share',
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
  'repeat',
  'resetAfter',
  'statuses',
  'strategy',
] as const satisfies readonly (keyof ReconnectOptions)[]

const STRATEGIES = ['constant', 'linear', 'exponential'] as const
const JITTERS = ['none', 'full', 'equal', 'decorrelated'] as const

/** The reconnection time until a server sets one, in ms. Chromium takes 3000, Firefox 5000. */
const DEFAULT_DELAY = 3_000

/**
 * The least delay, in ms. The standard lets a server ask for `retry: 0`, with which one that accepts
 * and closes at once would be asked without a pause.
 *
 * DIFFERENCE: Chromium obeys `retry: 0`, Firefox raises it to 500.
 */
const DEFAULT_MIN_DELAY = 100

/**
 * How long a connection must last to count as a success, in ms. Without it, a server that accepts and
 * closes at once would never be asked more slowly.
 */
const DEFAULT_RESET_AFTER = 5_000

/** The options, checked, by who needs them. */
export interface CheckedOptions extends Pick<EventSourceOptions, 'onComment'> {
  withCredentials: boolean
  signal: AbortSignal | undefined
  decide: ReconnectOptions['decide']
  resume: ResumeOptions | undefined
  share: true | string | undefined
  /** What the engine is to know. */
  source: Omit<SourceOptions, 'url' | 'madeAt' | 'lifetime' | 'hasCrashed'>
}

/**
 * Reads a dictionary as Web IDL does: each member once, in the order of their names, so that what
 * a getter throws comes out of the constructor.
 *
 * @throws a `TypeError` or `RangeError` that names the option
 */
export function readOptions(dictionary: unknown): CheckedOptions {
  checkSurroundings('Request', 'ReadableStream')
  // What a page has added to `Object.prototype` is no option of a source that is given none.
  const given = dictionary ?? Object.create(null)
  if (typeof given !== 'object' && typeof given !== 'function') {
    throw new TypeError(`EventSource: the second argument must be an object, not ${String(given)}`)
  }
  const options = read(given, OWN_MEMBERS, '')
  const { body, reconnect, sendLastEventId, signal } = options.members as EventSourceOptions
  const passedOn = read(given, REQUEST_MEMBERS)
  const init = passedOn.members as RequestInit
  const policy = read(
    typeof reconnect === 'object' && reconnect !== null ? reconnect : Object.create(null),
    RECONNECT_MEMBERS,
    'reconnect.',
  )
  if (signal !== undefined && signal !== null && !isAbortSignal(signal)) {
    throw wrong(options, 'signal', 'an AbortSignal')
  }

  const method = ofType(options, 'method', 'string') ?? 'GET'
  const isGet = /^get$/i.test(method)
  if (body !== undefined && body !== null && (isGet || /^head$/i.test(method))) {
    throw new TypeError("body: a GET request cannot have one; set the method, for example to 'POST'")
  }
  // A request that may change something is not repeated unasked.
  const reconnects =
    (typeof reconnect === 'object' && reconnect !== null) ||
    (ofType(options, 'reconnect', 'boolean', 'a boolean or an object') ?? isGet)
  if (body instanceof ReadableStream) {
    Object.assign(init, { duplex: 'half', ...init })
    if (reconnects) {
      throw new TypeError(
        'body: a stream cannot be sent twice; pass a function that makes one for each attempt, or ' +
          'set reconnect to false',
      )
    }
  }
  const lastEventId = lastEventIdOf(options)
  const query = (sendLastEventId as { query?: unknown } | undefined)?.query
  if (sendLastEventId !== undefined && sendLastEventId !== 'header' && typeof query !== 'string') {
    throw wrong(options, 'sendLastEventId', "'header' or { query: the name of a parameter }")
  }
  const statuses = policy.members['statuses'] as number[] | undefined
  const areStatuses = (given: unknown): boolean =>
    Array.isArray(given) && given.every((status) => status >= 200 && status < 600)
  if (statuses !== undefined && !areStatuses(statuses)) {
    throw wrong(policy, 'statuses', 'an array of statuses, from 200 to 599')
  }
  const strategy = choice(policy, 'strategy', STRATEGIES)
  const maxDelay = milliseconds(policy, 'maxDelay', 0)
  const minDelay = milliseconds(policy, 'minDelay', 0, Math.min(DEFAULT_MIN_DELAY, maxDelay))
  if (minDelay > maxDelay) throw wrong(policy, 'minDelay', 'at most maxDelay', RangeError)

  const withCredentials = Boolean(options.members['withCredentials'])
  const fetch = ofType(options, 'fetch', 'function')
  const decide = ofType(policy, 'decide', 'function')
  const onComment = ofType(options, 'onComment', 'function')
  const headers = readHeaders(options)
  const requestInit: RequestInit = {
    method,
    mode: 'cors',
    // This alone makes the browser send `Cache-Control: no-cache`; setting that header by hand would
    // cause a preflight.
    cache: 'no-store',
    credentials: withCredentials ? 'include' : 'same-origin',
    ...init,
  }
  checkRequest(passedOn, requestInit, headers)
  return {
    withCredentials,
    signal: signal ?? undefined,
    onComment,
    decide,
    resume: resumeOf(options),
    share: shareOf(options, isGet, init),
    source: {
      pageOrigin: globalThis.origin,
      isGet,
      mayLeak: headers !== undefined || fetch !== undefined,
      // A `fetch` of the user's is not bound by CORS; and where a request does not go, no other is sent.
      mayProbe:
        fetch === undefined &&
        requestInit.mode === 'cors' &&
        (requestInit.redirect ?? 'follow') === 'follow',
      init: requestInit,
      headers,
      body,
      fetch,
      query: query as string | undefined,
      lastEventId,
      maxEventSize: maxEventSizeOf(options),
      keepsComments: onComment !== undefined,
      connectTimeout: milliseconds(options, 'connectTimeout', 1),
      idleTimeout: milliseconds(options, 'idleTimeout', 1),
      pauseWhenHidden: Boolean(options.members['pauseWhenHidden']),
      asksTheUser: decide !== undefined,
      repeats: reconnects && (ofType(policy, 'repeat', 'boolean') ?? (isGet || reconnect === true)),
      statuses: statuses && new Uint16Array(statuses),
      strategy,
      // Exponential delays double; others grow by the delay itself, if at all.
      factor: number(policy, 'factor', 'a number', 0, strategy === 'exponential' ? 2 : 1),
      jitter: choice(policy, 'jitter', JITTERS),
      delay: milliseconds(policy, 'delay', 0, DEFAULT_DELAY),
      minDelay,
      maxDelay,
      maxAttempts: number(policy, 'maxAttempts', 'a number', 1, Infinity),
      resetAfter: milliseconds(policy, 'resetAfter', 0, DEFAULT_RESET_AFTER),
      reader: undefined,
      standing: undefined,
      firstDelay: 0,
    },
  }
}

/**
 * The members of a dictionary that have one of these names. With a prefix, tells of those that have
 * another name.
 */
function read(dictionary: object, names: readonly string[], prefix?: string): Dictionary {
  // Without a prototype: it may have a setter of that name.
  const members: Record<string, unknown> = Object.create(null)
  for (const name of names) {
    const value = (dictionary as Record<string, unknown>)[name]
    if (value !== undefined) members[name] = value
  }
  if (prefix !== undefined) {
    for (const name of Object.keys(dictionary)) {
      if (!names.includes(name) && !(prefix === '' && isRequestMember(name))) warn(prefix + name)
    }
  }
  return { members, prefix: prefix ?? '' }
}

function resumeOf(options: Dictionary): ResumeOptions | undefined {
  const resume = options.members['resume'] ?? false
  if (typeof resume === 'boolean') return resume ? {} : undefined
  const { storage, key } = Object(resume) as Record<string, unknown>
  const has = (name: string): boolean => typeof Object(storage)[name] === 'function'
  const isStorage = ['getItem', 'setItem', 'removeItem'].every(has)
  if (typeof resume !== 'object' || (storage !== undefined && !isStorage) || (key !== undefined && typeof key !== 'string')) {
    throw wrong(options, 'resume', 'a boolean or { storage, key }: a Storage, and a string')
  }
  return { storage, key } as ResumeOptions
}

/** Not by `instanceof`: it may come from another realm, or be a polyfill. */
function isAbortSignal(signal: unknown): signal is AbortSignal {
  const { aborted, addEventListener, removeEventListener } = Object(signal) as Partial<AbortSignal>
  return (
    typeof aborted === 'boolean' &&
    typeof addEventListener === 'function' &&
    typeof removeEventListener === 'function'
  )
}

function isRequestMember(name: string): boolean {
  return (REQUEST_MEMBERS as readonly string[]).includes(name)
}

const warned = /* @__PURE__ */ new Set<string>()

/** Says once that there is no such option: most likely it is misspelt. */
function warn(name: string): void {
  if (warned.has(name)) return
  warned.add(name)
  console.warn(`wasm-eventsource: there is no option "${name}"`)
}
