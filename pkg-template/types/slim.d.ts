/** `wasm-eventsource/slim`: the class, with the WebAssembly module in a file beside this one. */

export * from './index.js'

/**
 * Loads and compiles the WebAssembly module. Optional: the first source does it, and connects when
 * it is done; but wait for this, and that source checks its options and connects at once.
 *
 * @param url - where `wasm_eventsource_bg.wasm` is; by default beside this file. It counts for a
 * module that is not on its way yet, and in browsers: elsewhere the module is inside.
 * @returns a promise that rejects if the module cannot be loaded or compiled
 */
export declare function init(url?: string | URL): Promise<void>
