/** The failure of a source, or of a response, for whoever gets no events: thrown, not fired. */

import { NativeError } from '../natives.js'
import { type EventSourceFailure, messageOf } from './failure.js'

/**
 * Why there will be no further message: what an `error` event tells, and for the same reasons. `cause`
 * is the same as {@link EventSourceError.error}.
 */
export class EventSourceError extends NativeError {
  /** @internal */
  constructor(failure: EventSourceFailure) {
    super(messageOf(failure), failure.error === undefined ? undefined : { cause: failure.error })
    Object.assign(this, failure)
  }

  // On the prototype, where minifying does not take it.
  override get name(): string {
    return 'EventSourceError'
  }
}
/** What a failure tells, the error tells. */
export interface EventSourceError extends EventSourceFailure {}
