/** Listeners of a source: those of any EventTarget, called when and how DOM says. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, next, takeFaults } from './support.mjs'

const THREE = 'data: 1\n\ndata: 2\n\ndata: 3\n\n'

export default function ({ EventSource, name }) {
  let source
  const connect = (body) => {
    source = new EventSource(address('/raw', { body, end: 'hold' }))
    return source
  }
  /** Connects, lets `listen` add its listeners, and waits until the event `end` has come. */
  const until = async (listen, body = THREE) => {
    connect(`${body}event: end\ndata: x\n\n`)
    listen(source)
    await next(source, 'end')
  }
  afterEach(async () => {
    source?.close()
    assert.deepEqual(await takeFaults(), [])
  })

  it('are called in the order in which they were added [spec 53]', async () => {
    const order = []
    await until((source) => {
      for (const name of ['a', 'b', 'c']) source.addEventListener('message', () => order.push(name))
    }, 'data: 1\n\n')
    assert.deepEqual(order, ['a', 'b', 'c'])
  })

  it('are called with the source as this [spec 49]', async () => {
    const calls = []
    const object = {
      handleEvent(event) {
        calls.push([this, event.data])
      },
    }
    await until((source) => {
      source.addEventListener('message', function (event) {
        calls.push([this, event.data])
      })
      source.addEventListener('message', object)
    }, 'data: 1\n\n')
    assert.deepEqual(calls, [[source, '1'], [object, '1']])
  })

  it('may be objects whose handleEvent changes meanwhile [spec 53]', async () => {
    const calls = []
    const object = { handleEvent: () => calls.push('first') }
    await until((source) => {
      source.addEventListener('message', object)
      source.addEventListener('message', () => (object.handleEvent = () => calls.push('other')))
    })
    assert.deepEqual(calls, ['first', 'other', 'other'])
  })

  it('that are to be called once are [spec 53]', async () => {
    const data = []
    await until((source) =>
      source.addEventListener('message', (event) => data.push(event.data), { once: true }),
    )
    assert.deepEqual(data, ['1'])
  })

  it('go when their signal is aborted, at once [spec 53]', async () => {
    const data = []
    const controller = new AbortController()
    await until((source) => {
      source.addEventListener('message', (event) => event.data === '2' && controller.abort())
      source.addEventListener('message', (event) => data.push(event.data), controller)
      source.addEventListener('message', () => data.push('never'), { signal: AbortSignal.abort() })
    })
    assert.deepEqual(data, ['1'])
  })

  it('for the capture phase are others [spec 53]', async () => {
    const order = []
    const listener = ({ eventPhase }) => order.push(['both', eventPhase])
    await until((source) => {
      source.addEventListener('message', () => order.push(['bubbling', 2]))
      source.addEventListener('message', listener)
      source.addEventListener('message', listener, { capture: true })
      source.removeEventListener('message', listener, false)
    }, 'data: 1\n\n')
    // Engines do not agree on which comes first where there is only the target.
    assert.sameDeepMembers(order, [['both', 2], ['bubbling', 2]])
  })

  it('that are passive cannot cancel an event that could be canceled [spec 53]', () => {
    connect('')
    source.addEventListener('message', (event) => event.preventDefault(), { passive: true })
    assert.isTrue(source.dispatchEvent(new Event('message', { cancelable: true })))
    source.addEventListener('message', (event) => event.preventDefault())
    assert.isFalse(source.dispatchEvent(new Event('message', { cancelable: true })))
  })

  it('after one that stops the propagation at once are not called [spec 53]', async () => {
    const order = []
    await until((source) => {
      source.addEventListener('message', (event) => {
        order.push(`a ${event.data}`)
        if (event.data === '2') event.stopImmediatePropagation()
        else event.stopPropagation()
      })
      source.onmessage = (event) => order.push(`b ${event.data}`)
    })
    assert.deepEqual(order, ['a 1', 'b 1', 'a 2', 'a 3', 'b 3'])
  })

  it('that are added during an event hear the next one, and removed ones hear nothing [spec 53]', async () => {
    const order = []
    const removed = () => order.push('removed')
    await until((source) => {
      source.addEventListener(
        'message',
        () => {
          source.addEventListener('message', (event) => order.push(`added ${event.data}`))
          source.removeEventListener('message', removed)
        },
        { once: true },
      )
      source.addEventListener('message', removed)
      source.addEventListener('message', (event) => order.push(`last ${event.data}`))
    })
    assert.deepEqual(order, ['last 1', 'last 2', 'added 2', 'last 3', 'added 3'])
  })

  it('are called once, however often the same one is added [spec 53]', async () => {
    const data = []
    const listener = (event) => data.push(event.data)
    await until((source) => {
      source.addEventListener('message', listener)
      source.addEventListener('message', listener, { once: true })
      source.addEventListener('message', null)
    })
    assert.deepEqual(data, ['1', '2', '3'])
  })

  it('may dispatch events on the source, which go before the next message [spec 53, 54]', async () => {
    const order = []
    await until((source) => {
      source.addEventListener('inner', () => order.push('inner'))
      source.addEventListener('message', (event) => {
        order.push(event.data)
        source.dispatchEvent(new Event('inner'))
      })
    })
    assert.deepEqual(order, ['1', 'inner', '2', 'inner', '3', 'inner'])
  })

  it('that are proxies may be revoked at any time, which harms nothing [spec 56]', async () => {
    for (const when of ['before', 'by a listener before it']) {
      for (const target of [(event) => void event, { handleEvent() {} }]) {
        const { proxy, revoke } = Proxy.revocable(target, {})
        const data = []
        await until((source) => {
          source.addEventListener('message', (event) => {
            if (event.data === '1') revoke()
          })
          source.addEventListener('message', proxy)
          source.addEventListener('message', (event) => data.push(event.data))
          if (when === 'before') revoke()
        })
        assert.deepEqual(data, ['1', '2', '3'])
        assert.equal(source.readyState, 1)
        source.close()
        // Chromium does not report it, and WebKit does not say what it was.
        for (const fault of await takeFaults()) assert.match(fault, /TypeError|Script error/)
      }
    }
  })

  it('that are revoked proxies may be set as the handler [spec 56]', async () => {
    const { proxy, revoke } = Proxy.revocable((event) => void event, {})
    const data = []
    await until((source) => {
      source.onmessage = proxy
      revoke()
      source.addEventListener('message', (event) => data.push(event.data))
    })
    assert.deepEqual(data, ['1', '2', '3'])
    for (const fault of await takeFaults()) assert.match(fault, /TypeError|Script error/)
  })

  it('may open further sources and close them [spec 60, 63]', async () => {
    const received = []
    const others = []
    await until((source) => {
      source.addEventListener('message', (event) => {
        const other = new EventSource(source.url)
        others.push(other)
        other.onmessage = ({ data }) => received.push(`${event.data}${data}`)
        if (event.data === '2') other.close()
      })
    })
    await eventually(() => received.length === 6)
    others.forEach((other) => other.close())
    assert.sameMembers(received, ['11', '12', '13', '31', '32', '33'])
  })

  it('see the last event ID of their message, not of a later one [spec 48, 91]', async () => {
    const ids = []
    await until(
      (source) => source.addEventListener('message', ({ lastEventId }) => ids.push(lastEventId)),
      'id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\nid: 4\ndata: d\n\n',
    )
    assert.deepEqual(ids, ['1', '1', '', '4'])
  })

  it(
    name === 'native'
      ? 'are separated by a microtask checkpoint [spec 55]'
      : 'are not separated by a microtask checkpoint, which no script can make [spec 55, 0.E]',
    async () => {
      const order = []
      await until((source) => {
        source.addEventListener('message', () => Promise.resolve().then(() => order.push('microtask')))
        source.addEventListener('message', () => order.push('next listener'))
      }, 'data: 1\n\n')
      const native = ['microtask', 'next listener']
      assert.deepEqual(order, name === 'native' ? native : native.toReversed())
    },
  )
}
