// @ts-check
/**
 * Makes a WebAssembly module, and the glue that goes with it. Nothing of what the tools generate is
 * edited: the glue that wasm-bindgen makes for bundlers leaves it to others to start the module, so a
 * function can stand around it.
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { run } from './run.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TARGET = join(ROOT, 'target')
const BINARYEN = join(ROOT, 'node_modules', 'binaryen', 'bin')
const CRATE = 'wasm_eventsource'

/** Where each module is put, in a folder with its name. */
export const MODULES = join(TARGET, 'wasm-modules')

/** What wasm2js can translate. */
const TRANSLATABLE_FEATURES = ['bulk-memory', 'mutable-globals', 'nontrapping-float-to-int', 'sign-ext']

/** What Chrome 96, Firefox 100 and Safari 16.4 all have. */
const FEATURES = [...TRANSLATABLE_FEATURES, 'multivalue', 'reference-types', 'simd']

/**
 * Leaves out of the code what wasm2js cannot translate; the last flag wins over that in
 * `.cargo/config.toml`. wasm-bindgen goes by the features that a module says that it uses, and the standard
 * library that comes compiled would have it say reference types.
 */
const TRANSLATABLE_CODE = [
  '--config',
  `target.wasm32-unknown-unknown.rustflags=${JSON.stringify([
    ...['-Ctarget-cpu=mvp', '-Ctarget-feature=-simd128'],
    ...['-Clink-arg=--features=mutable-globals', '-Clink-arg=--no-check-features'],
  ])}`,
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

/**
 * The names of what a module imports, with that of the module that it imports them from, and of what
 * it exports; the short one last.
 * @typedef {{ imports: [module: string, name: string, short: string][], exports: [name: string, short: string][] }} Names
 */

/** What wasm-opt calls the one module that the imports are from. */
const MODULE = 'a'

/**
 * Compiles the crate to a module. In the folder with its name, `module.wasm` and `glue.js` are for the
 * package, and `wasm_eventsource.d.ts` is what TypeScript knows of them.
 * @param {object} options
 * @param {string} options.name
 * @param {string[]} options.crateFeatures
 * @param {string} options.wasmBindgen - the program
 * @param {boolean} options.small - whether the source of the standard library is there
 */
export async function makeModule({ name, ...options }) {
  const folder = join(MODULES, name)
  const names = await compile({ folder, ...options, features: FEATURES })
  writeFileSync(join(folder, 'glue.js'), await shorten(await wrap(folder, names), names))
}

/**
 * As {@link makeModule}, in a folder whose name ends with `-no-wasm`: `module.js` is the module in
 * JavaScript.
 * @param {Parameters<typeof makeModule>[0]} options
 */
export async function makeTranslatedModule({ name, ...options }) {
  const folder = join(MODULES, `${name}-no-wasm`)
  const names = await compile({ folder, ...options, features: TRANSLATABLE_FEATURES })
  writeFileSync(join(folder, 'glue.js'), await shorten(await wrap(folder, names), names))
  const script = join(folder, 'module.js')
  // For Emscripten it makes a function that takes the imports, so there can be more than one instance.
  const args = [join(folder, 'module.wasm'), '-o', script, ...enable(TRANSLATABLE_FEATURES), '-O2', '--emscripten']
  execFileSync(process.execPath, [join(BINARYEN, 'wasm2js'), ...args])
  writeFileSync(script, `${readFileSync(script, 'utf8')}\nexport { instantiate as default }\n`)
}

/**
 * @param {object} options
 * @param {string} options.folder
 * @param {string[]} options.crateFeatures
 * @param {string} options.wasmBindgen
 * @param {boolean} options.small
 * @param {string[]} options.features - of WebAssembly
 * @returns {Promise<Names>}
 */
async function compile({ folder, crateFeatures, wasmBindgen, small, features }) {
  mkdirSync(folder, { recursive: true })
  const translatable = features === TRANSLATABLE_FEATURES
  // Of its own, since cargo compiles all anew for other flags.
  const target = translatable ? join(TARGET, 'no-wasm') : TARGET
  await run(
    'cargo',
    ['rustc', '--lib', '--crate-type', 'cdylib', '--release', '--locked'].concat(
      ['--no-default-features', '--features', crateFeatures.join(',')],
      ['--target', 'wasm32-unknown-unknown', '--target-dir', target],
      small ? WITHOUT_PANIC_TEXTS : [],
      translatable ? TRANSLATABLE_CODE : [],
    ),
    small ? { ...process.env, RUSTC_BOOTSTRAP: '1' } : process.env,
  )
  const input = join(target, 'wasm32-unknown-unknown', 'release', `${CRATE}.wasm`)
  await run(wasmBindgen, [input, '--target', 'bundler', '--encode-into', 'always', '--out-dir', folder])
  return optimise(join(folder, `${CRATE}_bg.wasm`), join(folder, 'module.wasm'), features)
}

/** @param {string[]} features */
function enable(features) {
  return features.map((feature) => `--enable-${feature}`)
}

/**
 * Optimises a module for size, with short names for its imports and exports: the long ones, a hash
 * in each, would take 2 kB after brotli.
 * @param {string} module
 * @param {string} result
 * @param {string[]} features
 * @returns {Names}
 */
function optimise(module, result, features) {
  const args = [
    ...[module, '-o', result, ...enable(features), '-Oz'],
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
            ${exports.some(([name]) => name === '__wbindgen_start') ? 'exports.__wbindgen_start()' : ''}
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
