/**
 * Whether the Content Security Policy of a page is why its request failed.
 *
 * `fetch` does not tell: it rejects as it does for a lost network. But the page is told of each
 * violation (https://w3c.github.io/webappsec-csp/#violation-events), and while a lost network may
 * come back, a policy stays as it is.
 */

import { nextTask } from './next-task.js'

const EVENT = 'securitypolicyviolation'

/** Watches for a policy that blocks the request for a URL, from its construction on. */
export class PolicyWatch {
  readonly #reported: string
  #hasBlocked = false

  constructor(url: string) {
    this.#reported = strippedForReports(url)
    // The events bubble up from the document; in a worker they are fired at the global object. A
    // runtime that has no such method has no policies either.
    globalThis.addEventListener?.(EVENT, this.#listener)
  }

  /** Whether the request has been blocked. Its event has a task of its own, which may come later. */
  async hasBlocked(): Promise<boolean> {
    await nextTask()
    return this.#hasBlocked
  }

  /** Ends the watch. */
  end(): void {
    globalThis.removeEventListener?.(EVENT, this.#listener)
  }

  readonly #listener = (event: SecurityPolicyViolationEvent): void => {
    this.#hasBlocked ||=
      event.disposition === 'enforce' &&
      event.effectiveDirective === 'connect-src' &&
      event.blockedURI === this.#reported
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
