// @ts-check
/**
 * Bundles the demo page into www/dist/. `node www/build.mjs FOLDER` also puts all that it consists of
 * into a folder, to be published as static files.
 *
 * As in all scripts that may run first, packages are imported only once they are installed.
 */

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { ensurePackage } from '../pkg-template/build/build.mjs'
import { run } from '../pkg-template/build/run.mjs'
import { ensureWasmBindgen, ensureWasmTarget } from '../pkg-template/build/tools.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGE = join(ROOT, 'www')
const OUTPUT = join(PAGE, 'dist')
const TARGET = join(ROOT, 'target')
/** The simulation of a crowd, and its glue. */
const HERD = join(TARGET, 'herd')

/** Bundles the page; the package has to be built. */
export async function buildPage() {
  await compileHerd()
  const esbuild = await import('esbuild')
  rmSync(OUTPUT, { recursive: true, force: true })
  await esbuild.build({
    entryPoints: [join(PAGE, 'page', 'page.ts'), join(PAGE, 'styles', 'page.css')],
    entryNames: '[name]',
    outdir: OUTPUT,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    sourcemap: true,
    logLevel: 'warning',
    define: {
      OFFERS_SHARE: String(/^\s+share\?:/m.test(readFileSync(join(ROOT, 'pkg', 'index.d.ts'), 'utf8'))),
    },
    plugins: [BUILT_PACKAGE, CODE_AS_TEXT, HERD_SIMULATION],
  })
  // The glue looks for it beside the script.
  cpSync(join(HERD, 'herd_bg.wasm'), join(OUTPUT, 'herd_bg.wasm'))
}

/** Compiles the simulation of a crowd, with the rules of the engine. */
async function compileHerd() {
  ensureWasmTarget()
  const wasmBindgen = await ensureWasmBindgen()
  console.log('Building the page')
  // Told only where it fails: without its features, the crate has code that nothing calls.
  const { status, stderr } = spawnSync(
    'cargo',
    ['build', '--quiet', '--package', 'eventsource-herd', '--release', '--locked'].concat([
      '--target',
      'wasm32-unknown-unknown',
      '--target-dir',
      TARGET,
    ]),
    { cwd: ROOT, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`The simulation cannot be compiled: ${stderr}`)
  await run(wasmBindgen, [
    join(TARGET, 'wasm32-unknown-unknown', 'release', 'eventsource_herd.wasm'),
    ...['--target', 'web', '--no-typescript', '--out-name', 'herd', '--out-dir', HERD],
  ])
}

/**
 * Copies what a web server needs to show the page, at `www/` below wherever it is put.
 * @param {string} folder
 */
export function publishPage(folder) {
  // The class loads the last of them, for sources that share a connection.
  for (const part of ['www/index.html', 'www/dist', 'pkg/index.js', 'pkg/share.js']) {
    const target = join(folder, part)
    mkdirSync(join(target, '..'), { recursive: true })
    cpSync(join(ROOT, part), target, { recursive: true })
  }
}

/**
 * The page runs the package as it is built, not a copy of it that is bundled anew.
 * @type {import('esbuild').Plugin}
 */
const BUILT_PACKAGE = {
  name: 'built-package',
  setup(build) {
    build.onResolve({ filter: /^wasm-eventsource$/ }, () => ({ path: '../../pkg/index.js', external: true }))
  },
}

/**
 * `./file.ts?code` is the text of the file: what a scenario shows is what runs.
 * @type {import('esbuild').Plugin}
 */
const CODE_AS_TEXT = {
  name: 'code-as-text',
  setup(build) {
    build.onResolve({ filter: /\?code$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -'?code'.length)),
      namespace: 'code',
    }))
    build.onLoad({ filter: /.*/, namespace: 'code' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'text',
      watchFiles: [path],
    }))
  },
}

/** @type {import('esbuild').Plugin} */
const HERD_SIMULATION = {
  name: 'herd-simulation',
  setup(build) {
    build.onResolve({ filter: /^herd-simulation$/ }, () => ({ path: join(HERD, 'herd.js') }))
  },
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensurePackage()
  await buildPage()
  const folder = process.argv[2]
  if (folder !== undefined) publishPage(folder)
}
