/** The WebAssembly engine: started once, when the first source needs it. */

import { type Source } from '../target/wasm-pack/wasm_eventsource.js'

/** What the engine exports, once it runs. */
export interface Engine {
  readonly Source: typeof Source
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

/** The shortest valid module: the magic number and the version. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])

/** Whether this page may compile WebAssembly: its Content-Security-Policy can forbid it. */
export function mayCompile(): boolean {
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module
  } catch {
    return false
  }
}

/** An error that tells why the engine could not be started, and what to do. */
export function startError(cause: unknown): Error {
  const advice = mayCompile()
    ? 'It needs a browser with WebAssembly SIMD: Chrome 91, Firefox 89, Safari 16.4, or later.'
    : "The page's Content-Security-Policy forbids it: add 'wasm-unsafe-eval' to its script-src."
  return new Error(`wasm-eventsource could not start WebAssembly. ${advice}`, { cause })
}
