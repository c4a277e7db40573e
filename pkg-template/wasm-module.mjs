// @ts-check
/**
 * Makes of what wasm-pack has built what the package holds: a module, and the glue that goes with
 * it, both as small as may be.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import binaryen from 'binaryen'

import { simplify } from './small-glue.mjs'

const BINARYEN = fileURLToPath(new URL('../node_modules/binaryen/bin/', import.meta.url))

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
 * Functions of other crates, and of the glue, that have nothing to do here, though no compiler can
 * know: their names, less the hashes, and what takes the place of their code. Six hundred bytes after
 * brotli.
 * @type {[name: RegExp, replacement: (module: binaryen.Module) => number][]}
 */
const REPLACED = [
  // It looks for the global object under four names, to find out whether it has `queueMicrotask`: every
  // browser that runs the module has. What it returns is `JsValue::UNDEFINED`.
  [/^js_sys::global$/, (module) => module.i32.const(1024)],
  [/^js_sys::global::get_global_object::\w+::init$/, (module) => module.unreachable()],
  [/^<js_sys::futures::queue::Global>::hasQueueMicrotask::__wbg_\w+$/, nothing],
  [/^wasm_bindgen::__wbindgen_is_function::__wbg_\w+$/, (module) => module.i32.const(1)],
  // These are for where it has none.
  [/^<js_sys::Promise>::resolve::__wbg_\w+$/, nothing],
  [/^<js_sys::Promise<_, _>>::then_map::__wbg_\w+$/, (module) => module.unreachable()],
  // It ends the queue of tasks, which is there for good.
  [/^<alloc::rc::Rc<js_sys::futures::queue::QueueState>>::drop_slow$/, (module) => module.unreachable()],
  // It throws what only a bug here leads to. A trap does as well: either way the engine has crashed.
  [/^wasm_bindgen::__wbindgen_throw::/, (module) => module.unreachable()],
]

/** @param {binaryen.Module} module */
function nothing(module) {
  return module.ref.null(binaryen.externref)
}

/**
 * What stands in the table of functions, but is never called by its place there: that told wasm-bindgen
 * what to make of it, or it is for the stacks of JavaScript Promise Integration, which nothing here asks
 * for. A quarter of a kilobyte after brotli.
 */
const UNCALLED =
  /^wasm_bindgen::(?:convert::closures::_::invoke::|__rt::link_mem_intrinsics$)| -> Externref$|^js_sys::futures::jspi::/

/** What was to be thrown in these cases. Texts that are not there do no harm. */
const UNUSED_TEXTS = [
  'FnOnce called more than once',
  'attempted to take ownership of Rust value while it was borrowed',
  'called `Result::unwrap_throw()` on an `Err` value',
  'closure invoked recursively or after being dropped',
  'null pointer passed to rust',
  'recursive use of an object detected which would lead to unsafe aliasing in rust',
]

/**
 * @param {string} directory - where wasm-pack has written to; the results go there too
 * @param {string} name - what it has called its module
 * @param {string} result - the name of the module and of the glue that are to be made
 * @param {string[]} [exported] - the classes and functions that are needed; by default all
 */
export function makeModule(directory, name, result, exported) {
  const generated = simplify(readFileSync(join(directory, `${name}.js`), 'utf8'))
  const all = [...generated.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, it]) => `${it}`)
  const kept = exported ?? all
  const glue = wrap(
    all.filter((it) => !kept.includes(it)).reduce(without, generated),
    kept,
  )
  const reduced = join(directory, `${result}.reduced.wasm`)
  replaceFunctions(join(directory, `${name}_bg.wasm`), reduced)
  dropExports(reduced, glue, reduced)
  const names = optimise(reduced, join(directory, `${result}.wasm`))
  writeFileSync(join(directory, `${result}.js`), rename(glue, names))
}

/**
 * The glue without one of its classes or functions.
 * @param {string} glue
 * @param {string} name
 */
function without(glue, name) {
  return [
    new RegExp(`^export (class|function) ${name}\\b[^]*?^}\\n`, 'm'),
    new RegExp(`^if \\(Symbol\\.dispose\\) ${name}\\..*\\n`, 'm'),
    new RegExp(`^const ${name}Finalization =[^]*?;\\n`, 'm'),
  ].reduce((text, part) => text.replace(part, ''), glue)
}

/**
 * Makes a function of wasm-bindgen's glue, so that there can be more than one instance of the
 * module: each call returns a glue of its own. What it is given sees the exports first.
 * @param {string} glue
 * @param {string[]} exported
 */
