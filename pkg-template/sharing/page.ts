/** Whether anybody sees the page. */
export function isHidden(): boolean {
  // A worker is neither shown nor hidden.
  return globalThis.document?.visibilityState === 'hidden'
}
