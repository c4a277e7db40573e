/** Whether anybody sees the page. */
export function isHidden(): boolean {
  // A worker is neither shown nor hidden.
  return globalThis.document?.visibilityState === 'hidden'
}

/** Whether this is a page, which may be left, and not a worker. */
export function hasPage(): boolean {
  return globalThis.document !== undefined
}
