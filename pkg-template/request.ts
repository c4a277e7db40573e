/**
 * The requests of a source, after the HTML standard, section 9.2.2, "constructor", and section
 * 9.2.3, "reestablish the connection".
 */

import type { Attempt, EventSourceOptions } from './options.js'
import { PolicyWatch } from './policy-watch.js'

/** What every request of a source has in common. */
export interface RequestOptions
  extends Required<Pick<EventSourceOptions, 'method'>>,
    Pick<EventSourceOptions, 'headers' | 'body' | 'fetch'> {
  /** The query parameter for the last event ID; by default it goes as the header. */
  query: string | undefined
  /** Further members of the second argument of `fetch`. */
  init: RequestInit
}

/** A response, and what there is to know of it before its body is read. */
export interface Answer {
  response: Response
  status: number
  /** The header, empty if there is none. */
  contentType: string
  /** The header, likewise. */
  retryAfter: string
  /** Its URL, if redirects have led there, otherwise empty. */
  redirectedTo: string
}

/** Why there is no response. */
export interface Refusal {
  /**
   * `request`: it could not be made; `blocked`: the page's Content-Security-Policy forbids it;
   * `network`: `fetch` does not tell why.
   */
  reason: 'request' | 'blocked' | 'network'
  /** What was thrown. */
  error: unknown
}

/**
 * Sends the request of an attempt. What the user has set wins over what we would.
 *
 * DIFFERENCE: to another origin, `fetch` sends a preflight for the header `Last-Event-ID`, which
 * the native class sends without one.
 *
 * @param signal - ends the request
 * @param onSent - called once `fetch` has been
 * @returns a promise that rejects with a {@link Refusal}
 */
export async function sendRequest(
  url: string,
  options: RequestOptions,
  attempt: Attempt,
  signal: AbortSignal,
  onSent?: () => void,
): Promise<Answer> {
  let reason: Refusal['reason'] = 'request'
  let policy: PolicyWatch | undefined
  try {
    const [given, body] = await Promise.all([
      madeFor(attempt, options.headers),
      madeFor(attempt, options.body),
    ])
    const headers = new Headers(given ?? {})
    if (!headers.has('Accept')) headers.set('Accept', 'text/event-stream')
    const { lastEventId } = attempt
    if (lastEventId !== '') {
      if (options.query !== undefined) {
        const withId = new URL(url)
        withId.searchParams.set(options.query, lastEventId)
        url = withId.href
      } else if (!headers.has('Last-Event-ID')) {
        headers.set('Last-Event-ID', byteString(lastEventId))
      }
    }
    // A `fetch` of the user's may not look at the signal.
    if (signal.aborted) throw signal.reason
    reason = 'network'
    policy = new PolicyWatch(url)
    const responding = (options.fetch ?? fetch)(url, {
      method: options.method,
      headers,
      body,
      mode: 'cors',
      // This alone makes the browser send `Cache-Control: no-cache`; setting that header by hand
      // would cause a preflight.
      cache: 'no-store',
      signal,
      ...options.init,
    })
    onSent?.()
    const response = await responding
    // A `fetch` of the user's may have made up anything; what it lacks throws here.
    const header = (name: string) => `${response.headers.get(name) ?? ''}`
    return {
      response,
      status: Number(response.status),
      contentType: header('Content-Type'),
      retryAfter: header('Retry-After'),
      redirectedTo: response.redirected ? `${response.url}` : '',
    }
  } catch (error) {
    const refusal: Refusal = { reason: (await policy?.hasBlocked()) ? 'blocked' : reason, error }
    throw refusal
  } finally {
    policy?.end()
  }
}

/**
 * Sends a request for the same URL that succeeds whenever anything answers. Nobody can read the
 * response.
 */
export async function sendProbe(
  url: string,
  { fetch, init: { credentials } }: RequestOptions,
  signal: AbortSignal,
): Promise<unknown> {
  return (fetch ?? globalThis.fetch)(url, { mode: 'no-cors', credentials, cache: 'no-store', signal })
}

/** What the user has given, or what a function of the user's gives for this attempt. */
async function madeFor<T>(
  attempt: Attempt,
  given: T | ((attempt: Attempt) => T | Promise<T>),
): Promise<T> {
  return typeof given === 'function'
    ? (given as (attempt: Attempt) => T | Promise<T>)(attempt)
    : given
}

/**
 * The UTF-8 bytes of a text, each as the code unit of its number: `Headers` takes a value byte by
 * byte, and refuses a code unit above U+00FF.
 *
 * DIFFERENCE: WebKitGTK sends each of these code units in UTF-8, so that an ID that is not ASCII
 * arrives encoded twice. No page can see what was sent, so that it cannot be found out, and an ID
 * above U+00FF could not be handed over in any other way.
 */
function byteString(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}
