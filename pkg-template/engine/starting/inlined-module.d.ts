/** The WebAssembly module as `encoding.mjs` writes it; the build puts it here. */
declare module 'inlined-module' {
  const text: string
  export default text
}
