/**
 * Bytes: a buffer, or a view of one. TypeScript's `BufferSource` is narrower since 5.9, and takes no plain
 * `Uint8Array`.
 */
export type Bytes = ArrayBuffer | ArrayBufferView
