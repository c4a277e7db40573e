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

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TEMPLATE = join(ROOT, 'pkg-template')
const OUTPUT = join(ROOT, 'pkg')
const WASM_PACK_OUTPUT = join(ROOT, 'target', 'wasm-pack')
const MODULE = 'wasm_eventsource_bg.wasm'
const GENERATED_GLUE = 'wasm_eventsource.js'
const GLUE = 'glue.js'

/** What Chrome 96, Firefox 100 and Safari 16.4 all have; the syntax goes with it. */
const SYNTAX = 'es2022'
const WASM_FEATURES = [
  'bulk-memory',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
  'simd',
]

/**
 * Makes a panic trap at once: its message, and all that formats messages, are left out, in the
 * standard library too. This is not stable yet, so it needs the library's source, and leave to use
 * unstable features in the environment variable RUSTC_BOOTSTRAP.
 */
const WITHOUT_PANIC_TEXTS = [
  '-Zbuild-std=std,panic_abort',
  '--config',
  'target.wasm32-unknown-unknown.rustflags=["-Zunstable-options", "-Cpanic=immediate-abort"]',
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
      : "Building the WebAssembly module; without rustup's component rust-src it gets a fifth larger",
  )
  run(
    wasmPack,
    ['build', '--target', 'web', '--mode', 'no-install', '--no-opt', '--no-pack'].concat(
      ['--out-dir', WASM_PACK_OUTPUT],
      small ? ['.', '--', ...WITHOUT_PANIC_TEXTS] : [],
    ),
    small ? { ...environment, RUSTC_BOOTSTRAP: '1' } : environment,
  )
  wrapGlue()
  optimiseModule()

  console.log('Building the package')
  run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', TEMPLATE])
  await bundle()
  writeManifest()
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE']) {
    cpSync(join(ROOT, file), join(OUTPUT, file))
  }
}

/**
 * Makes a function of wasm-bindgen's glue, so that there can be more than one instance of the
 * module: each call returns a glue of its own. What it is given sees the exports first.
 */
function wrapGlue() {
  const glue = readFileSync(join(WASM_PACK_OUTPUT, GENERATED_GLUE), 'utf8')
  const ending = 'export { initSync, __wbg_init as default };\n'
  if (!glue.endsWith(ending)) throw new Error(`${GENERATED_GLUE} does not end as expected`)
  const exported = [...glue.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name)
  const assignment = 'wasm = instance.exports;'
  if (!glue.includes(assignment)) throw new Error(`${GENERATED_GLUE} has no "${assignment}"`)
  const body = glue
    .slice(0, -ending.length)
    .replace(/^export (?=class|function)/gm, '')
    .replace(assignment, 'wasm = guard(instance.exports);')
  writeFileSync(
    join(WASM_PACK_OUTPUT, 'glue.js'),
    `export default function (guard) {\n${body}
return { instantiate: __wbg_init, initSync, ${exported.join(', ')} }\n}\n`,
  )
  writeFileSync(
    join(WASM_PACK_OUTPUT, 'glue.d.ts'),
    `import type * as glue from './wasm_eventsource.js'
export type Glue = Omit<typeof glue, 'default'> & { instantiate: typeof glue.default }
export default function createGlue(
  guard: (exports: WebAssembly.Exports) => WebAssembly.Exports,
): Glue\n`,
  )
}

/**
 * Optimises the module for size, with short names for its imports and exports; the glue has to use
 * them too. The long ones, a hash in each, would take 2 kB after brotli.
 */
function optimiseModule() {
  const { imports, exports } = /** @type {{ imports: string[][], exports: string[][] }} */ (
    JSON.parse(
      execFileSync(process.execPath, [
        join(ROOT, 'node_modules', 'binaryen', 'bin', 'wasm-opt'),
        '-Oz',
        '--minify-imports-and-exports-and-modules',
        '--strip-debug',
        '--strip-producers',
        '--strip-target-features',
        ...WASM_FEATURES.map((feature) => `--enable-${feature}`),
        '-o',
        join(OUTPUT, MODULE),
        join(WASM_PACK_OUTPUT, MODULE),
      ]).toString(),
    )
  )
  const glue = join(WASM_PACK_OUTPUT, GLUE)
  let text = readFileSync(glue, 'utf8')
  /** @type {(pattern: RegExp, replacement: string) => void} */
  const replace = (pattern, replacement) => {
    const replaced = text.replace(pattern, () => replacement)
    if (replaced === text) throw new Error(`${GLUE} has nothing that matches ${pattern}`)
    text = replaced
  }
  for (const [, name, short] of imports) {
    replace(new RegExp(`^ +${name}: function`, 'm'), `"${short}": function`)
  }
  replace(/"\.\/wasm_eventsource_bg\.js": import0/, '"a": import0')
  for (const [name, short] of exports) {
    if (text.includes(`wasm.${name}`)) replace(new RegExp(`\\bwasm\\.${name}\\b`, 'g'), `wasm["${short}"]`)
  }
  writeFileSync(glue, text)
}

async function bundle() {
  const esbuild = await import('esbuild')
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    bundle: true,
    minify: true,
    target: SYNTAX,
    legalComments: 'none',
    logLevel: 'warning',
  }
  /** @type {import('esbuild').BuildOptions} */
  const inlined = {
    ...common,
    plugins: [inlineModule],
    // The glue can load the module from beside itself. Here it never does, and a bundler that saw
    // the URL would copy the file for nothing.
    define: { 'import.meta.url': 'undefined' },
  }
  await Promise.all([
    esbuild.build({
      ...inlined,
      entryPoints: [join(TEMPLATE, 'index.ts')],
      format: 'esm',
      outfile: join(OUTPUT, 'index.js'),
    }),
    esbuild.build({
      ...common,
      entryPoints: [join(TEMPLATE, 'slim.ts')],
      format: 'esm',
      outfile: join(OUTPUT, 'slim.js'),
    }),
    esbuild.build({
      ...inlined,
      entryPoints: [join(TEMPLATE, 'polyfill.ts')],
      format: 'iife',
      outfile: join(OUTPUT, 'polyfill.js'),
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
}

/** Resolves `inlined-module` to the optimised module, as text. */
/** @type {import('esbuild').Plugin} */
const inlineModule = {
  name: 'inlined-module',
  setup(build) {
    build.onResolve({ filter: /^inlined-module$/ }, (args) => ({
      path: args.path,
      namespace: 'inlined-module',
    }))
    build.onLoad({ filter: /.*/, namespace: 'inlined-module' }, () => ({
      contents: encode(readFileSync(join(OUTPUT, MODULE))),
      loader: 'text',
    }))
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
