/**
 * How a connection reaches its source, after the HTML standard, section 9.2.9 ("Garbage collection"): it
 * keeps the source alive as long as somebody may hear it. One that nobody hears and nobody holds is
 * collected, and its connection closed.
 */

/** What a source has begun, and what ends all that it listens to. */
interface Remains {
  readonly connection: { close(forAll: boolean): void }
  readonly lifetime: AbortController
}

/** Ends what is left of sources that are gone. */
const collected = /* @__PURE__ */ new FinalizationRegistry<Remains>(({ connection, lifetime }) => {
  connection.close(false)
  lifetime.abort()
})

/** A reference to a source, which is strong as long as it is told to be. */
export class Reference<T extends object> {
  readonly #weak: WeakRef<T>
  #strong: T | undefined

  constructor(source: T) {
    this.#weak = new WeakRef(source)
  }

  /** The source, unless it is gone. */
  get source(): T | undefined {
    return this.#strong ?? this.#weak.deref()
  }

  /** Keeps the source alive, or does so no longer. */
  hold(isHeard: boolean): void {
    this.#strong = isHeard ? this.source : undefined
  }

  /** These are to end with the source. They must not hold it but by this reference. */
  endsWithSource(connection: Remains['connection'], lifetime: AbortController): void {
    const { source } = this
    if (source !== undefined) collected.register(source, { connection, lifetime }, this)
  }

  /**
   * The source is closed, and nothing is left to end. What was to end is let go of: the reason of a signal that was
   * aborted has a stack, in which V8 may keep the source.
   */
  release(): void {
    this.#strong = undefined
    collected.unregister(this)
  }

  /** A function that calls a method of the source, if it is still there. */
  bind<A extends unknown[], R>(method: (this: T, ...args: A) => R): (...args: A) => R | undefined {
    return (...args) => {
      const { source } = this
      return source === undefined ? undefined : method.apply(source, args)
    }
  }
}

/** Closes a source when a signal is aborted, which may outlive it by far, until the lifetime ends. */
export function closeOnAbort(signal: AbortSignal, close: () => void, lifetime: AbortSignal): void {
  const listener = (): void => close()
  signal.addEventListener('abort', listener)
  // Not by the option `signal`, which a signal of another realm may not take.
  lifetime.addEventListener('abort', () => signal.removeEventListener('abort', listener))
}
