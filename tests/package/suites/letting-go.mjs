/** What close() lets go of that a `fetch` of the user's has made. */

import { assert } from '/node_modules/chai/index.js'
import { eventually, milliseconds, next, takeFaults } from './support.mjs'

export default function ({ EventSource }) {
  afterEach(async () => assert.deepEqual(await takeFaults(), []))

  /** A `fetch` that does not look at its signal, and what becomes of its body. */
  function deafFetch() {
    const body = { cancelled: 0 }
    body.stream = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: a\n\n')),
      cancel: () => (body.cancelled += 1),
    })
    const response = new Response(body.stream, { headers: { 'Content-Type': 'text/event-stream' } })
    return { body, response }
  }

  it('close() cancels the body of a fetch that does not look at its signal', async () => {
    const { body, response } = deafFetch()
    const source = new EventSource('https://example.test/', { fetch: async () => response })
    await next(source, 'message')
    source.close()
    await eventually(() => body.cancelled === 1, 2_000)
  })

  it('close() in a listener does, too', async () => {
    const { body, response } = deafFetch()
    const source = new EventSource('https://example.test/', { fetch: async () => response })
    source.onmessage = () => source.close()
    await eventually(() => body.cancelled === 1, 2_000)
  })

  it('close() cancels the body of a response that comes later', async () => {
    const { body, response } = deafFetch()
    let answer
    const source = new EventSource('https://example.test/', {
      fetch: () => new Promise((resolve) => (answer = resolve)),
    })
    await eventually(() => answer)
    source.close()
    answer(response)
    await eventually(() => body.cancelled === 1, 2_000)
    await milliseconds(20)
  })

  it('an attempt that is timed out cancels its body', async () => {
    const { body, response } = deafFetch()
    const source = new EventSource('https://example.test/', {
      fetch: async () => response,
      idleTimeout: 50,
      reconnect: false,
    })
    const { reason } = await next(source, 'error')
    assert.equal(reason, 'idle-timeout')
    await eventually(() => body.cancelled === 1, 2_000)
  })
}
