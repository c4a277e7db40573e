/** The WebAssembly engine: started once, when the first source needs it. */

import createGlue, { type Glue } from '../target/wasm-pack/glue.js'
import type { EventSourceFailure } from './events.js'
import type { EngineOptions } from './options.js'

/** What the engine tells of a source. */
export interface Receiver {
  /** The connection has been announced. */
  open(response: Response): void
  /**
   * Messages have come; see `batch.ts`. The bytes are to be read before anything else is done. Where
   * this returns a promise, nothing further comes and nothing is read before it resolves.
   */
  messages(batch: Uint8Array): Promise<void> | undefined
  /** Comments have come, each with a CR behind it; likewise. */
  comments(batch: Uint8Array): void
  /** The connection has been lost. */
  error(failure: EventSourceFailure): void
  /** Whether the device may be online, as far as the browser knows. */
  isOnline(): boolean
}

/** The connection of a source, in the engine. */
export interface Connection {
  /** Ends it for good; nothing follows. */
  close(): void
  /** Puts it aside, without an event. */
  suspend(): void
  /** Connects again, if it was put aside. */
  resume(): void
  /** Connects again at once, if it is waiting to. */
  goOnline(): void
}

/** A running engine. */
export interface Engine {
  /** The exports of `src/web/mod.rs`. */
  readonly glue: Glue
  /** Its memory. When that grows, its buffer is another one. */
  readonly memory: WebAssembly.Memory
  /** Why it cannot be used any more, if it cannot. */
  readonly fault: Error | undefined
  /**
   * Connects, soon after this returns, until `close` is called or the connection is failed.
   * Throws where an option is wrong.
   */
  connect(url: string, options: EngineOptions, receiver: Receiver): Connection
}

let starter: () => Engine | Promise<Engine>
let engine: Engine | Promise<Engine> | undefined

/** Tells how to start the engine, which is up to the entry point. Starts nothing yet. */
export function provideEngine(start: () => Engine | Promise<Engine>): void {
  starter = start
}

/**
 * The engine: at once where it runs or can be started on the spot, a promise where it is on its
 * way. Where it cannot be started this throws, or the promise rejects; the next call tries again.
 */
export function startEngine(): Engine | Promise<Engine> {
  if (engine === undefined) {
    const starting = starter()
    engine = starting
    if (starting instanceof Promise) {
      starting.then(
        (running) => (engine = running),
        () => (engine = undefined),
      )
    }
  }
  return engine
}

/** Starts an engine on the spot, from bytes. Throws a `RangeError` where only `runEngine` may. */
export function runEngineSync(module: BufferSource): Engine {
  const instance = new Instance()
  instance.glue.initSync({ module })
  return instance
}

/** Starts an engine from bytes, or from a URL; by default from the file beside this one. */
export async function runEngine(module?: BufferSource | string | URL): Promise<Engine> {
  const instance = new Instance()
  try {
    await instance.glue.instantiate(module && { module_or_path: module })
  } catch (error) {
    throw startError(error)
  }
  return instance
}

/** One instance of the module, with the glue that is bound to it. */
class Instance implements Engine {
  readonly glue = createGlue((exports) => this.#guard(exports))
  memory!: WebAssembly.Memory
  fault: Error | undefined
  readonly #receivers = new Set<Receiver>()

  connect(url: string, options: EngineOptions, receiver: Receiver): Connection {
    const source = new this.glue.Source(url, options, receiver)
    this.#receivers.add(receiver)
    const unlessTrapped = (action: () => void) => () => {
      if (this.fault === undefined) action()
    }
    return {
      close: () => {
        this.#receivers.delete(receiver)
        if (this.fault === undefined) source.close()
      },
      suspend: unlessTrapped(() => source.suspend()),
      resume: unlessTrapped(() => source.resume()),
      goOnline: unlessTrapped(() => source.goOnline()),
    }
  }

  /**
   * The exports, each of which tells when it throws. None does by design: WebAssembly has trapped,
   * and whatever was under way is left half done, so the memory of the instance cannot be trusted.
   */
  #guard(exports: WebAssembly.Exports): WebAssembly.Exports {
    const guarded: WebAssembly.Exports = {}
    for (const [name, value] of Object.entries(exports)) {
      if (value instanceof WebAssembly.Memory) this.memory = value
      guarded[name] =
        typeof value !== 'function'
          ? value
          : (...args: unknown[]): unknown => {
              try {
                return value(...args)
              } catch (error) {
                this.#retire(error)
                throw error
              }
            }
    }
    return guarded
  }

  /** Nothing calls into this instance again: its sources fail, and the next starts another. */
  #retire(cause: unknown): void {
    if (this.fault !== undefined) return
    engine = undefined
    const error = (this.fault = new Error('wasm-eventsource has crashed, which is a bug in it: please report it', {
      cause,
    }))
    queueMicrotask(() => {
      for (const receiver of this.#receivers) receiver.error(internalFailure(error))
    })
  }
}
/** The failure of a source that is not the fault of its connection. */
export function internalFailure(error: unknown): EventSourceFailure {
  const unknown = { status: undefined, response: undefined, attempt: 1 }
  return { ...unknown, reason: 'internal', error, retryIn: null }
}

/** The shortest valid module: the magic number and the version. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])

/**
 * Whether this page may run WebAssembly: its Content-Security-Policy can forbid it. Chromium and
 * Firefox then refuse to compile a module, WebKit to instantiate it.
 */
export function mayRunWebAssembly(): boolean {
  try {
    new WebAssembly.Instance(new WebAssembly.Module(EMPTY_MODULE))
    return true
  } catch {
    return false
  }
}

/** An error that tells why the engine could not be started, and what to do. */
export function startError(cause: unknown): Error {
  const advice = mayRunWebAssembly()
    ? 'It needs a browser with WebAssembly SIMD: Chrome 91, Firefox 89, Safari 16.4, or later.'
    : "The page's Content-Security-Policy forbids it: add 'wasm-unsafe-eval' to its script-src."
  return new Error(`wasm-eventsource could not start WebAssembly. ${advice}`, { cause })
}
