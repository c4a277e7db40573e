/** The vectors of tests/vectors.json, through the whole class. */

import { assert } from '/node_modules/chai/index.js'
import { next } from './support.mjs'

const vectors = await (await fetch('/tests/vectors.json')).json()

export default function ({ EventSource }) {
  for (const vector of vectors) {
    it(vector.name, async () => {
      const bytes = vector.hex === undefined ? vector.stream : fromHex(vector.hex)
      const blob = new Blob([bytes], { type: 'text/event-stream' })
      const source = new EventSource(URL.createObjectURL(blob))
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
      if (vector.reconnectionTime !== undefined) {
        assert.equal(event.retryIn, Math.min(Math.max(vector.reconnectionTime, 100), 2 ** 31 - 1))
      }
    })
  }
}

function fromHex(digits) {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}
