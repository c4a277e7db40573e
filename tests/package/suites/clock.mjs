/** A clock that is set back while a stream is read, or jumps forward, as that of a machine which has slept. */

import { assert } from '/node_modules/chai/index.js'
import { eventually } from './support.mjs'

const HOUR = 3_600_000

export default function ({ EventSource }) {
  const { now } = Date
  let source
  afterEach(() => {
    source?.close()
    Date.now = now
    // What the prototype has shows again.
    delete performance.now
  })

  it('does not keep the event loop waiting in a flood of messages', async () => {
    const COUNT = 400
    let count = 0
    const encoder = new TextEncoder()
    const fetch = async () => {
      const body = new ReadableStream(
        {
          pull(controller) {
            count += 1
            if (count > COUNT) controller.close()
            else controller.enqueue(encoder.encode('data: a\n\n'))
          },
        },
        { highWaterMark: 0 },
      )
      return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
    }
    let received = 0
    let receivedBefore
    source = new EventSource('https://example.test/', { fetch, reconnect: false })
    source.onmessage = () => {
      received += 1
      if (received === 10) {
        Date.now = () => now() - HOUR
        // What waits for its turn in the event loop.
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => (receivedBefore = received)
        port2.postMessage(null)
      }
      // A listener that takes a millisecond: all of them together take much longer than a task should.
      for (const end = performance.now() + 1; performance.now() < end; );
    }
    await eventually(() => source.readyState === 2, 15_000)
    assert.equal(received, COUNT)
    assert.isBelow(receivedBefore, COUNT / 2)
  })

  it('does not change what counts as a connection that lasted', async () => {
    const bodies = []
    const fetch = async () => {
      const body = new ReadableStream({ start: (controller) => bodies.push(controller) })
      return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
    }
    const reconnect = { delay: 0, minDelay: 0, resetAfter: 50 }
    source = new EventSource('https://example.test/', { fetch, reconnect })
    const attempts = []
    source.onerror = ({ attempt }) => attempts.push(attempt)
    for (let connection = 1; connection <= 3; connection++) {
      await eventually(() => bodies.length === connection && source.readyState === 1)
      Date.now = () => now() - connection * HOUR
      await new Promise((resolve) => setTimeout(resolve, 100))
      bodies.at(-1).close()
      await eventually(() => attempts.length === connection)
    }
    assert.deepEqual(attempts, [1, 1, 1])
  })

  it('takes a clock that has jumped for silence only if nothing has come since', async () => {
    const real = performance.now.bind(performance)
    let jumped = 0
    performance.now = () => real() + jumped
    const encoder = new TextEncoder()
    const ids = []
    let stream
    const fetch = async (_, { headers }) => {
      ids.push(new Headers(headers).get('Last-Event-ID'))
      const body = new ReadableStream({ start: (controller) => (stream = controller) })
      return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
    }
    const limit = 2_000
    source = new EventSource('https://example.test/', { fetch, idleTimeout: limit, reconnect: { delay: 0, minDelay: 0 } })
    const losses = []
    source.onerror = ({ reason }) => losses.push({ reason, at: real() })
    await eventually(() => source.readyState === 1)
    const begun = real()
    let lastByte = begun
    for (let id = 1; lastByte - begun < 1.6 * limit; id++) {
      // A night, while the stream goes on.
      if (id === 5) jumped += 8 * HOUR
      stream.enqueue(encoder.encode(`id: ${id}\ndata: a\n\n`))
      lastByte = real()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.deepEqual(losses, [])
    const { lastEventId } = source
    // Another one, in which the connection is forgotten.
    jumped += 8 * HOUR
    const [{ reason, at }] = await eventually(() => losses.length > 0 && losses)
    assert.equal(reason, 'idle-timeout')
    assert.isBelow(at - lastByte, limit - 100)
    await eventually(() => ids.length === 2)
    assert.deepEqual(ids, [null, lastEventId])
  })
}
