/** The events that an `EventSource` fires. */

/**
 * A message. To whoever receives it, it is a `MessageEvent` that can be dispatched again.
 *
 * It is built as a plain `Event`, because the constructor of `MessageEvent` with its dictionary
 * takes several times as long as everything else that happens to a message. Its prototype then
 * stands on `MessageEvent.prototype`, which `instanceof`, `Object.prototype.toString` and
 * `constructor` go by; the getters of that prototype would refuse this object, so each has a
 * counterpart here.
 */
class StreamMessageEvent extends Event {
  #data: unknown
  #origin: string
  #lastEventId: string

  constructor(type: string, data: string, origin: string, lastEventId: string) {
    super(type)
    this.#data = data
    this.#origin = origin
    this.#lastEventId = lastEventId
  }

  get data(): unknown {
    return this.#data
  }
  get origin(): string {
    return this.#origin
  }
  get lastEventId(): string {
    return this.#lastEventId
  }

  /** A relic of the days before constructors, which a page may still use to send an event on. */
  initMessageEvent(type: string, ...rest: unknown[]): void {
    // Its conversions and defaults are those of the method that this one stands for.
    const message = new MessageEvent('message')
    Reflect.apply(message.initMessageEvent, message, [type, ...rest].slice(0, arguments.length))
    if (this.eventPhase !== Event.NONE) return
    this.initEvent(message.type, message.bubbles, message.cancelable)
    this.#data = message.data
    this.#origin = message.origin
    this.#lastEventId = message.lastEventId
    reinitialized.set(this, message)
  }
}

/** Where to find what is seldom other than in any message, so that no event has to hold it. */
const reinitialized = new WeakMap<Event, MessageEvent>()

Reflect.deleteProperty(StreamMessageEvent.prototype, 'constructor')
Object.setPrototypeOf(StreamMessageEvent.prototype, MessageEvent.prototype)

// The rest (`source`, `ports`, and what an engine adds of its own) is that of any message event.
const anyMessageEvent = new MessageEvent('message')
for (const [name, { get }] of Object.entries(
  Object.getOwnPropertyDescriptors(MessageEvent.prototype),
)) {
  if (get !== undefined && !Object.hasOwn(StreamMessageEvent.prototype, name)) {
    Object.defineProperty(StreamMessageEvent.prototype, name, {
      get(this: Event) {
        return Reflect.get(reinitialized.get(this) ?? anyMessageEvent, name)
      },
      configurable: true,
    })
  }
}

// A property that is not enumerable would hide the one further up the chain from `for … in`.
for (const name of Object.getOwnPropertyNames(StreamMessageEvent.prototype)) {
  Object.defineProperty(StreamMessageEvent.prototype, name, { enumerable: true })
}

/** Makes the event of a message. */
export function createMessageEvent(
  type: string,
  data: string,
  origin: string,
  lastEventId: string,
): MessageEvent<string> {
  return new StreamMessageEvent(type, data, origin, lastEventId) as unknown as MessageEvent<string>
}

/**
 * Why a connection was lost.
 *
 * - `network`: the fetch, or the reading of its body, failed. A page cannot know why: a server that
 *   refuses connections, a name that does not resolve and a refusal by CORS look the same to it.
 * - `ended`: the server ended the stream.
 * - `status`: the status was not 200. See `status`; 204 is how a server asks not to come back.
 * - `content-type`: the response is not `text/event-stream`.
 * - `limit`: an event was larger than `maxEventSize`, or than the memory that was left.
 * - `internal`: WebAssembly could not be started, or a fault of this package. See `error`.
 */
export type EventSourceErrorReason =
  | 'network'
  | 'ended'
  | 'status'
  | 'content-type'
  | 'limit'
  | 'internal'

/** What an {@link EventSourceErrorEvent} tells. */
export interface EventSourceErrorDetail {
  reason: EventSourceErrorReason
  status?: number | undefined
  retryIn?: number | undefined
  error?: unknown
}

/**
 * An `error` event: a connection was lost, or never came to be. Goes beyond the standard, whose
 * `error` events say nothing.
 */
export class EventSourceErrorEvent extends Event {
  /** Why. */
  readonly reason: EventSourceErrorReason
  /** The HTTP status, where that is the reason; otherwise `undefined`. */
  readonly status: number | undefined
  /** The delay in ms before the next attempt, or `null` if there will be none. */
  readonly retryIn: number | null
  /** What `fetch` or the body's reader threw, where that is the reason; otherwise `undefined`. */
  readonly error: unknown

  /** @internal */
  constructor(detail: EventSourceErrorDetail) {
    super('error')
    this.reason = detail.reason
    this.status = detail.status
    this.retryIn = detail.retryIn ?? null
    this.error = detail.error
  }
}

// Minifying would take the name from it.
Object.defineProperty(EventSourceErrorEvent, 'name', {
  value: 'EventSourceErrorEvent',
  configurable: true,
})
