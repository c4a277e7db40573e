// @ts-check
/**
 * Builds the package into pkg/: wasm-pack makes the WebAssembly module, Binaryen optimises it,
 * TypeScript writes the declarations and esbuild the files.
 */

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { encode } from './encoding.mjs'
import { ensureNpmPackages } from './npm-packages.mjs'
import { hasStandardLibrarySource, wasmTools } from './tools.mjs'
import { makeModule } from './wasm-module.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TEMPLATE = join(ROOT, 'pkg-template')
const OUTPUT = join(ROOT, 'pkg')
const WASM_PACK_OUTPUT = join(ROOT, 'target', 'wasm-pack')
const MODULE = 'wasm_eventsource_bg.wasm'

/** What the browsers have that have the features of WebAssembly that the module needs. */
const SYNTAX = 'es2022'

/**
 * Properties that neither a page nor a browser knows of, and those of the glue: they get short names,
 * which takes a hundred bytes less. Whoever names a property like one of a browser keeps it from here.
 */
const INTERNAL_PROPERTIES = [
  ...['_wbg_cb_unref', '__wbg_ptr', '__destroy_into_raw', '__wrap', 'crash', 'dispatch', 'engine'],
  ...['fault', 'forget', 'glue', 'hasBlocked', 'hold', 'imports', 'interpret', 'interpreter', 'isGone'],
  ...['isEventStream', 'isGet', 'isOnline', 'isOver', 'isPlain', 'isRemoved', 'isSent', 'members'],
  ...['onCall', 'prefix', 'probe', 'record', 'registered', 'remarks', 'retryAfter', 'setBusy'],
]

/**
 * Makes a panic trap at once: its message, and all that formats messages, are left out, in the
 * standard library too. This is not stable yet, so it needs the library's source, and leave to use
 * unstable features in the environment variable RUSTC_BOOTSTRAP.
 */
const WITHOUT_PANIC_TEXTS = [
  '-Zbuild-std=std,panic_abort',
  '--config',
  'target.wasm32-unknown-unknown.rustflags=["-Zunstable-options", "-Cpanic=immediate-abort", "-Zinline-mir-threshold=300"]',
]

/** Builds everything, and says what it is doing. */
export async function build() {
  await ensureNpmPackages()
  const { wasmPack, environment } = await wasmTools()
  rmSync(OUTPUT, { recursive: true, force: true })
  mkdirSync(OUTPUT, { recursive: true })

  const small = hasStandardLibrarySource()
  console.log(
    small
      ? 'Building the WebAssembly module, the standard library included'
      : "Building the WebAssembly module; without rustup's component rust-src it gets a third larger",
  )
  run(
    wasmPack,
    ['build', '--target', 'web', '--mode', 'no-install', '--no-opt', '--no-pack'].concat(
      ['--out-dir', WASM_PACK_OUTPUT],
      small ? ['.', '--', ...WITHOUT_PANIC_TEXTS] : [],
    ),
    small ? { ...environment, RUSTC_BOOTSTRAP: '1' } : environment,
  )
  makeModule(WASM_PACK_OUTPUT, 'wasm_eventsource', 'whole')
  // The polyfill has no decoder.
  makeModule(WASM_PACK_OUTPUT, 'wasm_eventsource', 'source', ['Source', 'input'])
  cpSync(join(WASM_PACK_OUTPUT, 'whole.wasm'), join(OUTPUT, MODULE))

  console.log('Building the package')
  run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', TEMPLATE])
  await bundle()
  writeManifest()
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE']) {
    cpSync(join(ROOT, file), join(OUTPUT, file))
  }
}

async function bundle() {
  const [esbuild, { minify }] = await Promise.all([import('esbuild'), import('terser')])
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    bundle: true,
    minify: true,
    target: SYNTAX,
    legalComments: 'none',
    logLevel: 'warning',
  }
  await Promise.all([
    esbuild.build({
      ...common,
      plugins: [engine('whole')],
      entryPoints: ['index', 'slim'].map((name) => join(TEMPLATE, `${name}.ts`)),
      format: 'esm',
      outdir: OUTPUT,
    }),
    esbuild.build({
      ...common,
      plugins: [engine('source')],
      entryPoints: [join(TEMPLATE, 'polyfill.ts')],
      format: 'iife',
      outdir: OUTPUT,
    }),
    // They import the package's main file, so that a page has one WebAssembly module.
    esbuild.build({
      ...common,
      entryPoints: ['eventsource-parser', 'fetch-event-source'].map((name) => join(TEMPLATE, `${name}.ts`)),
      external: ['./index.js'],
      format: 'esm',
      outdir: OUTPUT,
    }),
  ])
  // What esbuild leaves, terser makes smaller by a twentieth after brotli.
  for (const file of readdirSync(OUTPUT).filter((file) => file.endsWith('.js'))) {
    const path = join(OUTPUT, file)
    const { code } = await minify(readFileSync(path, 'utf8'), {
      ecma: 2020,
      module: file !== 'polyfill.js',
      compress: { passes: 3, unsafe_arrows: true },
      mangle: { properties: { regex: new RegExp(`^(?:${INTERNAL_PROPERTIES.join('|')})$`) } },
      format: { ascii_only: true },
    })
    writeFileSync(path, `${code}`)
  }
}

/**
 * Resolves the glue, and `inlined-module` to the module as text.
 * @param {string} name - what `makeModule` has called them
 * @returns {import('esbuild').Plugin}
 */
function engine(name) {
  return {
    name: 'engine',
    setup(build) {
      build.onResolve({ filter: /\/glue\.js$/ }, () => ({ path: join(WASM_PACK_OUTPUT, `${name}.js`) }))
      build.onResolve({ filter: /^inlined-module$/ }, ({ path }) => ({ path, namespace: 'engine' }))
      build.onLoad({ filter: /.*/, namespace: 'engine' }, () => ({
        contents: encode(readFileSync(join(WASM_PACK_OUTPUT, `${name}.wasm`))),
        loader: 'text',
      }))
    },
  }
}

/** The manifest of the package: the template's, with the version and the files that there are. */
function writeManifest() {
  const manifest = JSON.parse(readFileSync(join(TEMPLATE, 'package.json'), 'utf8'))
  const version = /^version = "(.+)"$/m.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8'))?.[1]
  if (version === undefined) throw new Error('Cargo.toml names no version')
  manifest.version = version
  manifest.files = readdirSync(OUTPUT).sort()
  writeFileSync(join(OUTPUT, 'package.json'), JSON.stringify(manifest, null, 2) + '\n')
}

/**
 * Runs a program, with its output on ours; throws if it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [environment]
 */
function run(program, args, environment = process.env) {
  execFileSync(program, args, { cwd: ROOT, env: environment, stdio: ['ignore', 'inherit', 'inherit'] })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build()
}
