// @ts-check
/** Builds the page in Rust: its module, and the glue that goes with it, in target/rust-page. */

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { run } from '../../pkg-template/build/run.mjs'
import { ensureWasmBindgen, ensureWasmTarget } from '../../pkg-template/build/tools.mjs'

const TARGET = fileURLToPath(new URL('../../target', import.meta.url))
const WASM_TARGET = 'wasm32-unknown-unknown'

/** Builds the page, of which the test server then serves all that it needs. */
export async function buildRustPage() {
  ensureWasmTarget()
  const wasmBindgen = await ensureWasmBindgen()
  await run('cargo', [
    ...['build', '--release', '--locked', '--package', 'eventsource-rust-page'],
    ...['--target', WASM_TARGET, '--target-dir', TARGET],
  ])
  await run(wasmBindgen, [
    join(TARGET, WASM_TARGET, 'release', 'eventsource_rust_page.wasm'),
    ...['--target', 'web', '--no-typescript', '--out-dir', join(TARGET, 'rust-page')],
  ])
}
