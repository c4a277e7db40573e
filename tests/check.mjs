// @ts-check
/**
 * `npm run check`: what can be told without running the product. Formatting and lints of the Rust
 * code, on the host and for wasm32; types of the TypeScript and JavaScript code.
 */

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { ensurePackage } from '../pkg-template/build/build.mjs'
import { ensureWasmTarget } from '../pkg-template/build/tools.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The commands. The types of the tests come last: they include those of the built package. */
const CHECKS = [
  'cargo fmt --all --check',
  'cargo fmt --manifest-path fuzz/Cargo.toml --check',
  'cargo clippy --quiet --workspace --all-targets -- -D warnings',
  'cargo clippy --quiet --no-default-features -- -D warnings',
  'cargo clippy --quiet --target wasm32-unknown-unknown --all-targets -- -D warnings',
  'cargo clippy --quiet --target wasm32-unknown-unknown --no-default-features --features crash -- -D warnings',
  'cargo clippy --quiet --target wasm32-unknown-unknown --no-default-features --features source,decoder -- -D warnings',
  'cargo clippy --quiet --target wasm32-unknown-unknown --no-default-features --features source -- -D warnings',
  'cargo clippy --quiet --target wasm32-unknown-unknown --no-default-features --features decoder -- -D warnings',
  'cargo clippy --quiet --target wasm32-unknown-unknown --package eventsource-rust-page -- -D warnings',
  'node node_modules/typescript/bin/tsc -p pkg-template --noEmit --emitDeclarationOnly false',
  'node node_modules/typescript/bin/tsc -p tests/package',
  'node node_modules/typescript/bin/tsc -p benches',
  'node node_modules/typescript/bin/tsc -p www',
]

/**
 * Runs all checks.
 * @returns {Promise<string[]>} those that failed; what they found has been printed
 */
export async function check() {
  // The types of the TypeScript code include those of the glue, which the build makes.
  await ensurePackage()
  ensureWasmTarget()
  const path = [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(':')
  return CHECKS.filter((command) => {
    console.log(`$ ${command}`)
    const { status } = spawnSync(command, {
      cwd: ROOT,
      env: { ...process.env, PATH: path },
      shell: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    return status !== 0
  })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const failed = await check()
  for (const command of failed) console.error(`Failed: ${command}`)
  process.exitCode = failed.length === 0 ? 0 : 1
}
