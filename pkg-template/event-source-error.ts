/** The failure of a source, or of a response, for whoever gets no events: thrown, not fired. */

import { type EventSourceErrorReason, type EventSourceFailure, messageOf } from './events.js'

/**
 * Why there will be no further message: what an `error` event tells, and for the same reasons. `cause`
 * is the same as {@link EventSourceError.error}.
 */
export class EventSourceError extends Error implements EventSourceFailure {
  declare readonly reason: EventSourceErrorReason
  declare readonly status: number | undefined
  declare readonly response: Response | undefined
  declare readonly error: unknown
  declare readonly attempt: number
  declare readonly retryIn: number | null

  /** @internal */
  constructor(failure: EventSourceFailure) {
    super(messageOf(failure), failure.error === undefined ? undefined : { cause: failure.error })
    Object.assign(this, failure)
  }
}
// Minifying would take the name from it.
Object.defineProperty(EventSourceError.prototype, 'name', {
  value: 'EventSourceError',
  configurable: true,
})
