/**
 * The listeners of a source, and how its messages come to them: by direct calls, since the browser
 * takes several times as long to dispatch an event, wherever nobody can tell the difference.
 */

import { NativeEventTarget } from '../natives.js'
import { callEach, createMessageEvent } from './message-event.js'

const prototype = /* @__PURE__ */ prototypeOf(NativeEventTarget)

/** The methods as this script has found them: those of a subclass are for its users to call. */
export const addEventListener = /* @__PURE__ */ method('addEventListener')
export const removeEventListener = /* @__PURE__ */ method('removeEventListener')
export const dispatchEvent = /* @__PURE__ */ method('dispatchEvent')

/**
 * Whether they are the browser's own. A library that has replaced one, as zone.js does, may register
 * other functions than it is given, and relies on how they are called.
 */
const areNative = /* @__PURE__ */ areAllNative()

/** A listener that is registered with the browser, in the record of {@link Listeners}. */
export class Listener {
  isRemoved = false
  /** Ends what waits for its signal to be aborted. */
  onForget: (() => void) | undefined

  /**
   * @param registered - what the browser has been given
   * @param callback - what that calls in the end; it may be replaced
   */
  constructor(
    readonly type: string,
    readonly registered: unknown,
    public callback: unknown,
    readonly capture = false,
    readonly signal: AbortSignal | undefined = undefined,
    /** Registered just before a listener to be called once, tells when the browser removes both. */
    readonly onCall: (() => void) | undefined = undefined,
  ) {}

  /** Whether the browser has removed it, or has been told to. */
  get isGone(): boolean {
    return this.isRemoved || this.signal?.aborted === true
  }

  /**
   * Whether it can be called directly. Left to the browser are objects, listeners for the capture
   * phase and those to be called once, as they are rare; functions of another page, which may be
   * gone; and functions without parameters, as they may know the event from `window.event`.
   *
   * DIFFERENCE: to all other functions `window.event` is undefined.
   */
  get isPlain(): boolean {
    const { callback } = this
    try {
      return callback instanceof Function && callback.length > 0 && !this.capture && !this.onCall
    } catch {
      // A proxy that has been revoked.
      return false
    }
  }
}

/**
 * The record of the listeners of one source, beside that of the browser, which no script can read.
 *
 * DIFFERENCE: a listener for a message is unknown here, and not called, if it was added by a method
 * of `EventTarget.prototype` that was applied to the source past the source's own.
 */
export class Listeners {
  readonly #source: EventTarget
  /** Called when one has come or gone. */
  readonly #onChange: () => void
  /** By type. An array is never changed: an event goes to those that were there when it came. */
  readonly #listeners = new Map<string, readonly Listener[]>()
  #isComplete = areNative
  /** The types of the listeners that are not in the record, and perhaps not with the browser either. */
  readonly #unrecorded = new Set<string>()

  constructor(source: EventTarget, onChange: () => void) {
    this.#source = source
    this.#onChange = onChange
  }

  /** Whether there are any, perhaps. */
  get areThere(): boolean {
    return this.#listeners.size > 0 || this.#unrecorded.size > 0
  }

