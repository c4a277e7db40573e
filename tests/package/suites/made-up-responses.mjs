/** Functions in the place of `fetch`, whose responses are made on the spot. */

const encoder = new TextEncoder()
const headers = { 'Content-Type': 'text/event-stream' }

/**
 * A `fetch` whose response never ends: numbered messages, each so many characters long, as fast as
 * they are read. `read()` is how many bytes have been taken of the last one, and `signal()` its signal.
 */
export function endlessStream(length) {
  let bytes = 0
  let signal
  const fetch = async (_, init) => {
    signal = init?.signal
    let number = 0
    bytes = 0
    const body = new ReadableStream(
      {
        pull(controller) {
          let text = ''
          while (text.length < 4_000) {
            text += `data:${length === 0 ? '' : `${number++}`.padEnd(length, '.')}\n\n`
          }
          bytes += text.length
          controller.enqueue(encoder.encode(text))
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { headers })
  }
  return { fetch, read: () => bytes, signal: () => signal }
}

/** A `fetch` whose response has this text, and ends behind it if it is to. */
export function eventStream(text, { end = true } = {}) {
  return async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(encoder.encode(text))
          if (end) controller.close()
        },
      }),
      { headers },
    )
}