function wrap(glue, exported) {
  // From here on it loads the module, which is up to us.
  const end = glue.indexOf('async function __wbg_load(')
  const assignment = 'wasm = instance.exports;'
  if (end < 0 || !glue.includes(assignment)) throw new Error('The glue is not as expected')
  const body = glue
    .slice(0, end)
    .replace(/^export (?=class|function)/gm, '')
    .replace(assignment, 'wasm = guard(instance.exports);')
  return `export default function (guard) {\n${body}
return { imports: __wbg_get_imports(), start: __wbg_finalize_init, ${exported.join(', ')} }\n}\n`
}

/**
 * Replaces the functions that have nothing to do, and blanks the texts that are never read.
 * @param {string} path
 * @param {string} result
 */
function replaceFunctions(path, result) {
  const bytes = readFileSync(path)
  for (const text of UNUSED_TEXTS) {
    for (let at; (at = bytes.indexOf(text)) >= 0; ) bytes.fill(0, at, at + text.length)
  }
  const module = binaryen.readBinary(bytes)
  const functions = Array.from({ length: module.getNumFunctions() }, (_, index) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(index)),
  )
  for (const [pattern, replacement] of REPLACED) {
    const found = functions.filter(({ name }) => pattern.test(withoutHashes(name)))
    if (found.length === 0) throw new Error(`The module has no function like ${pattern}`)
    for (const { name, params, results } of found) {
      module.removeFunction(name)
      module.addFunction(name, params, results, [], replacement(module))
    }
  }
  const { name, table, offset, data } = binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(0))
  const called = data.map((name) => (UNCALLED.test(withoutHashes(name)) ? undefined : name))
  const [another] = called.filter((name) => name !== undefined)
  module.removeElementSegment(name)
  module.addActiveElementSegment(table, name, called.map((name) => name ?? another), offset)
  writeFileSync(result, module.emitBinary())
  module.dispose()
}

/**
 * The name of a function, as Rust mangles it, the same in each build.
 * @param {string} name
 */
function withoutHashes(name) {
  return name.replace(/\[[0-9a-f]{16}\]/g, '')
}

/**
 * Drops the exports of a module that its glue does not use, and what only they use.
 * @param {string} module
 * @param {string} glue
 * @param {string} result
 */
function dropExports(module, glue, result) {
  const used = new Set([...glue.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => `${name}`))
  const graph = `${result}.json`
  const nodes = [...used].map((name) => ({ name, export: name }))
  writeFileSync(graph, JSON.stringify([{ name: 'glue', root: true, reaches: [...used] }, ...nodes]))
  runBinaryen('wasm-metadce', [module, '--graph-file', graph, '-o', result])
}

/**
 * Optimises a module for size, with short names for its imports and exports: the long ones, a hash
 * in each, would take 2 kB after brotli.
 * @param {string} module
 * @param {string} result
 * @returns {{ imports: string[][], exports: string[][] }} each with its name and its short one last
 */
function optimise(module, result) {
  return JSON.parse(
    runBinaryen('wasm-opt', [
      module,
      '-Oz',
      // No static data and no part of the stack in use is below address 1024.
      '--low-memory-unused',
      // A function that is called from one place stays one unless it is tiny: larger, but brotli
      // finds more that repeats.
      '--one-caller-inline-max-function-size=60',
      '--minify-imports-and-exports-and-modules',
      '--strip-debug',
      '--strip-producers',
      '--strip-target-features',
      '-o',
      result,
    ]),
  )
}

/**
 * Has the glue use the short names, and drops the imports that the module does not have.
 * @param {string} glue
 * @param {{ imports: string[][], exports: string[][] }} names
 */
function rename(glue, { imports, exports }) {
  const shortened = new Map(imports.map(([, name, short]) => [name, short]))
  const found = new Set()
  let text = glue.replace(/^        (\w+): ((?:handleError\()?function[^]*?^        }\)?,\n)/gm, (_, name, body) => {
    found.add(name)
    return shortened.has(name) ? `        "${shortened.get(name)}": ${body}` : ''
  })
  for (const name of shortened.keys()) {
    if (!found.has(name)) throw new Error(`The glue has no import ${name}`)
  }
  text = text.replace(/"\.\/\w+\.js": import0/, '"a": import0')
  for (const [name, short] of exports) {
    text = text.replace(new RegExp(`\\bwasm\\.${name}\\b`, 'g'), `wasm["${short}"]`)
  }
  return text
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function runBinaryen(program, args) {
  return execFileSync(process.execPath, [join(BINARYEN, program), ...FEATURES, ...args]).toString()
}
