/** The URL of the WebAssembly module, for `init` of `wasm-eventsource/slim`, where a bundler gives it. */
declare const url: string
export default url
