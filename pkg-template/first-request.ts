/** The first request of a page's first source, which is on its way while the engine is being started. */

import type { Answer, Requests } from './request.js'

/** A request that is sent before the engine asks for it. */
export class FirstRequest {
  readonly #controller = new AbortController()
  readonly #answer: Promise<Answer>
  #isTaken = false
  /** Resolves once it is on its way, or it cannot be. */
  readonly isSent: Promise<void>

  /**
   * @param signal - ends it, unless the engine has taken it over
   */
  constructor(requests: Requests, lastEventId: string, signal: AbortSignal) {
    signal.addEventListener('abort', () => {
      // The engine leaves a refused response to the listeners, though the source is closed by then.
      if (!this.#isTaken) this.#controller.abort()
    })
    let onSent = (): void => {}
    this.isSent = new Promise((resolve) => (onSent = resolve))
    const attempt = { number: 1, lastEventId, failure: null }
    this.#answer = requests.send(attempt, this.#controller.signal, onSent)
    // Nobody may be there yet to be told.
    this.#answer.catch(() => {}).finally(onSent)
  }

  /** The engine asks for it. From now on, `signal` ends it. */
  take(signal: AbortSignal): Promise<Answer> {
    this.#isTaken = true
    signal.addEventListener('abort', () => this.#controller.abort(signal.reason))
    return this.#answer
  }
}
