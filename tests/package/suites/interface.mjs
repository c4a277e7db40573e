/** The shape of the class, as Web IDL describes it. */

import { assert } from '/node_modules/chai/index.js'

export default function ({ EventSource }) {
  const closed = (...args) => {
    const source = new EventSource(...args)
    source.close()
    return source
  }

  it('has the constants on the constructor and on the prototype', () => {
    for (const object of [EventSource, EventSource.prototype]) {
      for (const [name, value] of [['CONNECTING', 0], ['OPEN', 1], ['CLOSED', 2]]) {
        assert.deepEqual(Object.getOwnPropertyDescriptor(object, name), {
          value,
          enumerable: true,
          writable: false,
          configurable: false,
        })
      }
    }
  })

  it('has the attributes as enumerable accessors of the prototype', () => {
    for (const name of ['url', 'readyState', 'withCredentials', 'onopen', 'onmessage', 'onerror']) {
      const property = Object.getOwnPropertyDescriptor(EventSource.prototype, name)
      assert.isFunction(property.get)
      assert.equal(property.set !== undefined, name.startsWith('on'), name)
      assert.isTrue(property.enumerable)
      assert.isTrue(property.configurable)
      assert.throws(() => property.get.call({}), TypeError)
    }
    const { value, enumerable } = Object.getOwnPropertyDescriptor(EventSource.prototype, 'close')
    assert.deepEqual([value.length, enumerable], [0, true])
  })

  it('has a name, a length and a class string', () => {
    assert.equal(EventSource.name, 'EventSource')
    assert.equal(EventSource.length, 1)
    assert.equal(String(closed('/')), '[object EventSource]')
    assert.instanceOf(closed('/'), EventTarget)
  })

  it('converts the URL to a string, and resolves it against the document', () => {
    assert.equal(closed('/a?b#c').url, `${location.origin}/a?b#c`)
    assert.equal(closed(new URL('http://user:pass@localhost:1/')).url, 'http://user:pass@localhost:1/')
    assert.equal(closed({ toString: () => '/x' }).url, `${location.origin}/x`)
    assert.equal(closed(null).url, new URL('null', document.baseURI).href)
    assert.equal(closed('').url, location.href.split('#')[0])
    assert.throws(() => new EventSource(Symbol('a')), TypeError)
    const thrown = new Error('from toString')
    assert.throws(() => new EventSource({ toString: () => { throw thrown } }), 'from toString')
  })

  it('converts withCredentials to a boolean', () => {
    assert.isFalse(closed('/').withCredentials)
    assert.isFalse(closed('/', undefined).withCredentials)
    assert.isFalse(closed('/', null).withCredentials)
    assert.isFalse(closed('/', {}).withCredentials)
    assert.isTrue(closed('/', { withCredentials: 'false' }).withCredentials)
    assert.throws(() => new EventSource('/', 5), TypeError)
    assert.throws(
      () => new EventSource('/', { get withCredentials() { throw new Error('from the getter') } }),
      'from the getter',
    )
  })

  it('is connecting when it is made, and no event comes before the caller has returned', async () => {
    const source = new EventSource('/raw')
    const events = []
    source.onopen = source.onerror = (event) => events.push(event.type)
    assert.equal(source.readyState, 0)
    await Promise.resolve()
    assert.deepEqual(events, [])
    source.close()
  })
}
