// @ts-check
/** Builds the package with a way to crash it, into a folder of its own. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { bundleFile } from '../../../pkg-template/build/build.mjs'
import { ensureWasmBindgen, ensureWasmTarget, hasStandardLibrarySource } from '../../../pkg-template/build/tools.mjs'
import { makeModule } from '../../../pkg-template/build/wasm-module.mjs'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Where the file is, from the folder of the checkout on. */
export const CRASHING_PACKAGE = 'target/crash-test/index.js'

/** Builds it anew, since what it is made of may have changed. */
export async function buildCrashingPackage() {
  ensureWasmTarget()
  const wasmBindgen = await ensureWasmBindgen()
  await makeModule({ name: 'crash', crateFeatures: ['crash'], wasmBindgen, small: hasStandardLibrarySource() })
  const path = join(ROOT, CRASHING_PACKAGE.replace(/\.js$/, ''))
  mkdirSync(join(path, '..'), { recursive: true })
  await bundleFile(path, 'esm', { source: '../tests/package/crash/entry', start: 'inlined', module: 'crash' })
}
