/** `wasm-eventsource/slim`: the class, with the WebAssembly module in a file beside this one. */

import instantiate, { type InitInput, Source } from '../target/wasm-pack/wasm_eventsource.js'
import { type Engine, provideEngine, startEngine, startError } from './engine.js'

export { EventSource, type EventSourceEventMap, type EventSourceHandler } from './event-source.js'
export { EventSourceErrorEvent, type EventSourceErrorReason } from './events.js'
export type { EventSourceOptions } from './options.js'

function startFrom(url: string | URL | undefined): Promise<Engine> {
  return instantiate(url === undefined ? undefined : { module_or_path: url as InitInput }).then(
    () => ({ Source }),
    (error: unknown) => Promise.reject(startError(error)),
  )
}

provideEngine(() => startFrom(undefined))

/**
 * Loads and compiles the WebAssembly module. Optional: the first source does it, and connects when
 * it is done; but wait for this and options are checked, and events start, without that delay.
 *
 * @param url - where `wasm_eventsource_bg.wasm` is; by default beside this file. Only the first
 * call, if no source came before it, decides.
 * @returns a promise that rejects if the module cannot be loaded or compiled
 */
export async function init(url?: string | URL): Promise<void> {
  provideEngine(() => startFrom(url))
  await startEngine()
}
