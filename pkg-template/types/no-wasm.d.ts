/** `wasm-eventsource/no-wasm`: the same where WebAssembly is forbidden. */

export * from './index.js'
