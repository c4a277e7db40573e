/** `wasm-eventsource/slim`: the class, with the WebAssembly module in a file beside this one. */

import { type Engine, provideEngine, runEngine, startEngine } from './engine/engine.js'

export * from './api.js'

provideEngine(load)

/**
 * Loads and compiles the WebAssembly module. Optional: the first source does it, and connects when
 * it is done; but wait for this, and that source checks its options and connects at once.
 *
 * @param url - where `wasm_eventsource_bg.wasm` is; by default beside this file. It counts for a
 * module that is not on its way yet.
 * @returns a promise that rejects if the module cannot be loaded or compiled
 */
export async function init(url?: string | URL): Promise<void> {
  provideEngine(() => load(url))
  await startEngine()
}

function load(url: string | URL = new URL('wasm_eventsource_bg.wasm', import.meta.url)): Promise<Engine> {
  // Later, as the end of the stack may be here.
  return Promise.resolve().then(() => fetchEngine(url))
}

async function fetchEngine(url: string | URL): Promise<Engine> {
  const response = await fetch(url)
  if (!response.ok) {
    throw new Error(`wasm-eventsource: ${url} was answered with the status ${response.status}`)
  }
  // The browser compiles a module while it comes, but only if the server tells that it is one.
  return runEngine(async (imports) =>
    response.headers.get('Content-Type') === 'application/wasm'
      ? WebAssembly.instantiateStreaming(response, imports)
      : WebAssembly.instantiate(await response.arrayBuffer(), imports),
  )
}
