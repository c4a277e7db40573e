/** The WebAssembly engine: started once, when the first source needs it. */

import createGlue, { type Glue, type Source, type SourceOptions, type SourceReceiver } from './glue.js'
import { startHere } from './start-here.js'
import { checkSurroundings } from './surroundings.js'

/** What is told of a crash. */
export interface Client extends SourceReceiver {
  /** The engine has crashed, and is not there any more. */
  crash(error: Error): void
}

/** A running engine. */
export interface Engine {
  /** The exports of `src/npm/`. */
  readonly glue: Glue
  /** Why it cannot be used any more, if it cannot. */
  readonly fault: Error | undefined
  /** Connects, soon after this returns, until `disconnect` is called. */
  connect(options: SourceOptions, client: Client): Source
  /** Closes a source for good. */
  disconnect(source: Source, client: Client): void
}

let engine: Engine | Promise<Engine> | undefined

/** The instance that has crashed last. */
let crashed: Instance | undefined

/**
 * The engine: at once where it runs or can be started on the spot, a promise where it is on its
 * way. Where it cannot be started this throws, or the promise rejects; the next call tries again.
 */
export function startEngine(): Engine | Promise<Engine> {
  crashed?.tellSources()
  if (engine === undefined) {
    checkSurroundings('TextDecoder', 'TextEncoder')
    const starting = startHere()
    if (isOnItsWay(starting)) awaitEngine(starting)
    else engine = starting
  }
  return engine!
}

/** Whether it is still to be awaited. Pages replace the class of promises, and give `then` to all objects. */
export function isOnItsWay(engine: Engine | Promise<Engine>): engine is Promise<Engine> {
  return !(engine instanceof Instance)
}

/** Has sources wait for an engine that is on its way. Where it cannot be started, the next one tries again. */
export function awaitEngine(starting: Promise<Engine>): void {
  // Before it is kept: at the end of the stack this throws, and nothing would ever be told.
  starting.then(
    (running) => (engine = running),
    () => (engine = undefined),
  )
  engine = starting
}

/**
 * One instance of the module, with the glue that is bound to it.
 *
 * wasm-bindgen has machinery of its own for an instance that has crashed. It is not used:
 * `schedule_reinit` puts a new instance behind the same glue, so that what still comes for the dead one
 * throws where nobody can catch it, and an object that was made before reads memory that is not its
 * own; it is for Rust to call, which a trap leaves no chance to; and it instantiates on the spot, which
 * Chrome before 114 refuses a window. To be told of a trap (`set_on_abort`) takes
 * `--force-enable-abort-handler`, for which every call goes through an exception handler that needs
 * `WebAssembly.JSTag`: Chrome 115.
 */
export class Instance implements Engine {
  readonly glue = createGlue()
  readonly #clients = new Set<Client>()
  #hasCrashed = false
  #cause: unknown
  #isTold = false

  get fault(): Error | undefined {
    if (!this.#hasCrashed) return undefined
    return new Error('wasm-eventsource has crashed, which is a bug in it: please report it', {
      cause: this.#cause,
    })
  }

  /** Binds it to the exports of the module. Comes before all else. */
  start(exports: WebAssembly.Exports): void {
    this.glue.start(this.#guard(exports))
  }

  connect(options: SourceOptions, client: Client): Source {
    const source = new this.glue.Source(options, client)
    this.#clients.add(client)
    return source
  }

  disconnect(source: Source, client: Client): void {
    this.#clients.delete(client)
    source.close()
    // Not before the method has returned in which a listener may have closed it.
    queueMicrotask(() => source.free())
  }

  /**
   * The exports, each of which tells when it throws. None does by design: WebAssembly has trapped,
   * and whatever was under way is left half done, so the memory of the instance cannot be trusted.
   * From then on they do nothing, for timers and promises that still come back to it.
   */
  #guard(exports: WebAssembly.Exports): WebAssembly.Exports {
    const guarded: WebAssembly.Exports = {}
    for (const [name, value] of Object.entries(exports)) {
      guarded[name] = typeof value === 'function' ? this.#guardFunction(value) : value
    }
    return guarded
  }

  #guardFunction(exported: Function): Function {
    const retire = (error: unknown): never => {
      this.#retire(error)
      throw error
    }
    if (exported.length === 3) {
      // What is called for each chunk, a closure or a decoder; an array of the arguments takes time.
      return (a: unknown, b: unknown, c: unknown): unknown => {
        try {
          return this.#hasCrashed ? this.tellSources() : exported(a, b, c)
        } catch (error) {
          return retire(error)
        }
      }
    }
    return (...args: unknown[]): unknown => {
      try {
        return this.#hasCrashed ? this.tellSources() : exported(...args)
      } catch (error) {
        return retire(error)
      }
    }
  }

  /**
   * Nothing calls into this instance again: its sources go on with another. At the end of the stack
   * anything that is called may throw, so that comes last; what still comes back to it tries again.
   */
  #retire(cause: unknown): void {
    if (this.#hasCrashed) return
    this.#hasCrashed = true
    this.#cause = cause
    if (engine === this) engine = undefined
    crashed = this
    this.tellSources()
  }

  /** Tells its sources that it has crashed, unless they have been told. */
  tellSources(): void {
    if (this.#isTold) return
    queueMicrotask(() => {
      for (const client of this.#clients) client.crash(this.fault!)
    })
    this.#isTold = true
  }
}
