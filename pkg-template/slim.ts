/**
 * `wasm-eventsource/slim`: the class, with the WebAssembly module in a file beside this one. For browsers: in
 * Node, and for `require`, the name stands for the main file. Bundlers for servers mostly lose what a script
 * has beside it, and nobody waits there for a download.
 */

import { startEngine } from './engine/engine.js'
import { setModuleUrl } from './engine/starting/module-file.js'

export * from './api.js'

/**
 * Loads and compiles the WebAssembly module. Optional: the first source does it, and connects when
 * it is done; but wait for this, and that source checks its options and connects at once.
 *
 * @param url - where `wasm_eventsource_bg.wasm` is; by default beside this file. It counts for a
 * module that is not on its way yet.
 * @returns a promise that rejects if the module cannot be loaded or compiled
 */
export async function init(url?: string | URL): Promise<void> {
  if (url !== undefined) setModuleUrl(url)
  await startEngine()
}
