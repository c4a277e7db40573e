/** What is taken of the surroundings without asking twice. All browsers and runtimes have it. */

/** @throws an `Error` that says which of these globals are missing, and what to do */
export function checkSurroundings(...needed: string[]): void {
  const missing = needed.filter((name) => !(name in globalThis))
  if (missing.length > 0) {
    throw new Error(
      `wasm-eventsource cannot run here without ${missing.join(' and ')}. Jest's environment jsdom hides ` +
        'that, fetch, and streams: take the environment jest-fixed-jsdom instead.',
    )
  }
}
