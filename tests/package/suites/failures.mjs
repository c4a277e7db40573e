/** What the constructor refuses. */

import { assert } from '/node_modules/chai/index.js'

export default function ({ EventSource }) {
  it('throws a SyntaxError at once for a URL that cannot be parsed [spec 6]', () => {
    for (const url of ['http://[', 'http://a:b:c/', 'https://:80']) {
      try {
        new EventSource(url)
        assert.fail(`${url} was accepted`)
      } catch (error) {
        assert.instanceOf(error, DOMException)
        assert.equal(error.name, 'SyntaxError')
        assert.equal(error.code, 12)
      }
    }
  })

  it('throws a TypeError without an argument, or without new [spec 1]', () => {
    assert.throws(() => new EventSource(), TypeError)
    assert.throws(() => EventSource('/raw'), TypeError)
  })
}
