/** The failure of a source, or of a response, for whoever gets no events: thrown, not fired. */

import { type EventSourceFailure, messageOf } from './failure.js'

/**
 * Why there will be no further message: what an `error` event tells, and for the same reasons. `cause`
 * is the same as {@link EventSourceError.error}.
 */
export class EventSourceError extends Error {
  /** @internal */
  constructor(failure: EventSourceFailure) {
    super(messageOf(failure), failure.error === undefined ? undefined : { cause: failure.error })
    Object.assign(this, failure)
  }
}
/** What a failure tells, the error tells. */
export interface EventSourceError extends EventSourceFailure {}

// Minifying would take the name from it.
Object.defineProperty(EventSourceError.prototype, 'name', {
  value: 'EventSourceError',
  configurable: true,
})
