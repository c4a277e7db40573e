/** The event of a message, and its way to listeners that are called directly. */

import { NativeEvent } from '../natives.js'

/** The event that is on its way to listeners by {@link callEach}, of which the browser knows nothing. */
let onItsWay: Event | undefined

/** How far a listener has stopped it. */
let stopped = 0
const PROPAGATION = 1
const AT_ONCE = 2

/**
 * A message. To whoever receives it, it is a `MessageEvent` that can be dispatched again.
 *
 * It is built as a plain `Event`, because the constructor of `MessageEvent` with its dictionary
 * takes several times as long as everything else that happens to a message. Its prototype then
 * stands on `MessageEvent.prototype`, which `instanceof`, `Object.prototype.toString` and
 * `constructor` go by; the getters of that prototype would refuse this object, so each has a
 * counterpart here. Those of `Event.prototype` do not know where it is while it is not the browser
 * that dispatches it: each of them that should has a counterpart too.
 *
 * DIFFERENCE: `isTrusted` is false, as it is of every event that a script makes.
 */
class StreamMessageEvent extends NativeEvent {
  #data: unknown
  #origin: string
  #lastEventId: string
  /** Where it was dispatched first. */
  #source: EventTarget | null

  constructor(
    type: string,
    data: string,
    origin: string,
    lastEventId: string,
    source: EventTarget,
  ) {
    super(type)
    this.#data = data
    this.#origin = origin
    this.#lastEventId = lastEventId
    this.#source = source
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

  override composedPath(): EventTarget[] {
    const path = super.composedPath()
    return path.length === 0 && this === onItsWay ? [this.#source!] : path
  }

  override stopPropagation(): void {
    if (this === onItsWay) stopped ||= PROPAGATION
    else super.stopPropagation()
  }
  override stopImmediatePropagation(): void {
    if (this === onItsWay) stopped = AT_ONCE
    else super.stopImmediatePropagation()
  }

  override initEvent(type: string, ...rest: boolean[]): void {
    if (this === onItsWay) return
    Reflect.apply(super.initEvent, this, arguments)
    this.#source = null
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

  /** What the getter of a name says, given what that of `Event.prototype` says. */
  static say(event: StreamMessageEvent, name: string, native: unknown): unknown {
    const isOnItsWay = event === onItsWay
    if (name === 'eventPhase') return native || (isOnItsWay ? Event.AT_TARGET : Event.NONE)
    if (name === 'cancelBubble') return native || (isOnItsWay && stopped > 0)
    // `srcElement` and, in Firefox, `originalTarget` are other names of `target`.
    return native ?? (isOnItsWay || name !== 'currentTarget' ? event.#source : null)
  }
}

/** Where to find what is seldom other than in any message, so that no event has to hold it. */
const reinitialized = /* @__PURE__ */ new WeakMap<Event, MessageEvent>()

/** The class, finished: in a call that bundlers know to be without effect if nobody uses it. */
const FinishedMessageEvent = /* @__PURE__ */ finish()

function finish(): typeof StreamMessageEvent {
  for (const [name, { get, set }] of Object.entries(
    Object.getOwnPropertyDescriptors(Event.prototype),
  )) {
    if (get === undefined || !/[tT]arget$|srcElement|eventPhase|cancelBubble/.test(name)) continue
    Object.defineProperty(StreamMessageEvent.prototype, name, {
      get(this: StreamMessageEvent) {
        return StreamMessageEvent.say(this, name, get.call(this))
      },
      // Only `cancelBubble` can be set.
      set:
        set &&
        function (this: StreamMessageEvent, flag: unknown) {
          if (flag) this.stopPropagation()
        },
      configurable: true,
    })
  }

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
  return StreamMessageEvent
}

/** Makes the event of a message of `source`. */
export function createMessageEvent(
  type: string,
  data: string,
  origin: string,
  lastEventId: string,
  source: EventTarget,
): MessageEvent<string> {
  return new FinishedMessageEvent(
    type,
    data,
    origin,
    lastEventId,
    source,
  ) as unknown as MessageEvent<string>
}

/**
 * Takes an event that {@link createMessageEvent} made to its source, as `dispatchEvent` does: has
 * each listener called in order, until one stops it. What they throw is reported.
 *
 * DIFFERENCE: a listener that dispatches the event again while it is on its way is not stopped by an
 * `InvalidStateError`; no script can make the browser believe that it is.
 */
export function callEach<L>(
  listeners: readonly L[],
  event: MessageEvent<string>,
  call: (listener: L, event: MessageEvent<string>) => void,
): void {
  // No other message can come meanwhile.
  onItsWay = event
  stopped = 0
  for (const listener of listeners) {
    try {
      call(listener, event)
    } catch (error) {
      reportError(error)
    }
    if (stopped === AT_ONCE) break
  }
  onItsWay = undefined
}
