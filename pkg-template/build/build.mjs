// @ts-check
/**
 * Builds the package into pkg/: cargo and wasm-bindgen make the WebAssembly module and its glue,
 * Binaryen optimises it, TypeScript writes the declarations and esbuild the files.
 *
 * Whoever runs this may have no npm packages yet. So no file that is imported here, by this or another
 * script of `package.json`, may import one but by `await import`, once they are installed.
 */

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { writeDeclarations } from './declarations.mjs'
import { encode } from './encoding.mjs'
import { notices } from './notices.mjs'
import { ensureNpmPackages } from './npm-packages.mjs'
import { ensureWasmBindgen, ensureWasmTarget, hasStandardLibrarySource } from './tools.mjs'
import { MODULES, makeModule, makeTranslatedModule } from './wasm-module.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TEMPLATE = join(ROOT, 'pkg-template')
const OUTPUT = join(ROOT, 'pkg')

/** What the browsers have that have the features of WebAssembly that the module needs. */
const SYNTAX = 'es2022'

/**
 * The WebAssembly modules: what each has of the engine, and whether there is one in JavaScript, too.
 * @type {Record<string, { crateFeatures: string[], isTranslated: boolean }>}
 */
const WASM_MODULES = {
  whole: { crateFeatures: ['source', 'decoder'], isTranslated: true },
  source: { crateFeatures: ['source'], isTranslated: true },
  decoder: { crateFeatures: ['decoder'], isTranslated: false },
}

/** Builds everything, and says what it is doing. */
export async function build() {
  ensureWasmTarget()
  // The one waits for the network, the other computes.
  const [wasmBindgen] = await Promise.all([ensureWasmBindgen(), ensureNpmPackages()])

  const small = hasStandardLibrarySource()
  console.log(
    small
      ? 'Building the WebAssembly modules, the standard library included, which takes a minute or two'
      : "Building the WebAssembly modules; without rustup's component rust-src they get a third larger",
  )
  for (const [name, { crateFeatures, isTranslated }] of Object.entries(WASM_MODULES)) {
    await makeModule({ name, crateFeatures, wasmBindgen, small })
    if (isTranslated) await makeTranslatedModule({ name, crateFeatures, wasmBindgen, small })
  }
  await buildPackage()
}

/** Builds the package, given the modules. */
export async function buildPackage() {
  console.log('Building the package')
  rmSync(OUTPUT, { recursive: true, force: true })
  mkdirSync(OUTPUT, { recursive: true })
  cpSync(join(MODULES, 'whole', 'module.wasm'), join(OUTPUT, 'wasm_eventsource_bg.wasm'))
  await bundle()
  await writeDeclarations(OUTPUT)
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE']) {
    cpSync(join(ROOT, file), join(OUTPUT, file))
  }
  writeFileSync(join(OUTPUT, 'THIRD-PARTY-NOTICES.txt'), notices())
  writeManifest()
}

/** Builds the package where there is none, for what is run on it. */
export async function ensurePackage() {
  await ensureNpmPackages()
  // The manifest is written last, so it is missing after a build that was interrupted.
  const needed = [join(OUTPUT, 'package.json'), ...Object.keys(WASM_MODULES).map((name) => join(MODULES, name))]
  if (!needed.every((path) => existsSync(path))) await build()
}

/**
 * The files of JavaScript: what each is made of, how its engine is started, and with which module.
 * @type {Record<string, { source: string, start?: string, module?: string, formats: import('esbuild').Format[] }>}
 */
const FILES = {
  index: { source: 'index', start: 'inlined', module: 'whole', formats: ['esm', 'cjs'] },
  'no-wasm': { source: 'no-wasm', start: 'translated', module: 'whole-no-wasm', formats: ['esm', 'cjs'] },
  // In Node, where nothing is saved by it, `slim` is the main file.
  slim: { source: 'slim', start: 'fetched', module: 'whole', formats: ['esm'] },
  polyfill: { source: 'polyfill', start: 'inlined', module: 'source', formats: ['iife'] },
  'polyfill.no-wasm': { source: 'polyfill.no-wasm', start: 'translated', module: 'source-no-wasm', formats: ['iife'] },
  decoder: { source: 'decoder', start: 'inlined', module: 'decoder', formats: ['esm', 'cjs'] },
  // Loaded by those that have the class, by sources that share a connection.
  share: { source: 'sharing/share', formats: ['esm'] },
  // They import the file of the decoder.
  'eventsource-parser': { source: 'adapters/eventsource-parser', formats: ['esm', 'cjs'] },
  'fetch-event-source': { source: 'adapters/fetch-event-source', formats: ['esm', 'cjs'] },
}

