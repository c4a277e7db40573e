/** The WebAssembly module in hexadecimal digits; the build puts it here. */
declare module 'inlined-module' {
  const digits: string
  export default digits
}
