/** What must not happen, and what happens if it does all the same. */

import { assert } from '/node_modules/chai/index.js'
import {
  address,
  crashWithNextChunk,
  eventually,
  next,
  requestsOf,
  takeFaults,
  uniqueKey,
} from './support.mjs'

export default function ({ EventSource }) {
  it('fails every source when the engine crashes, and gives the next one a new engine', async () => {
    const key = uniqueKey()
    const bystander = new EventSource(address('/raw', { key, body: 'data: a\n\n', end: 'hold' }))
    await next(bystander, 'message')

    const restore = crashWithNextChunk()
    const source = new EventSource(address('/raw', { body: 'data: a\n\n', end: 'hold' }))
    const [event, bystanderEvent] = await Promise.all([
      next(source, 'error'),
      next(bystander, 'error'),
    ]).finally(restore)

    for (const { reason, error, retryIn } of [event, bystanderEvent]) {
      assert.equal(reason, 'internal')
      assert.match(error.message, /crashed.*please report it/)
      assert.instanceOf(error.cause, WebAssembly.RuntimeError)
      assert.equal(retryIn, null)
    }
    assert.deepEqual([source.readyState, bystander.readyState], [2, 2])
    source.close()
    assert.deepEqual(await takeFaults(), [])

    await eventually(async () => (await requestsOf(key))[0].endedBy === 'client', 1_000)

    const later = new EventSource(address('/raw', { body: 'data: b\n\n', end: 'hold' }))
    assert.equal((await next(later, 'message')).data, 'b')
    later.close()
  })
}
