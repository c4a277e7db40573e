/** wasm-bindgen's glue, as `wasm-module.mjs` wraps it; the build puts the one that is needed here. */

import type * as glue from '../target/wasm-pack/wasm_eventsource.js'

/** What one instance of the module exports, and what it takes to start it. */
export type Glue = Omit<typeof glue, 'default' | 'initSync'> & {
  imports: WebAssembly.Imports
  start(instance: WebAssembly.Instance): void
}

/** Makes the glue of a further instance. `guard` sees its exports first. */
export default function createGlue(
  guard: (exports: WebAssembly.Exports) => WebAssembly.Exports,
): Glue
