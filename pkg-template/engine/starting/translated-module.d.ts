/** The module as JavaScript; the build puts it here. */
declare module 'translated-module' {
  /** Makes an instance with these imports. */
  export default function instantiate(imports: WebAssembly.Imports): WebAssembly.Exports
}
