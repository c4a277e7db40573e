/** `wasm-eventsource/polyfill.no-wasm`: the polyfill for pages on which WebAssembly is forbidden. */

export * from './polyfill.js'