  /** Registers a listener; takes what `addEventListener` takes. */
  add(...args: unknown[]): void {
    const [type, callback, options] = args
    if (!isObject(callback)) {
      Reflect.apply(prototype.addEventListener, this.#source, args)
      return
    }
    // Each is read once, as it may be a getter.
    const name = `${type}`
    if (!this.#mayRecord(callback)) {
      this.#unrecorded.add(name)
      this.#onChange()
      Reflect.apply(prototype.addEventListener, this.#source, [name, ...args.slice(1)])
      return
    }
    const { capture, once, passive, signal } = toOptions(options)
    const read = { capture, once, passive, signal }
    const isNew = this.#find(name, callback, !!capture) === undefined
    const onCall = once && isNew ? () => this.forget(listener) : undefined
    const listener = new Listener(name, callback, callback, !!capture, signal, onCall)
    if (onCall) addEventListener.call(this.#source, name, onCall, read)
    addEventListener.call(this.#source, name, callback as EventListener, read)
    if (!isNew) return
    this.record(listener)
    if (signal?.aborted === false) this.#forgetOnAbort(listener, signal)
  }

  /** Removes a listener; takes what `removeEventListener` takes. */
  remove(...args: unknown[]): void {
    const [type, callback, options] = args
    if (!this.#mayRecord(callback)) {
      Reflect.apply(prototype.removeEventListener, this.#source, args)
      return
    }
    const name = `${type}`
    const capture = !!toOptions(options).capture
    removeEventListener.call(this.#source, name, callback as EventListener, capture)
    const listener = this.#find(name, callback, capture)
    if (listener === undefined) return
    if (listener.onCall) removeEventListener.call(this.#source, name, listener.onCall, capture)
    this.forget(listener)
  }

  /** Adds to the record what has been registered with the browser. */
  record(listener: Listener): void {
    this.#update(listener.type, [...this.#of(listener.type), listener])
  }

  /** Removes from the record what the browser has been told to remove. */
  forget(listener: Listener): void {
    listener.isRemoved = true
    listener.onForget?.()
    this.#update(listener.type, this.#of(listener.type))
  }

  /** Whether anybody may be listening to events of a type. */
  mayBeHeard(type: string): boolean {
    return this.#of(type).some(({ isGone }) => !isGone) || this.#unrecorded.has(type)
  }

  /** Dispatches a message. Where nobody listens to its type, there is no need for an event. */
  dispatch(type: string, data: string, origin: string, lastEventId: string): void {
    const listeners = this.#of(type)
    const isDirect =
      this.#isComplete && areUnwrapped() && listeners.every(({ isPlain }) => isPlain)
    if (isDirect && listeners.length === 0) return
    const event = createMessageEvent(type, data, origin, lastEventId, this.#source)
    if (isDirect) callEach(listeners, event, this.#call)
    else dispatchEvent.call(this.#source, event)
  }

  readonly #call = (listener: Listener, event: Event): void => {
    // Another listener may just have set an event handler to what is no function.
    if (listener.isGone || typeof listener.callback !== 'function') return
    Reflect.apply(listener.callback, this.#source, [event])
  }

  /** Whether a listener can come into the record; the method itself deals with all others. */
  #mayRecord(callback: unknown): boolean {
    this.#isComplete &&= areUnwrapped()
    return this.#isComplete && isObject(callback)
  }

  /**
   * Removes a listener from the record when its signal is aborted. The signal may outlive the source by
   * far, and is not to keep it alive.
   */
  #forgetOnAbort(listener: Listener, signal: AbortSignal): void {
    const listeners = new WeakRef(this)
    const gone = new WeakRef(listener)
    const forget = (): void => {
      const listener = gone.deref()
      if (listener !== undefined) listeners.deref()?.forget(listener)
    }
    addEventListener.call(signal, 'abort', forget, { once: true })
    listener.onForget = () => removeEventListener.call(signal, 'abort', forget)
  }

  #of(type: string): readonly Listener[] {
    return this.#listeners.get(type) ?? NONE
  }

  #find(type: string, registered: unknown, capture: boolean): Listener | undefined {
    return this.#of(type).find(
      (listener) =>
        listener.registered === registered && listener.capture === capture && !listener.isGone,
    )
  }

  #update(type: string, listeners: readonly Listener[]): void {
    const left = listeners.filter(({ isGone }) => !isGone)
    if (left.length > 0) this.#listeners.set(type, left)
    else this.#listeners.delete(type)
    this.#onChange()
  }
}

const NONE: readonly Listener[] = []

function prototypeOf(constructor: typeof EventTarget): EventTarget {
  return constructor.prototype
}

function method<K extends keyof EventTarget>(name: K): EventTarget[K] {
  return prototype[name]
}

function areAllNative(): boolean {
  const methods = ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const
  return methods.every(isNative) && typeof reportError === 'function'
}

function areUnwrapped(): boolean {
  return (
    prototype.addEventListener === addEventListener &&
    prototype.removeEventListener === removeEventListener
  )
}

/**
 * Whether a method is the browser's own. Bound functions and proxies have other names in their text.
 * A library may make `toString` tell the text of what it has replaced, but its own function can be
 * used as a constructor.
 */
function isNative(name: keyof EventTarget): boolean {
  const method = prototype[name]
  const text = Function.prototype.toString.call(method).replace(/\s/g, '')
  return text === `function${name}(){[nativecode]}` && !('prototype' in method)
}

function isObject(value: unknown): boolean {
  return Object(value) === value
}

/** What Web IDL makes of the last argument of `addEventListener`: an object, or whether to capture. */
function toOptions(options: unknown): AddEventListenerOptions {
  return isObject(options) ? (options as AddEventListenerOptions) : { capture: !!options }
}
