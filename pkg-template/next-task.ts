/** Resolves once the event loop has run what was waiting. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
