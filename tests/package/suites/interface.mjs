/** The shape of the class, as Web IDL describes it. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, record, uniqueKey } from './support.mjs'
import { expectedIn } from './variants.mjs'

export default function ({ EventSource, name, engine }) {
  const closed = (...args) => {
    const source = new EventSource(...args)
    source.close()
    return source
  }
  const thrownBy = (action) => {
    try {
      action()
    } catch (error) {
      return error
    }
    assert.fail('nothing was thrown')
  }

  it('throws a TypeError without an argument, or without new [spec 1]', () => {
    assert.throws(() => new EventSource(), TypeError)
    assert.throws(() => EventSource('/raw'), TypeError)
    assert.throws(() => EventSource.call(closed('/'), '/raw'), TypeError)
  })

  it('says its own name where it is called without new [spec 1]', () => {
    const { name, message } = thrownBy(() => EventSource('/raw'))
    assert.equal(name, 'TypeError')
    // Firefox and WebKit do not name the class.
    assert.match(message, /EventSource|class constructors must be invoked with|a class constructor without|requires 'new'/)
  })

  it('converts the URL to a string [spec 2]', () => {
    const resolved = (path) => new URL(path, document.baseURI).href
    assert.equal(closed({ toString: () => '/x' }).url, `${location.origin}/x`)
    assert.equal(closed({ toString: undefined, valueOf: () => '/y' }).url, `${location.origin}/y`)
    assert.equal(closed(['/a', 'b']).url, `${location.origin}/a,b`)
    for (const value of [1, null, undefined, true, 10n, 0.5]) {
      assert.equal(closed(value).url, resolved(`${value}`))
    }
  })

  it('passes on what the conversion of the URL throws, and takes no symbol [spec 3]', () => {
    const thrown = new Error('from toString')
    const url = {
      toString() {
        throw thrown
      },
    }
    assert.equal(thrownBy(() => new EventSource(url)), thrown)
    assert.throws(() => new EventSource(Symbol('a')), TypeError)
    assert.throws(() => new EventSource(Object.create(null)), TypeError)
  })

  it('makes U+FFFD of lone surrogates in the URL [spec 4]', () => {
    assert.equal(closed('/a\uD800b\uDC00').url, `${location.origin}/a%EF%BF%BDb%EF%BF%BD`)
    assert.equal(closed('/\u{1F433}').url, `${location.origin}/%F0%9F%90%B3`)
  })

  it('throws a SyntaxError at once for a URL that cannot be parsed [spec 6]', () => {
    for (const url of ['http://[', 'http://a:b:c/', 'https://:80', '//', 'http://a%b/']) {
      const error = thrownBy(() => new EventSource(url))
      assert.instanceOf(error, DOMException)
      assert.deepEqual([error.name, error.code], ['SyntaxError', 12], url)
    }
  })

  it('takes no URL whose host has a forbidden code point [spec 6]', () => {
    const forbidden = ['http://this is invalid/', 'http://a b/', 'wss://a b/', 'ftp://a%20b/', 'http://a%25b/']
    const refused = (url) => {
      try {
        return `${closed(url).url} was accepted`
      } catch (error) {
        return `${error.name} ${error.code}`
      }
    }
    const accepted = ['http://this%20is%20invalid/', 'http://a%20b/', 'wss://a%20b/', 'ftp://a%20b/']
    const expected = expectedIn({ name, engine }, forbidden.map(() => 'SyntaxError 12'), [
      {
        of: 'native',
        engines: ['chromium'],
        expected: [...accepted.map((url) => `${url} was accepted`), 'SyntaxError 12'],
        why: 'Its parser of URLs escapes in a host what the standard forbids there.',
      },
    ])
    assert.deepEqual(forbidden.map(refused), expected)
  })

  it('takes hosts of every valid kind, and forbids nothing elsewhere [spec 6]', () => {
    for (const url of [
      ...['http://[::1]:8080/', 'http://127.0.0.1/', 'http://xn--bcher-kva.example/', 'http://a_b-c.example/'],
      ...['http://localhost/a%20b?c%20d#e%20f', 'http://a%20b:c%25d@localhost/', 'data:,a%20b'],
      ...['x-unknown://a%20b/', 'blob:http://a/%20', 'mailto:a%20b@c'],
    ]) {
      assert.equal(closed(url).url, url)
    }
    assert.equal(closed('http://b\u00FCcher.example/').url, 'http://xn--bcher-kva.example/')
    assert.equal(closed('http://%61.example/').url, 'http://a.example/')
  })

  it('converts the URL before the dictionary, and both before it parses the URL [spec 2, 6, 12]', () => {
    const order = []
    const url = {
      toString() {
        order.push('url')
        return 'http://['
      },
    }
    const init = {
      get withCredentials() {
        order.push('withCredentials')
        return false
      },
    }
    assert.equal(thrownBy(() => new EventSource(url, init)).name, 'SyntaxError')
    assert.deepEqual(order, ['url', 'withCredentials'])
  })

  it('takes the empty URL for that of the document [spec 7]', () => {
    assert.equal(closed('').url, location.href.split('#')[0])
  })

  it('tells the absolute URL with its fragment and user info [spec 8]', () => {
    assert.equal(closed('/a?b#c').url, `${location.origin}/a?b#c`)
    assert.equal(closed(new URL('http://user:pass@localhost:1/')).url, 'http://user:pass@localhost:1/')
    assert.equal(closed('  /a/../b\t ').url, `${location.origin}/b`)
  })

  it('parses a URL of any scheme, and throws for none [spec 9]', () => {
    for (const url of ['ftp://a/', 'about:blank', 'mailto:a@b', 'file:///a', 'ws://a/', 'x-unknown:a']) {
      assert.equal(closed(url).url, url)
    }
    assert.equal(closed('javascript:void 0').url, 'javascript:void 0')
  })

  it('takes undefined, null and any object for its dictionary, and no primitive [spec 12]', () => {
    for (const init of [undefined, null, {}, [], () => {}, new Date(), Object.create(null)]) {
      assert.isFalse(closed('/', init).withCredentials)
    }
    for (const init of [5, 'text', true, false, Symbol('a'), 1n, '']) {
      assert.throws(() => new EventSource('/', init), TypeError)
    }
  })

  it('converts withCredentials to a boolean, wherever the object has it from [spec 13]', () => {
    assert.isFalse(closed('/').withCredentials)
    for (const value of [undefined, null, 0, '', NaN, false]) {
      assert.isFalse(closed('/', { withCredentials: value }).withCredentials)
    }
    for (const value of ['false', 1, {}, [], true]) {
      assert.isTrue(closed('/', { withCredentials: value }).withCredentials)
    }
    assert.isTrue(closed('/', Object.create({ withCredentials: true })).withCredentials)
    const thrown = new Error('from the getter')
    const init = {
      get withCredentials() {
        throw thrown
      },
    }
    assert.equal(thrownBy(() => new EventSource('/', init)), thrown)
  })

  it('does not take url, readyState and withCredentials from an assignment [spec 13, 15]', () => {
    const source = closed('/a', { withCredentials: true })
    for (const property of ['url', 'readyState', 'withCredentials']) {
      const before = source[property]
      assert.throws(() => {
        source[property] = 'other'
      }, TypeError)
      assert.equal(source[property], before)
    }
  })

  it('has the constants on the constructor and on the prototype [spec 14]', () => {
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

  it('has the attributes as enumerable accessors of the prototype [spec 15]', () => {
    for (const name of ['url', 'readyState', 'withCredentials', 'onopen', 'onmessage', 'onerror']) {
      const property = Object.getOwnPropertyDescriptor(EventSource.prototype, name)
      assert.isFunction(property.get)
      assert.deepEqual([property.get.name, property.get.length], [`get ${name}`, 0])
      assert.equal(property.set !== undefined, name.startsWith('on'), name)
      if (property.set) assert.deepEqual([property.set.name, property.set.length], [`set ${name}`, 1])
      assert.isTrue(property.enumerable)
      assert.isTrue(property.configurable)
    }
  })

  it('has close as an enumerable method without parameters [spec 15]', () => {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(EventSource.prototype, 'close')
    assert.deepEqual(flags, { writable: true, enumerable: true, configurable: true })
    assert.deepEqual([value.name, value.length], ['close', 0])
    assert.equal(closed('/').close(), undefined)
  })

  it('has a name, a length, a class string and the prototypes of an EventTarget [spec 15]', () => {
    const descriptor = (value) => ({ value, writable: false, enumerable: false, configurable: true })
    const own = (object, key) => Object.getOwnPropertyDescriptor(object, key)
    assert.deepEqual(own(EventSource, 'name'), descriptor('EventSource'))
    assert.deepEqual(own(EventSource, 'length'), descriptor(1))
    assert.deepEqual(own(EventSource.prototype, Symbol.toStringTag), descriptor('EventSource'))
    assert.isFalse(own(EventSource, 'prototype').writable)
    assert.deepEqual(own(EventSource.prototype, 'constructor'), {
      value: EventSource,
      writable: true,
      enumerable: false,
      configurable: true,
    })
    assert.equal(Object.getPrototypeOf(EventSource), EventTarget)
    assert.equal(Object.getPrototypeOf(EventSource.prototype), EventTarget.prototype)
    assert.equal(Object.prototype.toString.call(closed('/')), '[object EventSource]')
    assert.instanceOf(closed('/'), EventTarget)
  })

  it('keeps nothing in properties of the object itself [spec 15]', () => {
    const source = closed('/')
    source.onmessage = () => {}
    assert.deepEqual(Reflect.ownKeys(source), [])
    const inherited = []
    for (const name in source) inherited.push(name)
    assert.includeMembers(inherited, [
      ...['url', 'withCredentials', 'readyState', 'onopen', 'onmessage', 'onerror', 'close'],
      ...['CONNECTING', 'OPEN', 'CLOSED', 'addEventListener', 'dispatchEvent'],
    ])
  })

  it('describes every property that the native class has in the same way [spec 14, 15]', () => {
    const native = EventSource.native ?? globalThis.EventSource
    assert.isFunction(native)
    for (const [ours, theirs] of [
      [EventSource, native],
      [EventSource.prototype, native.prototype],
    ]) {
      for (const key of Reflect.ownKeys(theirs)) {
        // Functions that predate classes had these two in some engines.
        if (key === 'arguments' || key === 'caller') continue
        const kinds = (object) =>
          Object.entries(Object.getOwnPropertyDescriptor(object, key) ?? {}).map(([flag, value]) =>
            typeof value === 'boolean' ? `${flag} ${value}` : `${flag} ${typeof value}`,
          )
        assert.sameMembers(kinds(ours), kinds(theirs), String(key))
      }
    }
  })

  it('refuses to work on a foreign this [spec 16]', () => {
    const { prototype } = EventSource
    const foreign = [{}, null, undefined, prototype, new EventTarget(), Object.create(closed('/'))]
    for (const name of ['url', 'readyState', 'withCredentials', 'onopen', 'onmessage', 'onerror']) {
      const { get, set } = Object.getOwnPropertyDescriptor(prototype, name)
      for (const object of foreign) {
        assert.throws(() => get.call(object), TypeError)
        if (set) assert.throws(() => set.call(object, null), TypeError)
      }
    }
    for (const object of foreign) assert.throws(() => prototype.close.call(object), TypeError)
  })

  it('lets its prototype be extended [spec 18]', () => {
    EventSource.prototype.isTested = function () {
      return this.url
    }
    try {
      assert.equal(closed('/a').isTested(), `${location.origin}/a`)
    } finally {
      delete EventSource.prototype.isTested
    }
  })

  if (name === 'polyfill' || name === 'native') {
    it('is an own property of the global object that is not enumerable [spec 18]', () => {
      assert.deepEqual(Object.getOwnPropertyDescriptor(globalThis, 'EventSource'), {
        value: EventSource,
        writable: true,
        enumerable: false,
        configurable: true,
      })
    })
  }

  it('is connecting when it is made, and no event comes before the caller has returned [spec 20]', async () => {
    const key = uniqueKey()
    const source = new EventSource(address('/raw', { key, body: 'data: a\n\n', end: 'hold' }))
    const events = record(source)
    assert.equal(source.readyState, 0)
    await Promise.resolve()
    await Promise.resolve()
    assert.deepEqual(events, [])
    assert.equal(source.readyState, 0)
    await eventually(() => events.length === 2)
    source.close()
  })

  describe('a subclass', () => {
    it('is made with the arguments that it passes on, and has what it adds [spec 1, 15]', () => {
      class Prices extends EventSource {
        prices = []
        constructor(market) {
          super(`/markets/${market}`, { withCredentials: true })
        }
        get readyState() {
          return `state ${super.readyState}`
        }
      }
      const source = new Prices('tea')
      source.close()
      assert.instanceOf(source, Prices)
      assert.instanceOf(source, EventSource)
      assert.deepEqual([source.url, source.withCredentials], [`${location.origin}/markets/tea`, true])
      assert.deepEqual([source.readyState, source.prices.length], ['state 2', 0])
      assert.equal(Prices.CLOSED, 2)
    })

    it('is not called by the source itself, whatever methods it overrides [spec 49, 60]', async () => {
      const calls = []
      class Spy extends EventSource {
        close() {
          calls.push('close')
        }
        dispatchEvent(event) {
          calls.push('dispatchEvent')
          return super.dispatchEvent(event)
        }
        addEventListener(...args) {
          calls.push('addEventListener')
          super.addEventListener(...args)
        }
        removeEventListener(...args) {
          calls.push('removeEventListener')
          super.removeEventListener(...args)
        }
      }
      const key = uniqueKey()
      const body = ['retry: 100\ndata: a\n\n']
      const source = new Spy(address('/raw', { key, body: [...body, 'data: b\n\n'] }))
      const events = []
      source.onopen = source.onmessage = source.onerror = ({ type }) => events.push(type)
      source.onopen = null
      await eventually(() => source.readyState === 2)
      assert.deepEqual(events, ['message', 'error', 'message', 'error', 'error'])
      assert.deepEqual(calls, [])
    })
  })

  it('is refused by structuredClone and postMessage [spec 15]', () => {
    const source = closed('/')
    const { port1 } = new MessageChannel()
    for (const send of [structuredClone, (value) => port1.postMessage(value)]) {
      assert.equal(thrownBy(() => send(source)).name, 'DataCloneError')
    }
  })
}
