import type { EventSource } from './event-source.js'
import { addEventListener, Listener, type Listeners, removeEventListener } from './listeners.js'

/** What an event handler attribute takes. */
export type EventSourceHandler<E extends Event> = ((this: EventSource, event: E) => unknown) | null

/**
 * What an event handler attribute returns. Wider than what it takes, so that the class can stand
 * where the native one is expected, whose handlers know less of their arguments.
 */
export type CurrentHandler = ((this: any, event: any) => unknown) | null

/** Called with the source as `this`, if it can be called. */
type Handler = (this: EventTarget, event: Event) => unknown

/**
 * The event handler attributes, `onopen` and its like, after the HTML standard, section 8.1.8.1:
 * one listener, registered when a handler is first set and removed when it is set to null, whose
 * handler can be replaced without losing its place among the listeners.
 */
export class EventHandler {
  readonly #target: EventTarget
  readonly #type: string
  readonly #listeners: Listeners
  /** What the record of the listeners has: there the handler itself is called. */
  #listener: Listener | undefined

  constructor(target: EventTarget, type: string, listeners: Listeners) {
    this.#target = target
    this.#type = type
    this.#listeners = listeners
  }

  get value(): Handler | null {
    return (this.#listener?.callback as Handler | undefined) ?? null
  }

  /** Takes any object, though only a function will be called; anything else becomes null. */
  set value(value: unknown) {
    const handler = typeof value === 'function' || typeof value === 'object' ? value : null
    if (handler !== null) {
      if (this.#listener === undefined) {
        addEventListener.call(this.#target, this.#type, this.#handleEvent)
        this.#listener = new Listener(this.#type, this.#handleEvent, handler)
        this.#listeners.record(this.#listener)
      }
      this.#listener.callback = handler
    } else if (this.#listener !== undefined) {
      removeEventListener.call(this.#target, this.#type, this.#handleEvent)
      this.#listeners.forget(this.#listener)
      this.#listener = undefined
    }
  }

  readonly #handleEvent = (event: Event): void => {
    const handler = this.value
    if (typeof handler !== 'function') return
    // The events of a source cannot be canceled, but whatever else a page dispatches on it can.
    if (Reflect.apply(handler, this.#target, [event]) === false) event.preventDefault()
  }
}
