/** Whether WebAssembly can be run here, and what to say where it cannot. */

/** The shortest valid module: the magic number and the version. */
const EMPTY_MODULE = /* @__PURE__ */ new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])

/**
 * Why no WebAssembly can be run here, with what to do about it; `undefined` if it can be.
 *
 * A page's Content-Security-Policy can forbid it: Chromium and Firefox then refuse to compile a module,
 * WebKit to instantiate it.
 */
export function whyNoWebAssembly(): string | undefined {
  if (typeof WebAssembly === 'undefined') {
    return 'There is no WebAssembly here: the Lockdown Mode of Safari switches it off, and --jitless in Node.'
  }
  try {
    new WebAssembly.Instance(new WebAssembly.Module(EMPTY_MODULE))
    return undefined
  } catch {
    return (
      "The page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src, " +
      'or use wasm-eventsource/no-wasm, or polyfill.no-wasm.js.'
    )
  }
}

/** An error that tells why the engine could not be started, and what to do. */
export function startError(cause: unknown): Error {
  const advice =
    whyNoWebAssembly() ??
    'It needs a browser with WebAssembly SIMD: Chrome 91, Firefox 89, Safari 16.4, or later.'
  return new Error(`wasm-eventsource could not start WebAssembly. ${advice}`, { cause })
}
