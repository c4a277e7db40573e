// @ts-check
/** Fetches a stream for clients that only parse. */

/**
 * @param {import('./frame.mjs').Source} source
 * @param {(chunk: Uint8Array) => void} take called with each chunk
 * @param {(reason: string) => void} end
 * @returns {() => void} how to close it
 */
export function readBody({ url, fetch = globalThis.fetch }, take, end) {
  const controller = new AbortController()
  const read = async () => {
    const { body } = await fetch(url, { signal: controller.signal })
    if (body === null) throw new TypeError('there is no body')
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      take(value)
    }
    end('closed')
  }
  read().catch((error) => end(String(error)))
  return () => controller.abort()
}
