/**
 * A page that recurses until the stack is full, and uses the class on its way: no input of a server
 * can cause it, but an instance of the engine that is cut off in the middle of a call is lost.
 */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, takeFaults, uniqueKey } from './support.mjs'

/** How often the class is used in one go, at most: each time with a little more of the stack left. */
const USES = 2_000

/** After so many uses in a row that nothing is thrown, there is enough of the stack. */
const ENOUGH = 20

/** Fills the stack, then calls `use` at its very end, and at each frame on the way back. */
function atTheEndOfTheStack(use) {
  let uses = 0
  let successes = 0
  const dive = () => {
    try {
      dive()
    } catch {
      // The stack is full.
    }
    if (uses === USES || successes === ENOUGH) return
    uses += 1
    use()
    successes += 1
  }
  dive()
}

/** How many frames are passed by between two uses on the way down: some engines have tens of thousands. */
const STRIDE = 10

/** Calls `use` on the way down until the stack is full. */
function untilTheStackIsFull(use) {
  const dive = (depth) => {
    if (depth % STRIDE === 0) use()
    dive(depth + 1)
  }
  try {
    dive(0)
  } catch {
    // The stack is full.
  }
}

export default function ({ EventSource, name }) {
  const sources = []
  afterEach(async () => {
    for (const source of sources.splice(0)) source.close()
    // What the page's own code throws there is its own.
    await takeFaults()
  })
  const connect = (...args) => {
    const source = new EventSource(...args)
    sources.push(source)
    return source
  }

  /** What the page does at the end of the stack, made ready by the first function. */
  const uses = {
    'makes and closes sources': async () => {
      const fetch = () => new Promise(() => {})
      return () => connect('https://example.test/', { fetch }).close()
    },
    'closes sources that are connecting': async () => {
      let count = 0
      const fetch = () => new Promise(() => (count += 1))
      const pending = Array.from({ length: 500 }, () => connect('https://example.test/', { fetch }))
      await eventually(() => count === pending.length)
      let index = 0
      return () => pending[index++ % pending.length].close()
    },
    'tells sources that the device is online': async () => () => dispatchEvent(new Event('online')),
    'decodes a stream': async () => {
      const { EventStreamDecoder, init } = await import(`/pkg/${name}.js`)
      await init?.()
      const chunk = new TextEncoder().encode('data: a\n\n')
      const decoder = new EventStreamDecoder()
      return () => decoder.decode(chunk)
    },
  }

  for (const [what, prepare] of Object.entries(uses)) {
    for (const [where, run] of [
      ['at the end of the stack', atTheEndOfTheStack],
      ['until the stack is full', untilTheStackIsFull],
    ]) {
      it(`${what} ${where}: an open source stays, or comes back from its last ID, and so do new ones`, async () => {
        const key = uniqueKey()
        const bodies = ['retry: 100\nid: 7\ndata: a\n\n', 'data: b\n\n']
        const source = connect(address('/raw', { key, body: bodies, end: 'hold' }))
        await next(source, 'message')
        const events = record(source)
        const losses = []
        source.addEventListener('error', ({ reason, retryIn }) => losses.push({ reason, retryIn }))
        const use = await prepare()
        source.addEventListener('x', () => run(use))
        source.dispatchEvent(new Event('x'))

        const later = connect(address('/raw', { body: 'data: later\n\n', end: 'hold' }))
        assert.equal((await within(next(later, 'message'))).data, 'later')
        await milliseconds(50)
        if (losses.length > 0) {
          assert.isNumber(losses[0].retryIn, losses[0].reason)
          await eventually(() => events.length >= 3)
          assert.deepEqual(events, ['error (0)', 'open (1)', 'message "b" 7 (1)'])
          assert.deepEqual((await requestsOf(key)).map(({ lastEventId }) => lastEventId), [null, '7'])
        }
        assert.equal(source.readyState, 1)
      })
    }
  }

  it('leaves another decoder to be used after reset()', async () => {
    const { EventStreamDecoder, init } = await import(`/pkg/${name}.js`)
    await init?.()
    await checkDecoders(EventStreamDecoder, init)
  })
}

/** Has one decoder be used at the end of the stack; another, in the middle of an event, is to survive. */
export async function checkDecoders(EventStreamDecoder, init) {
  const encode = (text) => new TextEncoder().encode(text)
  const chunk = encode('data: a\n\n')
  const innocent = new EventStreamDecoder()
  innocent.decode(encode('id: 7\ndata: begun'))
  const runaway = new EventStreamDecoder()
  for (const run of [atTheEndOfTheStack, untilTheStackIsFull]) run(() => runaway.decode(chunk))
  await init?.()
  try {
    innocent.decode(encode('\n\n'))
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw new Error('a raw RuntimeError', { cause: error })
  }
  // Where there was no stack left to tell of the crash, this was the first that was told.
  await init?.()
  innocent.reset()
  const [{ data }] = innocent.decode(encode('data: whole\n\n'))
  if (data !== 'whole') throw new Error(`${data} is not what was sent`)
}

function within(promise, limit = 5_000) {
  const late = milliseconds(limit).then(() => {
    throw new Error(`not within ${limit} ms`)
  })
  return Promise.race([promise, late])
}
