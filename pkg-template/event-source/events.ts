/** The `open` and `error` events of an `EventSource`. */

import { type EventSourceFailure, messageOf } from '../failures/failure.js'
import { NativeEvent } from '../natives.js'

/** An `open` event: a connection was established. `response` goes beyond the standard. */
export class EventSourceOpenEvent extends NativeEvent {
  /** Minifying would take it. @internal */
  static override readonly name: string = 'EventSourceOpenEvent'

  /** The response that is being read; there is none where a stream of your own is. */
  readonly response: Response | undefined

  /** @internal */
  constructor(response: Response | undefined) {
    super('open')
    this.response = response
  }
}

/**
 * An `error` event: a connection was lost, or never came to be. Goes beyond the standard, whose
 * `error` events say nothing.
 */
export class EventSourceErrorEvent extends NativeEvent {
  /** Minifying would take it. @internal */
  static override readonly name: string = 'EventSourceErrorEvent'

  /** @internal */
  constructor(failure: EventSourceFailure) {
    super('error')
    // An assignment would call a setter that a page may have given to all objects.
    for (const [name, value] of Object.entries(failure)) {
      const descriptor = { __proto__: null, value, enumerable: true, configurable: true, writable: true }
      Object.defineProperty(this, name, descriptor)
    }
  }

  /** What happened, and what can be done about it, for the eyes of a person. */
  get message(): string {
    return messageOf(this)
  }

  /** The same as {@link status}, for code that was written for npm `eventsource`. */
  get code(): number | undefined {
    return this.status
  }
}

/** What a failure tells, the event tells. */
export interface EventSourceErrorEvent extends EventSourceFailure {}
