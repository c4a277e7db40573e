/** The events that a source fires. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, takeFaults, uniqueKey } from './support.mjs'

export default function ({ EventSource, name, secondOrigin }) {
  const sources = []
  const connect = (parameters, path = '/raw') => {
    const source = new EventSource(address(path, { end: 'hold', ...parameters }))
    sources.push(source)
    return source
  }
  afterEach(() => sources.splice(0).forEach((source) => source.close()))

  /** What any event tells about its way to the listener that has it. */
  const journey = (event) => ({
    bubbles: event.bubbles,
    cancelable: event.cancelable,
    composed: event.composed,
    defaultPrevented: event.defaultPrevented,
    returnValue: event.returnValue,
    eventPhase: event.eventPhase,
    path: event.composedPath(),
    targets: [event.target, event.currentTarget, event.srcElement],
  })
  const atTarget = (source) => ({
    bubbles: false,
    cancelable: false,
    composed: false,
    defaultPrevented: false,
    returnValue: true,
    eventPhase: Event.AT_TARGET,
    path: [source],
    targets: [source, source, source],
  })

  it('fires open, the messages and error in this order, each at the source alone [spec 47, 48, 49, 57, 58]', async () => {
    const key = uniqueKey()
    const body = ['retry: 100\ndata: a\n\n', 'data: b\n\n']
    const source = connect({ key, body, end: 'close' })
    const seen = []
    for (const type of ['open', 'message', 'error']) {
      source.addEventListener(type, function (event) {
        seen.push(`${type} ${source.readyState}`)
        assert.deepEqual(journey(event), atTarget(source))
        assert.equal(this, source)
      })
    }
    await eventually(() => source.readyState === 2)
    assert.deepEqual(seen, [
      ...['open 1', 'message 1', 'error 0'],
      ...['open 1', 'message 1', 'error 0'],
      'error 2',
    ])
    assert.deepEqual(await takeFaults(), [])
  })

  it('fires open and error events that are plain events [spec 47]', async () => {
    const key = uniqueKey()
    const source = connect({ key, body: ['retry: 100\ndata: a\n\n', 'data: b\n\n'], end: 'close' })
    const events = []
    for (const type of ['open', 'error']) source.addEventListener(type, (event) => events.push(event))
    await eventually(() => source.readyState === 2)
    assert.lengthOf(events, 5)
    for (const event of events) {
      assert.instanceOf(event, Event)
      assert.notInstanceOf(event, MessageEvent)
      assert.equal(Object.prototype.toString.call(event), '[object Event]')
      for (const member of ['data', 'lastEventId', 'origin']) assert.notProperty(event, member)
    }
  })

  it('fires messages as events that are instances of MessageEvent [spec 48]', async () => {
    const source = connect({ body: 'id: 7\ndata: a\ndata: b\n\n' })
    const event = await next(source, 'message')
    assert.instanceOf(event, Event)
    assert.instanceOf(event, MessageEvent)
    assert.equal(Object.prototype.toString.call(event), '[object MessageEvent]')
    assert.equal(event.constructor, MessageEvent)
    assert.equal(event.data, 'a\nb')
    assert.equal(event.lastEventId, '7')
    assert.equal(event.origin, location.origin)
    assert.equal(event.source, null)
    assert.deepEqual(event.ports, [])
    assert.isTrue(Object.isFrozen(event.ports))
    assert.equal(event.ports, event.ports)
  })

  it('has left its way behind once it has been dispatched [spec 49]', async () => {
    const source = connect({ body: 'data: a\n\n' })
    let event
    source.onmessage = (message) => (event = message)
    await eventually(() => event)
    assert.deepEqual(journey(event), {
      ...atTarget(source),
      eventPhase: Event.NONE,
      path: [],
      targets: [source, null, source],
    })
  })

  it('gives each event the time when it was made [spec 47, 48]', async () => {
    const before = performance.now()
    const source = connect({ body: 'data: a\n\ndata: b\n\n' })
    const times = []
    source.onopen = source.onmessage = (event) => times.push(event.timeStamp)
    await eventually(() => times.length === 3)
    const after = performance.now()
    const order = [before - 1, ...times, after + 1]
    assert.deepEqual(order, order.toSorted((a, b) => a - b))
  })

  it('shows the members of a message to for … in and to spread-like copies [spec 48]', async () => {
    const event = await next(connect({ body: 'id: 7\ndata: a\n\n' }), 'message')
    const members = {}
    for (const member in event) members[member] = event[member]
    assert.include(members, { type: 'message', data: 'a', lastEventId: '7', origin: location.origin })
    assert.containsAllKeys(members, ['source', 'ports', 'initMessageEvent', 'target', 'timeStamp'])
    const ofAnyMessage = []
    for (const member in new MessageEvent('message')) ofAnyMessage.push(member)
    assert.sameMembers(Object.keys(members), ofAnyMessage)
  })

  it('does not let a listener change what a message says [spec 48]', async () => {
    const event = await next(connect({ body: 'data: a\n\n' }), 'message')
    for (const member of ['data', 'origin', 'lastEventId', 'source', 'ports', 'type']) {
      const before = event[member]
      assert.throws(() => {
        event[member] = 'other'
      }, TypeError)
      assert.equal(event[member], before)
    }
    event.preventDefault()
    assert.isFalse(event.defaultPrevented)
  })

  if (name === 'native') {
    it('marks its events as trusted [spec 48]', async () => {
      assert.isTrue((await next(connect({ body: 'data: a\n\n' }), 'message')).isTrusted)
    })
  } else {
    it('cannot mark its events as trusted [spec 47, 48, 0.H]', async () => {
      const source = connect({ body: 'data: a\n\n' })
      assert.isFalse((await next(source, 'message')).isTrusted)
    })

    it('reads data: and blob: URLs like those of a server, and reconnects [spec 11]', async () => {
      const body = 'retry: 100\ndata: a\n\n'
      const blob = URL.createObjectURL(new Blob([body], { type: 'Text/Event-Stream' }))
      for (const [url, origin] of [
        [`data:text/event-stream,${encodeURIComponent(body)}`, 'null'],
        [blob, location.origin],
      ]) {
        const source = new EventSource(url)
        sources.push(source)
        const events = record(source)
        assert.equal((await next(source, 'message')).origin, origin)
        await next(source, 'message')
        assert.deepEqual(events.slice(0, 4), ['open (1)', 'message "a" (1)', 'error (0)', 'open (1)'])
        source.close()
      }
    })

    it('gives messages getters of their own, since those of MessageEvent.prototype refuse them [spec 48]', async () => {
      const event = await next(connect({ body: 'data: a\n\n' }), 'message')
      const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data')
      assert.throws(() => get.call(event), TypeError)
      assert.equal(event.data, 'a')
    })

    it('lets other tasks run during a flood of messages, however slow the listeners are [spec 0.E]', async () => {
      // 20 ms for each piece of 16 KiB, and no waiting for a network between.
      const message = `data: ${'x'.repeat(4096)}\n\n`
      const flood = new Blob([message.repeat(200)], { type: 'text/event-stream' })
      const source = new EventSource(URL.createObjectURL(flood))
      sources.push(source)
      let messages = 0
      let most = 0
      let sinceTask = 0
      const timer = setInterval(() => (sinceTask = 0))
      source.onmessage = () => {
        messages += 1
        sinceTask += 1
        most = Math.max(most, sinceTask)
        for (const end = performance.now() + 5; performance.now() < end; );
      }
      await eventually(() => messages === 200, 10_000)
      clearInterval(timer)
      // That is 200 ms, where it should be 50 and a piece.
      assert.isAtMost(most, 40, 'messages in a row')
    })

    it('says in an error event why the connection was lost [spec 128]', async () => {
      const ended = await next(connect({ body: 'retry: 100\n', end: 'close' }), 'error')
      assert.deepEqual([ended.reason, ended.status, ended.retryIn], ['ended', undefined, 100])
      const refused = await next(connect({}, '/status/500'), 'error')
      assert.deepEqual([refused.reason, refused.status, refused.retryIn], ['status', 500, null])
    })
  }

  it('fires a message with a type under that type alone [spec 50]', async () => {
    const source = connect({ body: 'event: price\ndata: 1\n\ndata: 2\n\n' })
    const events = record(source, 'price')
    await eventually(() => events.length === 3)
    assert.deepEqual(events, ['open (1)', 'price "1" (1)', 'message "2" (1)'])
  })

  it('fires a message that says that it is one like any other [spec 52]', async () => {
    const source = connect({ body: 'event: message\ndata: 1\n\ndata: 2\n\n' })
    const data = []
    source.onmessage = (event) => data.push([event.type, event.data])
    await eventually(() => data.length === 2)
    assert.deepEqual(data, [['message', '1'], ['message', '2']])
  })

  it('fires messages that the server has called open and error as messages, and stays open [spec 51, 0.K]', async () => {
    const source = connect({ body: 'event: error\ndata: a\n\nevent: open\ndata: b\n\n' })
    const events = []
    source.onopen = source.onerror = (event) => events.push([event, source.readyState])
    await eventually(() => events.length === 3)
    const messages = events.slice(1).map(([event]) => event)
    assert.deepEqual(events.map(([, readyState]) => readyState), [1, 1, 1])
    assert.deepEqual(messages.map(({ type, data }) => [type, data]), [['error', 'a'], ['open', 'b']])
    for (const event of messages) {
      assert.instanceOf(event, MessageEvent)
      for (const member of ['reason', 'status', 'retryIn', 'error', 'response']) {
        assert.notProperty(event, member)
      }
    }
  })

  it('fires messages of any type, however it is spelt [spec 123]', async () => {
    const types = ['__proto__', 'constructor', 'hasOwnProperty', '\u{1F433}', 'two words', 'Message', '日本', 'on:x']
    const source = connect({ body: types.map((type) => `event: ${type}\ndata: ${type}\n\n`).join('') })
    const seen = []
    for (const type of types) source.addEventListener(type, (event) => seen.push([event.type, event.data]))
    await eventually(() => seen.length === types.length)
    assert.deepEqual(seen, types.map((type) => [type, type]))
  })

  it('stays open and fires nothing while there are comments alone [spec 108, 127]', async () => {
    const body = `${': still here\n'.repeat(5)}\ndata: a\n\n`
    const source = connect({ body, every: 13, pause: 50 })
    const events = record(source)
    await eventually(() => events.length === 2)
    assert.deepEqual(events, ['open (1)', 'message "a" (1)'])
  })

  it('fires the messages of one chunk in one task, before a message that was posted [spec 54, 0.E]', async () => {
    const source = connect({ body: 'data: a\n\ndata: b\n\ndata: c\n\n' })
    const order = []
    const { port1, port2 } = new MessageChannel()
    port2.onmessage = () => order.push('posted')
    source.onmessage = ({ data }) => {
      order.push(data)
      if (data === 'a') port1.postMessage(null)
    }
    await eventually(() => order.length === 4)
    assert.deepEqual(order, ['a', 'b', 'c', 'posted'])
  })

  it('reports what a listener throws, and the other listeners and the next event come [spec 56]', async () => {
    const source = connect({ body: 'data: a\n\ndata: b\n\n' })
    const events = record(source)
    source.onopen = () => {
      throw new Error('from onopen')
    }
    source.addEventListener('message', (event) => {
      throw new Error(`from a listener: ${event.data}`)
    })
    source.addEventListener('message', {
      get handleEvent() {
        throw new Error('from a getter')
      },
    })
    const after = record(source)
    await eventually(() => after.length === 3)
    assert.deepEqual(events, after)
    assert.deepEqual(events, ['open (1)', 'message "a" (1)', 'message "b" (1)'])
    assert.deepEqual(await takeFaults(), [
      'Error: from onopen',
      ...['Error: from a listener: a', 'Error: from a getter'],
      ...['Error: from a listener: b', 'Error: from a getter'],
    ])
    assert.equal(source.readyState, 1)
  })

  it('gives the origin of the URL that redirects led to, and keeps its own URL [spec 8, 41]', async () => {
    const to = address('/raw', { body: 'data: a\n\n', end: 'hold', cors: '*' }, secondOrigin)
    const source = connect({ to, cors: '*' }, '/redirect/302')
    const { url } = source
    assert.equal((await next(source, 'message')).origin, secondOrigin)
    assert.equal(source.url, url)
  })

  describe('a message that was received', () => {
    const receive = async () => {
      const event = await next(connect({ body: 'id: 7\nevent: price\ndata: a\n\n' }), 'price')
      // A microtask of its listener can run while it is still on its way.
      await milliseconds(0)
      return event
    }

    it('can be dispatched again, on any target [spec 48]', async () => {
      const event = await receive()
      const parent = document.createElement('div')
      const targets = [new EventTarget(), document.createElement('div'), parent, new EventSource('/raw')]
      targets[3].close()
      for (const target of targets) {
        let received
        target.addEventListener('price', (event) => (received = [event, event.target, event.data]))
        target.dispatchEvent(event)
        assert.deepEqual(received, [event, target, 'a'])
      }
    })

    // For the class of this package, see dispatch.mjs.
    if (name === 'native') {
      it('cannot be dispatched again while it is on its way [spec 48]', async () => {
        const source = connect({ body: 'data: a\n\n' })
        let error
        source.onmessage = (event) => {
          try {
            new EventTarget().dispatchEvent(event)
          } catch (thrown) {
            error = thrown
          }
        }
        await eventually(() => error)
        assert.equal(error.name, 'InvalidStateError')
      })
    }

    it('can be copied by the constructor of MessageEvent [spec 48]', async () => {
      const event = await receive()
      const copy = new MessageEvent(event.type, event)
      assert.deepEqual(
        [copy.type, copy.data, copy.lastEventId, copy.origin, copy.source, copy.ports.length],
        ['price', 'a', '7', location.origin, null, 0],
      )
    })

    it('can be made into another by initEvent, and by initMessageEvent [spec 48]', async () => {
      const event = await receive()
      event.initEvent('other', true, true)
      assert.deepEqual([event.type, event.bubbles, event.cancelable], ['other', true, true])
      assert.deepEqual([event.data, event.lastEventId], ['a', '7'])

      const { port1 } = new MessageChannel()
      const data = { any: 'thing' }
      event.initMessageEvent('third', true, false, data, 'https://a.test', '8', window, [port1])
      assert.deepEqual([event.type, event.bubbles, event.cancelable], ['third', true, false])
      assert.equal(event.data, data)
      assert.deepEqual([event.origin, event.lastEventId], ['https://a.test', '8'])
      assert.equal(event.source, window)
      assert.deepEqual([...event.ports], [port1])
      let received
      const target = new EventTarget()
      target.addEventListener('third', ({ data }) => (received = data))
      target.dispatchEvent(event)
      assert.equal(received, data)

      event.initMessageEvent('fourth')
      assert.deepEqual(
        [event.type, event.bubbles, event.data, event.origin, event.lastEventId, event.source],
        ['fourth', false, null, '', '', null],
      )
      assert.deepEqual([...event.ports], [])
      assert.throws(() => event.initMessageEvent(), TypeError)
      assert.throws(() => event.initMessageEvent('a', false, false, null, '', '', {}), TypeError)
      assert.equal(event.initMessageEvent.length, 1)
      assert.equal((await receive()).data, 'a', 'the next one is as it should be')
    })

    it('does not change while it is on its way [spec 48]', async () => {
      const source = connect({ body: 'data: a\n\n' })
      source.addEventListener('message', (event) => {
        event.initMessageEvent('other', true, true, 'b', '', '9')
        event.initEvent('other', true, true)
      })
      const event = await next(source, 'message')
      assert.deepEqual(
        [event.type, event.data, event.lastEventId, event.bubbles, event.cancelable],
        ['message', 'a', '', false, false],
      )
    })

    it('is refused by structuredClone and postMessage, as any event is [spec 48]', async () => {
      const event = await receive()
      const { port1 } = new MessageChannel()
      for (const send of [structuredClone, (value) => port1.postMessage(value)]) {
        try {
          send(event)
          assert.fail('it was cloned')
        } catch (error) {
          assert.equal(error.name, 'DataCloneError')
        }
      }
    })
  })
}
