/** How long a source lives that nobody holds. */

import { assert } from '/node_modules/chai/index.js'
import { garbageCollection } from './garbage-collection.mjs'
import { address, eventually } from './support.mjs'

export default function ({ EventSource }) {
  it('goes on connecting and firing after a garbage collection, as long as it is listened to [spec 124]', async function () {
    this.timeout(60_000)
    let messages = 0
    let last
    const listen = () => {
      // Each request gets the same, so that the source is connecting now and open then.
      new EventSource(address('/raw', { body: 'retry: 100\ndata: a\n\n' })).onmessage = ({ target }) => {
        messages += 1
        last = new WeakRef(target)
      }
    }
    listen()
    await eventually(() => messages > 0)
    await garbageCollection()
    const before = messages
    await eventually(() => messages >= before + 3)
    const source = last.deref()
    assert.notEqual(source.readyState, 2)
    source.close()
  })
}
