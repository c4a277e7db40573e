// @ts-check
/**
 * Makes a WebAssembly module, and the glue that goes with it. Nothing of what the tools generate is
 * edited: the glue that wasm-bindgen makes for bundlers leaves it to others to start the module, so a
 * function can stand around it.
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { run } from './run.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TARGET = join(ROOT, 'target')
const BINARYEN = join(ROOT, 'node_modules', 'binaryen', 'bin')
const CRATE = 'wasm_eventsource'

/** Where each module is put, in a folder with the name of its feature. */
export const MODULES = join(TARGET, 'wasm-modules')

/** What Chrome 96, Firefox 100 and Safari 16.4 all have. */
const FEATURES = [
  'bulk-memory',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
  'simd',
].map((feature) => `--enable-${feature}`)

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

/**
 * The names of what a module imports, with that of the module that it imports them from, and of what
 * it exports; the short one last.
 * @typedef {{ imports: [module: string, name: string, short: string][], exports: [name: string, short: string][] }} Names
 */

/** What wasm-opt calls the one module that the imports are from. */
const MODULE = 'a'

/**
 * Compiles the crate to a module. In the folder with the name of the feature, `module.wasm` and
 * `glue.js` are for the package, and `wasm_eventsource.d.ts` is what TypeScript knows of them.
 * @param {object} options
 * @param {string} options.feature - of the crate
 * @param {string} options.wasmBindgen - the program
 * @param {boolean} options.small - whether the source of the standard library is there
 */
export async function makeModule({ feature, wasmBindgen, small }) {
  const folder = join(MODULES, feature)
  mkdirSync(folder, { recursive: true })
  await run(
    'cargo',
    ['rustc', '--lib', '--crate-type', 'cdylib', '--release', '--locked'].concat(
      ['--no-default-features', '--features', feature],
      ['--target', 'wasm32-unknown-unknown', '--target-dir', TARGET],
      small ? WITHOUT_PANIC_TEXTS : [],
    ),
    small ? { ...process.env, RUSTC_BOOTSTRAP: '1' } : process.env,
  )
  await run(wasmBindgen, [
    join(TARGET, 'wasm32-unknown-unknown', 'release', `${CRATE}.wasm`),
    ...['--target', 'bundler', '--encode-into', 'always', '--out-dir', folder],
  ])
  const names = optimise(join(folder, `${CRATE}_bg.wasm`), join(folder, 'module.wasm'))
  writeFileSync(join(folder, 'glue.js'), await shorten(await wrap(folder, names), names))
}

/**
 * Optimises a module for size, with short names for its imports and exports: the long ones, a hash
 * in each, would take 2 kB after brotli.
 * @param {string} module
 * @param {string} result
 * @returns {Names}
 */
function optimise(module, result) {
  const args = [
    ...[module, '-o', result, ...FEATURES, '-Oz'],
    // No static data and no part of the stack in use is below address 1024.
    '--low-memory-unused',
    // A function that is called from one place stays one unless it is tiny: larger, but brotli
    // finds more that repeats.
    '--one-caller-inline-max-function-size=60',
    '--minify-imports-and-exports-and-modules',
    ...['--strip-debug', '--strip-producers', '--strip-target-features'],
  ]
  return JSON.parse(execFileSync(process.execPath, [join(BINARYEN, 'wasm-opt'), ...args]).toString())
}

/**
 * Makes a function of wasm-bindgen's glue, so that there can be more than one instance of the module:
 * each call returns a glue of its own. `glue.d.ts` tells what that has.
 * @param {string} folder
 * @param {Names} names
 * @returns {Promise<string>} an ES module with the function as its default export
 */
async function wrap(folder, { imports, exports }) {
  const esbuild = await import('esbuild')
  const { metafile } = await esbuild.build({
    entryPoints: [join(folder, `${CRATE}.js`)],
    outdir: folder,
    write: false,
    metafile: true,
  })
  const exported = Object.values(metafile.outputs).flatMap((output) => output.exports)
  const ambiguous = exports.find(([name]) => exported.includes(name))
  if (ambiguous) throw new Error(`A name of the module's is one of the glue's, too: ${ambiguous[0]}`)
  const { outputFiles } = await esbuild.build({
    stdin: {
      // What is quoted keeps its name.
      contents: `import * as glue from './${CRATE}_bg.js'
        result = {
          ${exported.map((name) => `'${name}': glue.${name},`).join('\n')}
          'imports': { '${MODULE}': { ${imports.map(([, name, short]) => `'${short}': glue.${name}`).join(', ')} } },
          'start': (exports) => {
            glue.__wbg_set_wasm(exports)
            exports.__wbindgen_start()
          },
        }`,
      resolveDir: folder,
    },
    bundle: true,
    format: 'esm',
    write: false,
    banner: { js: 'export default function () { let result' },
    footer: { js: 'return result }' },
  })
  return outputFiles.map(({ text }) => text).join('')
}

/**
 * Has the glue call the exports of the module by their short names.
 * @param {string} glue
 * @param {Names} names
 */
async function shorten(glue, { exports }) {
  const { minify } = await import('terser')
  const { code } = await minify(glue, {
    module: true,
    compress: false,
    mangle: {
      properties: {
        regex: new RegExp(`^(?:${exports.map(([name]) => name).join('|')})$`),
        // `memory` is one that browsers have, too.
        builtins: true,
        keep_quoted: true,
      },
    },
    nameCache: { props: { props: Object.fromEntries(exports.map(([name, short]) => [`$${name}`, short])) } },
  })
  return `${code}`
}
