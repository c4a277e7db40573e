/**
 * Whether the Content Security Policy of a page is why its request failed.
 *
 * `fetch` does not tell: it rejects as it does for a lost network. But the page is told of each
 * violation (https://w3c.github.io/webappsec-csp/#violation-events), and while a lost network may
 * come back, a policy stays as it is.
 */

const EVENT = 'securitypolicyviolation'

/** How long after the failure of a request its event may come, in ms; in Firefox it does. */
const GRACE = 50

/** Watches for a policy that blocks the request for a URL, from its construction on. */
export class PolicyWatch {
  readonly #reported: string
  #block = (): void => {}
  readonly #isBlocked = new Promise<true>((resolve) => (this.#block = () => resolve(true)))

  constructor(url: string) {
    this.#reported = strippedForReports(url)
    // The events bubble up from the document; in a worker they are fired at the global object. A
    // runtime that has no such method has no policies either.
    globalThis.addEventListener?.(EVENT, this.#listener)
  }

  /** Whether the request, which has failed, has been blocked. */
  hasBlocked(): Promise<boolean> {
    const isOver = new Promise<false>((resolve) => setTimeout(resolve, GRACE, false))
    return Promise.race([this.#isBlocked, isOver])
  }

  /** Ends the watch. */
  end(): void {
    globalThis.removeEventListener?.(EVENT, this.#listener)
  }

  readonly #listener = (event: SecurityPolicyViolationEvent): void => {
    if (
      event.disposition === 'enforce' &&
      event.effectiveDirective === 'connect-src' &&
      event.blockedURI === this.#reported
    ) {
      this.#block()
    }
  }
}

/**
 * What a report of a blocked request has for its URL: nothing but the scheme if that is not an
 * HTTP(S) one, otherwise all but user info and fragment: Content Security Policy Level 3, "strip URL
 * for use in reports" (https://w3c.github.io/webappsec-csp/#strip-url-for-use-in-reports).
 */
function strippedForReports(url: string): string {
  const stripped = new URL(url)
  if (!/^https?:$/.test(stripped.protocol)) return stripped.protocol.slice(0, -1)
  stripped.username = stripped.password = stripped.hash = ''
  return stripped.href
}
