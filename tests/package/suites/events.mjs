/** The events that a source fires, and the listeners that hear them. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, next, record, takeFaults } from './support.mjs'

export default function ({ EventSource }) {
  const sources = []
  const connect = (parameters) => {
    const source = new EventSource(address('/raw', { end: 'hold', ...parameters }))
    sources.push(source)
    return source
  }
  afterEach(() => sources.splice(0).forEach((source) => source.close()))

  it('fires messages as events that are instances of MessageEvent', async () => {
    const source = connect({ body: 'id: 7\ndata: a\ndata: b\n\n' })
    const event = await next(source, 'message')
    assert.instanceOf(event, Event)
    assert.instanceOf(event, MessageEvent)
    assert.equal(Object.prototype.toString.call(event), '[object MessageEvent]')
    assert.equal(event.data, 'a\nb')
    assert.equal(event.lastEventId, '7')
    assert.equal(event.origin, location.origin)
    assert.equal(event.source, null)
    assert.deepEqual([...event.ports], [])
    assert.equal(event.target, source)
    assert.deepEqual([event.bubbles, event.cancelable, event.composed], [false, false, false])
  })

  it('fires a message with a type under that type alone', async () => {
    const source = connect({ body: 'event: price\ndata: 1\n\ndata: 2\n\n' })
    const events = record(source, 'price')
    await eventually(() => events.length === 3)
    assert.deepEqual(events, ['open (1)', 'price "1" (1)', 'message "2" (1)'])
  })

  it('fires a message that the server has called error as a MessageEvent, and stays open', async () => {
    const source = connect({ body: 'event: error\ndata: a\n\n' })
    const event = await next(source, 'error')
    assert.instanceOf(event, MessageEvent)
    assert.equal(event.data, 'a')
    assert.equal(event.reason, undefined)
    assert.equal(source.readyState, 1)
  })

  it('fires messages that can be dispatched again', async () => {
    const event = await next(connect({ body: 'id: 7\ndata: a\n\n' }), 'message')
    const target = new EventTarget()
    let received
    target.addEventListener('message', (event) => (received = event))
    target.dispatchEvent(event)
    assert.equal(received, event)
    const copy = new MessageEvent(event.type, event)
    assert.deepEqual([copy.data, copy.lastEventId, copy.origin], ['a', '7', location.origin])
  })

  it('gives the origin of the URL that redirects led to', async () => {
    const to = address('/raw', { body: 'data: a\n\n', end: 'hold' })
    const source = new EventSource(address('/redirect/302', { to }))
    sources.push(source)
    assert.equal((await next(source, 'message')).origin, location.origin)
    assert.equal(source.url, address('/redirect/302', { to }))
  })

  it('reports what a listener throws, and the other listeners and the next event come', async () => {
    const source = connect({ body: 'data: a\n\ndata: b\n\n' })
    const events = record(source)
    source.onopen = () => {
      throw new Error('from onopen')
    }
    source.addEventListener('message', (event) => {
      throw new Error(`from a listener: ${event.data}`)
    })
    const after = record(source)
    await eventually(() => after.length === 3)
    assert.deepEqual(events, after)
    assert.deepEqual(events, ['open (1)', 'message "a" (1)', 'message "b" (1)'])
    assert.deepEqual(await takeFaults(), [
      'Error: from onopen',
      'Error: from a listener: a',
      'Error: from a listener: b',
    ])
    assert.equal(source.readyState, 1)
  })

  it('keeps the place of an on… handler among the listeners when it is replaced', async () => {
    const source = connect({ body: 'data: a\n\n' })
    const order = []
    source.addEventListener('message', () => order.push('first'))
    source.onmessage = () => order.push('never')
    source.addEventListener('message', () => order.push('third'))
    source.onmessage = () => order.push('second')
    await next(source, 'message')
    assert.deepEqual(order, ['first', 'second', 'third'])
  })

  it('makes null of an on… handler that cannot be called', () => {
    const source = connect({})
    for (const value of [1, 'text', undefined, null, true]) {
      source.onmessage = () => {}
      source.onmessage = value
      assert.equal(source.onmessage, null)
    }
    const object = { handleEvent() {} }
    source.onmessage = object
    assert.equal(source.onmessage, object)
  })
}
