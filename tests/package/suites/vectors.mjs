/** The vectors of tests/vectors.json, through the whole class. */

import { assert } from '/node_modules/chai/index.js'
import { differing } from './native-differences.mjs'
import { address, next, record, toHex } from './support.mjs'

const vectors = await (await fetch('/tests/vectors.json')).json()

export default function ({ EventSource, name, engine }) {
  for (const { spec, differs = {}, ...vector } of vectors) {
    const title = `${vector.name} [spec ${spec.join(', ')}]`
    differing(name === 'native' && differs[engine], title, async () => {
      const hex = vector.hex ?? toHex(new TextEncoder().encode(vector.stream))
      const source = new EventSource(address('/raw', { hex }))
      const messages = []
      for (const type of new Set(['message', ...vector.messages.map(({ type }) => type)])) {
        source.addEventListener(type, ({ type, data, lastEventId }) => {
          if (data !== undefined) messages.push({ type, data, lastEventId })
        })
      }
      let event
      do event = await next(source, 'error')
      while (event.data !== undefined)
      source.close()
      assert.deepEqual(messages, vector.messages)
      if (vector.reconnectionTime !== undefined && name !== 'native') {
        assert.equal(event.retryIn, Math.min(Math.max(vector.reconnectionTime, 100), 2 ** 31 - 1))
      }
    })
  }

  it('a CR ends its line and a second one the event, without another byte [spec 106]', async () => {
    const source = new EventSource(address('/raw', { body: 'data: a\r\r', end: 'hold' }))
    const events = record(source)
    const { data } = await next(source, 'message')
    assert.equal(data, 'a')
    assert.deepEqual(events, ['open (1)', 'message "a" (1)'])
    source.close()
  })
}
