/** What must not happen, and what happens if it does all the same. */

import { assert } from '/node_modules/chai/index.js'
import { address, crashWithNextChunk, next, takeFaults } from './support.mjs'

export default function ({ EventSource }) {
  it('fails every source when the engine crashes, and gives the next one a new engine', async () => {
    const bystander = new EventSource(address('/raw', { body: 'data: a\n\n', end: 'hold' }))
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
      assert.equal(retryIn, null)
    }
    assert.deepEqual([source.readyState, bystander.readyState], [2, 2])
    source.close()
    const faults = await takeFaults()
    assert.lengthOf(faults, 1)
    assert.match(faults[0], /RuntimeError: /)

    const later = new EventSource(address('/raw', { body: 'data: b\n\n', end: 'hold' }))
    assert.equal((await next(later, 'message')).data, 'b')
    later.close()
  })
}
