/** The failure of a source, or of a response, for whoever gets no events: thrown, not fired. */

import { type EventSourceErrorReason, type EventSourceFailure, messageOf } from './events.js'

/**
 * Why there will be no further message: what an `error` event tells, and for the same reasons. `cause`
 * is the same as {@link EventSourceError.error}.
 */
export class EventSourceError extends Error implements EventSourceFailure {
  readonly reason: EventSourceErrorReason
  readonly status: number | undefined
  readonly response: Response | undefined
  readonly error: unknown
  readonly attempt: number
  readonly retryIn: number | null

  /** @internal */
  constructor(failure: EventSourceFailure) {
    super(messageOf(failure), failure.error === undefined ? undefined : { cause: failure.error })
    this.reason = failure.reason
    this.status = failure.status
    this.response = failure.response
    this.error = failure.error
    this.attempt = failure.attempt
    this.retryIn = failure.retryIn
  }
}
// Minifying would take the name from it.
Object.defineProperty(EventSourceError.prototype, 'name', {
  value: 'EventSourceError',
  configurable: true,
})
