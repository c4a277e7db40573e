/** The event handler attributes, onopen, onmessage and onerror. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, next, takeFaults } from './support.mjs'

const ATTRIBUTES = ['onopen', 'onmessage', 'onerror']

export default function ({ EventSource }) {
  const sources = []
  const connect = (body) => {
    const source = new EventSource(address('/raw', { body, end: 'hold' }))
    sources.push(source)
    return source
  }
  /** One that fires nothing of itself. */
  const quiet = () => {
    const source = new EventSource('/raw')
    source.close()
    return source
  }
  afterEach(() => sources.splice(0).forEach((source) => source.close()))

  it('are null at first, and keep functions and other objects alike [spec 17]', () => {
    const source = quiet()
    for (const name of ATTRIBUTES) {
      assert.equal(source[name], null)
      for (const value of [() => {}, class {}, {}, [], { handleEvent() {} }, new Proxy({}, {})]) {
        source[name] = value
        assert.equal(source[name], value)
      }
    }
  })

  it('become null when they are set to what is no object [spec 17]', () => {
    const source = quiet()
    for (const name of ATTRIBUTES) {
      for (const value of [1, 'text', undefined, null, true, Symbol('a'), 1n]) {
        source[name] = () => {}
        source[name] = value
        assert.equal(source[name], null)
      }
    }
  })

  it('are not called, nor is their handleEvent, if they are no functions [spec 17]', async () => {
    const source = connect('data: a\n\n')
    source.onmessage = {
      handleEvent() {
        throw new Error('called')
      },
    }
    await next(source, 'message')
    assert.deepEqual(await takeFaults(), [])
  })

  it('may become what is no function while their event is on its way [spec 17]', async () => {
    const source = connect('data: a\n\ndata: b\n\ndata: c\n\n')
    const order = []
    source.addEventListener('message', (event) => {
      if (event.data === 'b') source.onmessage = {}
    })
    source.onmessage = (event) => order.push(`handler ${event.data}`)
    source.addEventListener('message', (event) => order.push(event.data))
    await eventually(() => order.includes('c'))
    assert.deepEqual(order, ['handler a', 'a', 'b', 'c'])
    assert.equal(source.readyState, 1)
    assert.deepEqual(await takeFaults(), [])
  })

  it('are called past properties of the function', async () => {
    const source = connect('data: a\n\n')
    const types = []
    const handler = (event) => types.push(event.type)
    handler.call = handler.apply = () => types.push('never')
    source.onmessage = source.onopen = handler
    await eventually(() => types.length === 2)
    assert.deepEqual(types, ['open', 'message'])
  })

  it('are called with the source as this, and with the event alone [spec 17, 49]', async () => {
    const source = connect('data: a\n\n')
    const calls = []
    source.onopen = source.onmessage = function (...args) {
      calls.push([this, args.length, args[0].type, args[0].currentTarget])
    }
    await eventually(() => calls.length === 2)
    assert.deepEqual(calls, [
      [source, 1, 'open', source],
      [source, 1, 'message', source],
    ])
  })

  it('keep their place among the listeners when they are replaced [spec 53]', () => {
    const source = quiet()
    const order = []
    source.addEventListener('message', () => order.push('first'))
    source.onmessage = () => order.push('never')
    source.addEventListener('message', () => order.push('third'))
    source.onmessage = () => order.push('second')
    source.dispatchEvent(new Event('message'))
    assert.deepEqual(order, ['first', 'second', 'third'])
  })

  it('keep their place when an object that cannot be called stands in it for a while [spec 53]', () => {
    const source = quiet()
    const order = []
    source.onmessage = {}
    source.addEventListener('message', () => order.push('second'))
    source.onmessage = () => order.push('first')
    source.dispatchEvent(new Event('message'))
    assert.deepEqual(order, ['first', 'second'])
  })

  it('give their place up when they are set to null [spec 53]', () => {
    const source = quiet()
    const order = []
    source.onmessage = () => order.push('never')
    source.addEventListener('message', () => order.push('first'))
    source.onmessage = null
    source.dispatchEvent(new Event('message'))
    source.onmessage = () => order.push('second')
    source.dispatchEvent(new Event('message'))
    assert.deepEqual(order, ['first', 'first', 'second'])
  })

  it('are called once, however often the same function is set and added [spec 53]', () => {
    const source = quiet()
    let calls = 0
    const count = () => (calls += 1)
    source.onmessage = count
    source.onmessage = count
    source.dispatchEvent(new Event('message'))
    assert.equal(calls, 1)
    source.addEventListener('message', count)
    source.dispatchEvent(new Event('message'))
    assert.equal(calls, 3, 'an attribute and a listener are two')
    source.removeEventListener('message', count)
    source.dispatchEvent(new Event('message'))
    assert.equal(calls, 4)
  })

  it('take effect at once when a listener before them sets or removes them [spec 53]', () => {
    const source = quiet()
    const order = []
    source.addEventListener('message', () => (source.onmessage = () => order.push('new')), { once: true })
    source.onmessage = () => order.push('old')
    source.dispatchEvent(new Event('message'))
    source.addEventListener('open', () => (source.onopen = null))
    source.onopen = () => order.push('removed')
    source.dispatchEvent(new Event('open'))
    assert.deepEqual(order, ['new'])
  })

  it('cannot be removed as listeners are [spec 53]', () => {
    const source = quiet()
    let calls = 0
    source.onmessage = () => (calls += 1)
    source.removeEventListener('message', source.onmessage)
    source.dispatchEvent(new Event('message'))
    assert.equal(calls, 1)
  })

  it('cancel an event that can be canceled by returning false, and by nothing else [spec 17]', () => {
    const source = quiet()
    for (const [value, canceled] of [[false, true], [true, false], [0, false], [undefined, false], [null, false]]) {
      source.onmessage = () => value
      for (const cancelable of [true, false]) {
        const event = new Event('message', { cancelable })
        assert.equal(source.dispatchEvent(event), !(canceled && cancelable))
        assert.equal(event.defaultPrevented, canceled && cancelable)
      }
    }
  })

  it('are the same for events that the page itself dispatches [spec 17]', () => {
    const source = quiet()
    const types = []
    source.onopen = source.onmessage = source.onerror = ({ type }) => types.push(type)
    for (const type of ['open', 'message', 'error', 'other']) source.dispatchEvent(new Event(type))
    assert.deepEqual(types, ['open', 'message', 'error'])
  })
}
