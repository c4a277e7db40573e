/** `wasm-eventsource`: the class, with the WebAssembly module inside. */

export * from './api.js'
export { init } from './engine/init.js'