async function bundle() {
  const builds = Object.entries(FILES).flatMap(([name, { formats, ...file }]) =>
    formats.map((format) => bundleFile(join(OUTPUT, name), format, file)),
  )
  await Promise.all(builds)
  // For `require`, which goes by the end of the name.
  for (const name of ['polyfill', 'polyfill.no-wasm']) cpSync(join(OUTPUT, `${name}.js`), join(OUTPUT, `${name}.cjs`))
}

/**
 * @param {string} path - of the file, without the end of its name
 * @param {import('esbuild').Format} format
 * @param {{ source: string, start?: string, module?: string }} file - of which `source` is in `pkg-template`
 */
export async function bundleFile(path, format, { source, start, module }) {
  const [esbuild, { minify }] = await Promise.all([import('esbuild'), import('terser')])
  const file = format === 'cjs' ? `${path}.cjs` : `${path}.js`
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(TEMPLATE, `${source}.ts`)],
    outfile: file,
    plugins: [start !== undefined && module !== undefined ? engine(start, module) : decoderFile(format)],
    bundle: true,
    write: false,
    sourcemap: true,
    format,
    // Names and white space are left to terser, which makes all of it smaller by a twentieth after
    // brotli, keeps the name that a class tells where it is called, and keeps what tells bundlers that a
    // call is without effect.
    minifySyntax: true,
    target: SYNTAX,
    legalComments: 'none',
    logLevel: 'warning',
    define: {
      IS_MODULE: String(format === 'esm'),
      // Where there is no `import.meta`.
      ...(format === 'esm' ? {} : { 'import.meta.url': 'undefined' }),
    },
  })
  const [map, script] = /** @type {[import('esbuild').OutputFile, import('esbuild').OutputFile]} */ (outputFiles)
  const { sourcesContent, sources, ...mappings } = JSON.parse(map.text)
  const known = {
    ...mappings,
    // As they are called in the repository. What is generated is for nobody to read, and large.
    sources: sources.map((/** @type {string} */ source) => join('/pkg', source).slice(1)),
    sourcesContent: sources.map((/** @type {string} */ source, /** @type {number} */ index) =>
      source.includes('pkg-template/') ? sourcesContent[index] : null,
    ),
  }
  const minified = await minify(
    { [basename(file)]: script.text },
    {
      ecma: 2020,
      module: format !== 'iife',
      compress: { passes: 3, unsafe_arrows: true },
      mangle: { reserved: ['EventSource'] },
      // What tells bundlers that an import is none of theirs.
      format: { ascii_only: true, preserve_annotations: true, comments: /webpackIgnore|@vite-ignore/ },
      sourceMap: { content: known, url: `${basename(file)}.map` },
    },
  )
  writeFileSync(file, `${minified.code}`)
  writeFileSync(`${file}.map`, `${minified.map}`)
}

/**
 * Resolves what the sources of the engine leave to the build: how it is started, its glue, and its
 * module, as text or as JavaScript.
 * @param {string} start
 * @param {string} module - the folder that `makeModule` has made
 * @returns {import('esbuild').Plugin}
 */
function engine(start, module) {
  const folder = join(MODULES, module)
  return {
    name: 'engine',
    setup(build) {
      build.onResolve({ filter: /\/start-here\.js$/ }, () => ({
        path: join(TEMPLATE, 'engine', 'starting', `${start}.ts`),
      }))
      build.onResolve({ filter: /\/glue\.js$/ }, () => ({ path: join(folder, 'glue.js') }))
      build.onResolve({ filter: /^translated-module$/ }, () => ({ path: join(folder, 'module.js') }))
      build.onResolve({ filter: /^inlined-module$/ }, ({ path }) => ({ path, namespace: 'engine' }))
      build.onLoad({ filter: /.*/, namespace: 'engine' }, () => ({
        contents: encode(readFileSync(join(folder, 'module.wasm'))),
        loader: 'text',
      }))
    },
  }
}

/**
 * Leaves the package's file with the decoder out of what imports it.
 * @param {import('esbuild').Format} format
 * @returns {import('esbuild').Plugin}
 */
function decoderFile(format) {
  const path = format === 'cjs' ? './decoder.cjs' : './decoder.js'
  return {
    name: 'decoder-file',
    setup(build) {
      build.onResolve({ filter: /\/decoder\.js$/ }, () => ({ path, external: true }))
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build()
}
