/** The file that sharing needs is found beside each of those that have the class. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, next, requestsOf, uniqueKey } from './support.mjs'

export default function ({ EventSource }) {
  it('is loaded by the first source that shares, so that two hold one connection', async () => {
    const key = uniqueKey()
    const url = address('/ticker', { key, interval: 10, summaries: false })
    const first = new EventSource(url, { share: true })
    await next(first, 'open')
    const second = new EventSource(url, { share: true })
    const ids = []
    second.addEventListener('price', ({ lastEventId }) => ids.push(Number(lastEventId)))
    await eventually(() => ids.length > 5)
    first.close()
    const { length } = ids
    await eventually(() => ids.length > length + 20)
    assert.deepEqual(
      ids,
      ids.map((_, index) => ids[0] + index),
    )
    second.close()
    assert.lengthOf(await requestsOf(key), 2)
  })
}
