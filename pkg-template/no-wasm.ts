/**
 * `wasm-eventsource/no-wasm`: the same where WebAssembly is forbidden, by a
 * Content-Security-Policy without `'wasm-unsafe-eval'` for example: the module as JavaScript.
 */

export * from './api.js'
export { init } from './engine/init.js'
