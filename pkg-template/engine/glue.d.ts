/**
 * wasm-bindgen's glue, as `build/wasm-module.mjs` wraps it. The build puts the one in this place that is
 * needed; one without `Source`, or without `Decoder`, has no importer that asks for it.
 */

import type * as glue from '../../target/wasm-modules/whole/wasm_eventsource.js'

export type * from '../../target/wasm-modules/whole/wasm_eventsource.js'

/** What one instance of the module exports, and what it takes to start it. */
export type Glue = typeof glue & {
  imports: WebAssembly.Imports
  /** Binds the glue to the exports of the instance. Comes before all else. */
  start(exports: WebAssembly.Exports): void
}

/** Makes the glue of a further instance. */
export default function createGlue(): Glue
