// @ts-check
/**
 * Builds the package into pkg/: cargo and wasm-bindgen make the WebAssembly module and its glue,
 * Binaryen optimises it, TypeScript writes the declarations and esbuild the files.
 *
 * Whoever runs this may have no npm packages yet. So no file that is imported here, by this or another
 * script of `package.json`, may import one but by `await import`, once they are installed.
 */

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { encode } from './encoding.mjs'
import { ensureNpmPackages } from './npm-packages.mjs'
import { run } from './run.mjs'
import { ensureWasmBindgen, ensureWasmTarget, hasStandardLibrarySource } from './tools.mjs'
import { MODULES, makeModule } from './wasm-module.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TEMPLATE = join(ROOT, 'pkg-template')
const OUTPUT = join(ROOT, 'pkg')

/** What the browsers have that have the features of WebAssembly that the module needs. */
const SYNTAX = 'es2022'

/** Builds everything, and says what it is doing. */
export async function build() {
  ensureWasmTarget()
  // The one waits for the network, the other computes.
  const [wasmBindgen] = await Promise.all([ensureWasmBindgen(), ensureNpmPackages()])
  rmSync(OUTPUT, { recursive: true, force: true })
  mkdirSync(OUTPUT, { recursive: true })

  const small = hasStandardLibrarySource()
  console.log(
    small
      ? 'Building the WebAssembly modules, the standard library included, which takes a minute or two'
      : "Building the WebAssembly modules; without rustup's component rust-src they get a third larger",
  )
  await makeModule({ feature: 'decoder', wasmBindgen, small })
  // The polyfill has no decoder.
  await makeModule({ feature: 'npm', wasmBindgen, small })
  cpSync(join(MODULES, 'decoder', 'module.wasm'), join(OUTPUT, 'wasm_eventsource_bg.wasm'))

  console.log('Building the package')
  await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', TEMPLATE])
  await bundle()
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE']) {
    cpSync(join(ROOT, file), join(OUTPUT, file))
  }
  writeManifest()
}

/** Builds the package where there is none, for what is run on it. */
export async function ensurePackage() {
  await ensureNpmPackages()
  // The manifest is written last, so it is missing after a build that was interrupted.
  if (!existsSync(join(OUTPUT, 'package.json')) || !existsSync(MODULES)) await build()
}

async function bundle() {
  const [esbuild, { minify }] = await Promise.all([import('esbuild'), import('terser')])
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    bundle: true,
    // Names are left to terser, which keeps the one that a class tells where it is called.
    minifySyntax: true,
    minifyWhitespace: true,
    target: SYNTAX,
    legalComments: 'none',
    logLevel: 'warning',
  }
  await Promise.all([
    esbuild.build({
      ...common,
      plugins: [engine('decoder')],
      entryPoints: ['index', 'slim'].map((name) => join(TEMPLATE, `${name}.ts`)),
      format: 'esm',
      outdir: OUTPUT,
    }),
    esbuild.build({
      ...common,
      plugins: [engine('npm')],
      entryPoints: [join(TEMPLATE, 'polyfill.ts')],
      format: 'iife',
      outdir: OUTPUT,
    }),
    // They import the package's main file, so that a page has one WebAssembly module.
    esbuild.build({
      ...common,
      plugins: [MAIN_FILE],
      entryPoints: ['eventsource-parser', 'fetch-event-source'].map((name) => join(TEMPLATE, 'adapters', `${name}.ts`)),
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
      mangle: { reserved: ['EventSource'] },
      format: { ascii_only: true },
    })
    writeFileSync(path, `${code}`)
  }
}

/**
 * Resolves the glue, and `inlined-module` to the module as text.
 * @param {string} feature - with which `makeModule` has made them
 * @returns {import('esbuild').Plugin}
 */
function engine(feature) {
  return {
    name: 'engine',
    setup(build) {
      build.onResolve({ filter: /\/glue\.js$/ }, () => ({ path: join(MODULES, feature, 'glue.js') }))
      build.onResolve({ filter: /^inlined-module$/ }, ({ path }) => ({ path, namespace: 'engine' }))
      build.onLoad({ filter: /.*/, namespace: 'engine' }, () => ({
        contents: encode(readFileSync(join(MODULES, feature, 'module.wasm'))),
        loader: 'text',
      }))
    },
  }
}

/**
 * Leaves the package's main file out of what imports it.
 * @type {import('esbuild').Plugin}
 */
const MAIN_FILE = {
  name: 'main-file',
  setup(build) {
    build.onResolve({ filter: /\/index\.js$/ }, () => ({ path: './index.js', external: true }))
  },
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build()
}
