/** The WebAssembly engine: started once, when the first source needs it. */

import createGlue, { type Glue } from './glue.js'
import type { EventSourceFailure } from './events.js'
import { Interpreter } from './interpreter.js'
import type { Answer } from './request.js'

/**
 * What the engine knows of a loss: the place of the reason among `REASONS`, the status if that is why
 * or 0, the number of the attempt, and the delay in ms before the next one, or NaN if there is none.
 */
export type FailureDetail = [reason: number, status: number, attempt: number, retryIn: number]

/**
 * What the engine asks of a source, and what it tells it. The responses, and what is thrown, stay with
 * the source. What may throw is an async function, so that the engine sees it.
 */
export interface Receiver {
  /**
   * Send the request of an attempt, by its number among those in a row. The last event ID is to be
   * read before anything else is done. The promise rejects with the place of the reason among
   * `REASONS`.
   */
  fetch(number: number, lastEventId: Uint8Array, signal: AbortSignal): Promise<Answer>
  /** Find out whether anything answers at the URL: the promise rejects if not. */
  probe(signal: AbortSignal): Promise<unknown>
  /**
   * Ask the user whether to go on. Resolves to a delay in ms, to a negative number where the policy is
   * to say, or to NaN to give up.
   */
  decide(detail: FailureDetail): Promise<number>
  /** The connection has been announced: read the body. Resolves at its end. */
  open(): Promise<void>
  /**
   * The connection has been lost. The response is kept until the promise resolves to whether somebody
   * reads its body.
   */
  error(detail: FailureDetail): Promise<boolean>
  /** Whether the device may be online, as far as the browser knows. */
  isOnline(): boolean
  /** The engine has crashed, and is not there any more. */
  crash(error: Error): void
}

/** What a connection is told by its source; the numbers are those of `src/web/mod.rs`. */
export const enum Signal {
  /** The page is put aside: nothing follows until it is resumed. */
  Suspend,
  /** The page is back: connect again, if it was put aside. */
  Resume,
  /** The device is online: connect again at once, if that is waited for. */
  GoOnline,
  /** Nothing is read for a while, as the messages are not wanted yet. */
  BeBusy,
  /** They are wanted again. */
  BeReady,
  /** The source is closed for good: nothing follows. */
  Close,
}

/** What `Source::connect` of `src/web/mod.rs` takes behind the receiver. */
export type EngineOptions =
  ConstructorParameters<Glue['Source']> extends [unknown, ...infer Options] ? Options : never

/** The connection of a source, in the engine. */
export interface Connection {
  /** Where the body goes. */
  readonly interpreter: Interpreter
  /** Tells it of what it does not see itself. */
  signal(signal: Signal): void
  /** Ends it for good; nothing follows. */
  close(): void
}

/** A running engine. */
export interface Engine {
  /** The exports of `src/web/mod.rs`. */
  readonly glue: Glue
  /** Its memory. When that grows, its buffer is another one. */
  readonly memory: WebAssembly.Memory
  /** Why it cannot be used any more, if it cannot. */
  readonly fault: Error | undefined
  /** Connects, soon after this returns, until `close` is called or the connection is failed. */
  connect(options: EngineOptions, receiver: Receiver): Connection
}

let starter: () => Engine | Promise<Engine>
let engine: Engine | Promise<Engine> | undefined

/** The engine, if it is running. */
export function runningEngine(): Engine | undefined {
  return engine instanceof Promise ? undefined : engine
}

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
export function runEngineSync(bytes: BufferSource): Engine {
  const instance = new Instance()
  const module = new WebAssembly.Module(bytes)
  instance.glue.start(new WebAssembly.Instance(module, instance.glue.imports))
  return instance
}

/** Starts an engine, given what makes an instance of the module with these imports. */
export async function runEngine(
  instantiate: (
    imports: WebAssembly.Imports,
  ) => Promise<WebAssembly.WebAssemblyInstantiatedSource>,
): Promise<Engine> {
  const instance = new Instance()
  try {
    instance.glue.start((await instantiate(instance.glue.imports)).instance)
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

  connect(options: EngineOptions, receiver: Receiver): Connection {
    const source = new this.glue.Source(receiver, ...options)
    this.#receivers.add(receiver)
    return {
      interpreter: new Interpreter(this, source),
      signal: (signal) => source.signal(signal),
      close: () => {
        this.#receivers.delete(receiver)
        source.signal(Signal.Close)
        // Not before the method has returned in which a listener may have closed it.
        queueMicrotask(() => source.release())
      },
    }
  }

  /**
   * The exports, each of which tells when it throws. None does by design: WebAssembly has trapped,
   * and whatever was under way is left half done, so the memory of the instance cannot be trusted.
   * From then on they do nothing, for timers and promises that still come back to it.
   */
  #guard(exports: WebAssembly.Exports): WebAssembly.Exports {
    const guarded: WebAssembly.Exports = {}
    for (const [name, value] of Object.entries(exports)) {
      if (value instanceof WebAssembly.Memory) this.memory = value
      guarded[name] = typeof value === 'function' ? this.#guardFunction(value) : value
    }
    return guarded
  }

  #guardFunction(exported: Function): Function {
    const retire = (error: unknown): never => {
      this.#retire(error)
      throw error
    }
    if (exported.length === 2) {
      // What is called for each chunk, and an array of the arguments takes time.
      return (a: unknown, b: unknown): unknown => {
        try {
          return this.fault === undefined ? exported(a, b) : undefined
        } catch (error) {
          return retire(error)
        }
      }
    }
    return (...args: unknown[]): unknown => {
      try {
        return this.fault === undefined ? exported(...args) : undefined
      } catch (error) {
        return retire(error)
      }
    }
  }

  /** Nothing calls into this instance again: its sources fail, and the next starts another. */
  #retire(cause: unknown): void {
    if (this.fault !== undefined) return
    engine = undefined
    const error = (this.fault = new Error('wasm-eventsource has crashed, which is a bug in it: please report it', {
      cause,
    }))
    queueMicrotask(() => {
      for (const receiver of this.#receivers) receiver.crash(error)
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

/** Throws an error that tells what to do, if this page may not run WebAssembly. */
export function requireWebAssembly(): void {
  if (!mayRunWebAssembly()) throw startError(undefined)
}

/** An error that tells why the engine could not be started, and what to do. */
export function startError(cause: unknown): Error {
  const advice = mayRunWebAssembly()
    ? 'It needs a browser with WebAssembly SIMD: Chrome 91, Firefox 89, Safari 16.4, or later.'
    : "The page's Content-Security-Policy forbids it: add 'wasm-unsafe-eval' to its script-src."
  return new Error(`wasm-eventsource could not start WebAssembly. ${advice}`, { cause })
}
