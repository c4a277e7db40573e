// @ts-check
/**
 * Takes from wasm-bindgen's glue what this package has no use for. What it expects to find is written
 * down here, so that another version of the tool cannot pass unseen.
 */

/** Each thing that is looked for, what takes its place, and why that does. */
const CHANGES = [
  // Caches of the views of the memory, and texts written one character at a time: for glue that is
  // called often. Ours is called a few times for each connection; chunks and messages pass it by.
  change(
    fn('getUint16ArrayMemory0'),
    `function getUint16ArrayMemory0() {
    return new Uint16Array(wasm.memory.buffer);
}`,
  ),
  change(fn('getUint8ArrayMemory0'), ''),
  change(
    fn('getArrayU8FromWasm0'),
    `function getArrayU8FromWasm0(ptr, len) {
    return new Uint8Array(wasm.memory.buffer, ptr >>> 0, len);
}`,
  ),
  change(/^let cached\w+Memory0 = null;\n/gm, ''),
  change(/^    cached\w+Memory0 = null;\n/gm, ''),
  change(
    fn('passStringToWasm0'),
    `function passStringToWasm0(arg) {
    const bytes = new TextEncoder().encode(arg);
    const ptr = wasm.__wbindgen_malloc(bytes.length, 1);
    getArrayU8FromWasm0(ptr, bytes.length).set(bytes);
    WASM_VECTOR_LEN = bytes.length;
    return ptr;
}`,
  ),
  change(/(passStringToWasm0\(\w+), wasm\.__wbindgen_malloc, wasm\.__wbindgen_realloc\)/g, '$1)'),
  change(/^const cachedTextEncoder = .*\n/m, ''),
  change(/^if \(!\('encodeInto' in cachedTextEncoder\)\) {[^]*?^}\n/m, ''),
  // No text comes from the module; what does is decoded by `batch.ts`.
  change(fn('getStringFromWasm0'), ''),
  change(/^let cachedTextDecoder = [^]*?^let numBytesDecoded = 0;\n/m, ''),
  change(fn('decodeText'), ''),
  // What no longer fits into the memory traps, and there is nothing left to be freed.
  change(
    /^        let (?:\w+, )*\w+;\n        try {\n((?:            .*\n)*)        } catch \(e\) {\n(?:            .*\n)*        }\n/gm,
    (_, /** @type {string} */ body) =>
      body.replace(/^            (?:let )?(\w+) =/gm, '        const $1 ='),
  ),
  // A closure is freed by its owner, in WebAssembly; and a source is held by its connection, until it
  // is closed. Neither is left to the garbage collector; a decoder is, and nobody frees it by hand.
  change(/^(?:const CLOSURE_DTORS|const SourceFinalization) =[^]*?;\n/gm, ''),
  change(/^ *(?:CLOSURE_DTORS|SourceFinalization)\..*\n/gm, ''),
  change(/^    free\(\) {[^]*?\n    }\n/gm, ''),
  change(/^if \(Symbol\.dispose\) .*\n/gm, ''),
  change(/(^export class Decoder {\n)    __destroy_into_raw\(\) {[^]*?\n    }\n/m, '$1'),
  // Every browser that runs the module has these.
  change(/\(typeof FinalizationRegistry === 'undefined'\)\n.*\n    : /g, ''),
  // Nothing that is called may throw: neither `setTimeout` nor `new AbortController()` does, and what of
  // the receiver could is async. Nor does a closure of wasm-bindgen-futures fail.
  change(/function\(\) { return handleError\((function [^]*?^        }), arguments\); }/gm, '$1'),
  change(fn('handleError'), ''),
  change(fn('addToExternrefTable0'), ''),
  change(
    /^    const ret = (wasm\.\w+\(.*\);)\n    if \(ret\[1\]\) {\n        throw takeFromExternrefTable0\(ret\[0\]\);\n    }\n/gm,
    '    $1\n',
  ),
  change(fn('takeFromExternrefTable0'), ''),
  // Nobody asks for the module or the instance.
  change(/^let wasmModule, wasmInstance, wasm;$/m, 'let wasm;'),
  change(/^    wasm(?:Instance = instance|Module = module);\n/gm, ''),
]

/**
 * @param {string} glue - what wasm-bindgen has generated for the target `web`
 * @returns {string} less of it that does the same
 */
export function simplify(glue) {
  return CHANGES.reduce((text, apply) => apply(text), glue)
}

/**
 * @param {RegExp} pattern
 * @param {string | ((...match: string[]) => string)} replacement
 * @returns {(glue: string) => string} throws where there is nothing to replace
 */
function change(pattern, replacement) {
  return (glue) => {
    if (glue.search(pattern) < 0) throw new Error(`The glue has nothing like ${pattern}`)
    return glue.replace(pattern, /** @type {string} */ (replacement))
  }
}

/**
 * A function of the glue.
 * @param {string} name
 */
function fn(name) {
  return new RegExp(`^function ${name}\\([^]*?^}`, 'm')
}
