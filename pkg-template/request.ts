/**
 * The requests of a source, after the HTML standard, section 9.2.2, "constructor", and section
 * 9.2.3, "reestablish the connection".
 */

import { nextTask } from './next-task.js'
import type { Attempt, EventSourceOptions } from './options.js'
import { PolicyWatch } from './policy-watch.js'
import { isEventStream, retryAfter } from './response-head.js'

/** What every request of a source has in common. */
export interface RequestOptions
  extends Required<Pick<EventSourceOptions, 'method'>>,
    Pick<EventSourceOptions, 'headers' | 'body' | 'fetch'> {
  /** Whether the method is GET, in any case. */
  isGet: boolean
  /** The query parameter for the last event ID; by default it goes as the header. */
  query: string | undefined
  /** Further members of the second argument of `fetch`. */
  init: RequestInit
}

/** A response, and what there is to know of it before its body is read. */
export interface Answer {
  response: Response
  status: number
  isEventStream: boolean
  /** The delay in ms that it asks for, or NaN. */
  retryAfter: number
}

/** Why there is no response. */
export interface Refusal {
  /** `network`: `fetch` does not tell why; `cors`: nor does it, but that may be why. */
  reason: 'request' | 'blocked' | 'unsupported-scheme' | 'network' | 'cors'
  /** What was thrown. */
  error: unknown
}

/** The requests of one source, one after the other. */
export class Requests {
  readonly #asked: string
  readonly #options: RequestOptions
  /** The URL to ask next. */
  #url: string

  /** @param url - absolute */
  constructor(url: string, options: RequestOptions) {
    this.#asked = this.#url = url
    this.#options = options
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
  async send(attempt: Attempt, signal: AbortSignal, onSent?: () => void): Promise<Answer> {
    const options = this.#options
    let url = this.#url
    // The native class takes `http:` and `https:`, and Chromium's `data:` and `blob:` too.
    if (!/^(https?|data|blob):/.test(url)) {
      // No event comes before the task is over that the source was made in.
      await nextTask()
      throw refusal('unsupported-scheme')
    }
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
      reason = this.#mayBeRefused() ? 'cors' : 'network'
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
        isEventStream: isEventStream(header('Content-Type')),
        retryAfter: retryAfter(header('Retry-After')),
      }
    } catch (error) {
      throw refusal((await policy?.hasBlocked()) ? 'blocked' : reason, error)
    } finally {
      policy?.end()
    }
  }

  /**
   * Sends a request to the same URL that succeeds whenever anything answers. Nobody can read the
   * response.
   */
  async probe(signal: AbortSignal): Promise<unknown> {
    const { credentials } = this.#options.init
    return fetch(this.#url, { mode: 'no-cors', credentials, cache: 'no-store', signal })
  }

  /**
   * Remembers where redirects have led, for the next request.
   *
   * The standard leaves open which URL a reconnection asks. Chromium asks the final one, whatever
   * the status of the redirects, and so does this, but for two cases, where it asks the user's
   * again. Headers of the user's own do not go straight to another origin: on its way there
   * `fetch` may have dropped some of them, `Authorization` for one. And a method other than GET
   * is not repeated where a redirect may just have made a GET of it.
   *
   * @returns the origin of the response; one that is not from the network has that of the user's URL
   */
  follow({ redirected, url }: Response): string {
    const asked = originOf(this.#asked)
    const origin = url ? originOf(url) : asked
    if (redirected) {
      const { isGet, headers } = this.#options
      const mayFollow = isGet && (headers === undefined || origin === asked)
      this.#url = mayFollow ? url : this.#asked
    }
    return origin
  }

  /** Whether it may be CORS that makes a request fail. A `fetch` of the user's is not bound by it. */
  #mayBeRefused(): boolean {
    const { isGet, fetch } = this.#options
    const { origin } = globalThis
    return isGet && !fetch && origin !== undefined && originOf(this.#url) !== origin
  }
}

function refusal(reason: Refusal['reason'], error?: unknown): Refusal {
  return { reason, error }
}

/** The origin of an absolute URL, serialised. */
function originOf(url: string): string {
  return new URL(url).origin
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
