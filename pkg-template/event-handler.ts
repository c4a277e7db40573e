/** Called with the source as `this`, if it can be called. */
type Handler = (this: EventTarget, event: Event) => unknown

// A subclass may have methods of these names, which setting an attribute does not call.
const { addEventListener, removeEventListener } = EventTarget.prototype

/**
 * The event handler attributes, `onopen` and its like, after the HTML standard, section 8.1.8.1:
 * one listener, registered when a handler is first set and removed when it is set to null, whose
 * handler can be replaced without losing its place among the listeners.
 */
export class EventHandler {
  readonly #target: EventTarget
  readonly #type: string
  #handler: Handler | null = null

  constructor(target: EventTarget, type: string) {
    this.#target = target
    this.#type = type
  }

  get value(): Handler | null {
    return this.#handler
  }

  /** Takes any object, though only a function will be called; anything else becomes null. */
  set value(value: unknown) {
    const handler =
      typeof value === 'function' || typeof value === 'object' ? (value as Handler | null) : null
    if (handler === null) {
      removeEventListener.call(this.#target, this.#type, this.#listener)
    } else if (this.#handler === null) {
      addEventListener.call(this.#target, this.#type, this.#listener)
    }
    this.#handler = handler
  }

  readonly #listener = (event: Event): void => {
    if (typeof this.#handler !== 'function') return
    // The events of a source cannot be canceled, but whatever else a page dispatches on it can.
    if (this.#handler.call(this.#target, event) === false) event.preventDefault()
  }
}
