/** How a message comes to its listeners: so that nobody can tell who calls them. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, takeFaults } from './support.mjs'

export default function ({ EventSource, name }) {
  const sources = []
  const connect = (body, path = '/raw') => {
    const source = new EventSource(address(path, { body, end: 'hold' }))
    sources.push(source)
    return source
  }
  /** One that fires nothing of itself. */
  const quiet = () => {
    const source = new EventSource('/raw')
    source.close()
    return source
  }
  /** Connects, lets `listen` add its listeners, and waits until three messages have gone by. */
  const until = async (listen, body = 'data: 1\n\ndata: 2\n\ndata: 3\n\n') => {
    const source = connect(`${body}event: end\ndata: x\n\n`)
    listen(source)
    await next(source, 'end')
    return source
  }
  afterEach(async () => {
    sources.splice(0).forEach((source) => source.close())
    assert.deepEqual(await takeFaults(), [])
  })

  describe('the event', () => {
    const { get: isTrusted } = Object.getOwnPropertyDescriptor(new Event(''), 'isTrusted')
    /** All that an event tells, with `target` for the one that it was dispatched on. */
    const tale = (event, target) => {
      const members = Object.entries(Object.getOwnPropertyDescriptors(Event.prototype))
      const getters = members.filter(([, { get }]) => get && get !== isTrusted).map(([key]) => key)
      const told = getters.map((key) => [key, event[key] === target ? 'target' : event[key]])
      const path = event.composedPath().map((entry) => entry === target)
      return { ...Object.fromEntries(told), path, timeStamp: undefined }
    }

    it('tells of its way what one that a page dispatches does, then and later', async () => {
      const told = []
      let last
      const source = await until((source) => {
        source.addEventListener('message', (event) => {
          told.push(tale(event, source))
          last = event
        })
      }, 'data: a\n\n')
      told.push(tale(last, source))

      const expected = []
      const target = new EventTarget()
      const event = new MessageEvent('message', { data: 'a' })
      target.addEventListener('message', (event) => expected.push(tale(event, target)))
      target.dispatchEvent(event)
      expected.push(tale(event, target))
      assert.deepEqual(told, expected)
      assert.deepEqual([told[0].eventPhase, told[1].eventPhase], [2, 0])
    })

    it('tells of its later ways too, on whatever target', async () => {
      let event
      await until((source) => source.addEventListener('message', (it) => (event = it)), 'data: a\n\n')
      const fresh = new MessageEvent('message', { data: 'a' })
      const outer = document.createElement('div')
      const inner = outer.appendChild(document.createElement('p'))
      const tales = [event, fresh].map((event) => {
        const told = []
        const listener = (event) => told.push(tale(event, inner), event.currentTarget)
        outer.addEventListener('message', listener, true)
        inner.addEventListener('message', listener)
        inner.dispatchEvent(event)
        outer.removeEventListener('message', listener, true)
        inner.removeEventListener('message', listener)
        return [...told, tale(event, inner)]
      })
      assert.equal(tales[0][0].eventPhase, Event.CAPTURING_PHASE)
      assert.deepEqual(tales[0], tales[1])
    })

    describe('of which a listener stops the propagation', () => {
      const told = []
      const events = []
      before(async () => {
        for (const stop of [
          (event) => event.stopPropagation(),
          (event) => (event.cancelBubble = true),
          (event) => (event.cancelBubble = false),
          (event) => event.stopImmediatePropagation(),
        ]) {
          await until((source) => {
            source.addEventListener('message', (event) => {
              told.push(event.cancelBubble)
              stop(event)
              told.push(event.cancelBubble)
              events.push(event)
            })
            source.addEventListener('message', (event) => told.push(`other ${event.cancelBubble}`))
          }, 'data: a\n\n')
        }
      })

      it('tells so', () => {
        assert.deepEqual(told, [
          ...[false, true, 'other true', false, true, 'other true'],
          ...[false, false, 'other false', false, true],
        ])
      })

      it('tells so only until its way ends, and can go another', () => {
        for (const event of events) {
          assert.isFalse(event.cancelBubble)
          const target = new EventTarget()
          let calls = 0
          target.addEventListener('message', () => (calls += 1))
          target.dispatchEvent(event)
          assert.equal(calls, 1)
          event.stopPropagation()
          assert.isTrue(event.cancelBubble)
        }
      })
    })

    it('can be stopped for one event and not for the next', async () => {
      const order = []
      await until((source) => {
        source.addEventListener('message', (event) => {
          if (event.data !== '2') event.stopImmediatePropagation()
        })
        source.addEventListener('message', ({ data }) => order.push(data))
      })
      assert.deepEqual(order, ['2'])
    })

    it('is not initialised anew while it is on its way', async () => {
      const told = []
      await until((source) => {
        source.addEventListener('message', (event) => {
          event.initEvent('other', true, true)
          event.initMessageEvent('other', true, true, 'b', '', '9')
          event.preventDefault()
        })
        source.addEventListener('message', (event) => {
          const { type, data, lastEventId, bubbles, cancelable, defaultPrevented } = event
          told.push(type, data, lastEventId, bubbles, cancelable, defaultPrevented)
          told.push(event.target === source)
        })
      }, 'data: a\n\n')
      assert.deepEqual(told, ['message', 'a', '', false, false, false, true])
    })

    it('loses its target when it is initialised anew', async () => {
      let event
      await until((source) => source.addEventListener('message', (it) => (event = it)), 'data: a\n\n')
      event.initEvent('other', false, false)
      assert.deepEqual([event.target, event.srcElement, event.type], [null, null, 'other'])
      assert.throws(() => event.initEvent(), TypeError)
    })

    it('has methods and getters of the usual names and lengths', async () => {
      const [event] = [await next(connect('data: a\n\n'), 'message')]
      for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Event.prototype))) {
        if (typeof value !== 'function' || key === 'constructor') continue
        assert.deepEqual([event[key].name, event[key].length], [value.name, value.length], key)
      }
    })

    it('is not made into another by a listener that has one of its own on the way', async () => {
      const order = []
      await until((source) => {
        const other = new EventTarget()
        other.addEventListener('inner', (event) => event.stopImmediatePropagation())
        source.addEventListener('message', (event) => {
          other.dispatchEvent(new Event('inner'))
          order.push(event.cancelBubble, event.currentTarget === source)
        })
        source.addEventListener('message', ({ data }) => order.push(data))
      }, 'data: a\n\n')
      assert.deepEqual(order, [false, true, 'a'])
    })
  })

  describe('a listener', () => {
    it('has the source as this, and the event alone', async () => {
      const calls = []
      const source = await until((source) => {
        const listener = function (event) {
          calls.push([this, arguments.length, event.data])
        }
        source.addEventListener('message', listener)
        source.onmessage = listener
      }, 'data: a\n\n')
      assert.deepEqual(calls, [[source, 1, 'a'], [source, 1, 'a']])
    })

    it('is called in its turn among those for the capture phase', async () => {
      const order = []
      const source = await until((source) => {
        const listener = (text) => (event) => order.push(text)
        source.addEventListener('message', listener('a'))
        source.addEventListener('message', listener('b'), true)
        source.addEventListener('message', listener('c'))
      }, 'data: a\n\n')
      const ofMessage = order.splice(0)
      source.dispatchEvent(new MessageEvent('message'))
      assert.lengthOf(ofMessage, 3)
      assert.deepEqual(ofMessage, order)
    })

    it('that is to be called once is removed before it is called', async () => {
      const data = []
      const source = await until((source) => {
        const listener = (event) => {
          data.push(event.data)
          if (event.data === '1') {
            source.addEventListener('message', listener, { once: true })
            source.dispatchEvent(new MessageEvent('message', { data: 'inner' }))
          }
        }
        source.addEventListener('message', listener, { once: true })
      })
      source.dispatchEvent(new MessageEvent('message', { data: 'own' }))
      assert.deepEqual(data, ['1', 'inner'])
    })

    it('that is to be called once may have heard an event of the page itself', async () => {
      const data = []
      await until((source) => {
        source.addEventListener('message', (event) => data.push(event.data), { once: true })
        source.dispatchEvent(new MessageEvent('message', { data: 'own' }))
      })
      assert.deepEqual(data, ['own'])
    })

    it('that is to be called once can be removed before, and added again', async () => {
      const data = []
      await until((source) => {
        const listener = (event) => data.push(event.data)
        source.addEventListener('message', listener, { once: true })
        source.removeEventListener('message', listener)
        source.addEventListener('message', (event) => {
          if (event.data === '1') source.addEventListener('message', listener, { once: true })
          if (event.data === '2') source.addEventListener('message', listener)
        })
      })
      assert.deepEqual(data, ['2'], 'it was still there when it was added for the third time')
    })

    it('that is removed and added again during an event hears the next one', async () => {
      const data = []
      await until((source) => {
        const listener = (event) => data.push(event.data)
        source.addEventListener('message', (event) => {
          if (event.data !== '1') return
          source.removeEventListener('message', listener)
          source.addEventListener('message', listener)
        })
        source.addEventListener('message', listener)
      })
      assert.deepEqual(data, ['2', '3'])
    })

    it('that removes all others, and itself, is the last', async () => {
      const data = []
      await until((source) => {
        const listeners = ['a', 'b', 'c'].map((name) => (event) => {
          data.push(name + event.data)
          if (name === 'b') listeners.forEach((it) => source.removeEventListener('message', it))
        })
        listeners.forEach((it) => source.addEventListener('message', it))
      })
      assert.deepEqual(data, ['a1', 'b1'])
    })

    it('for the capture phase is removed as such only', async () => {
      const data = []
      const source = await until((source) => {
        const listener = (event) => data.push(event.data)
        source.addEventListener('message', listener)
        source.addEventListener('message', listener, true)
        source.addEventListener('message', (event) => {
          if (event.data === '1') source.removeEventListener('message', listener, { capture: true })
          if (event.data === '2') source.removeEventListener('message', listener, { capture: false })
        })
      })
      assert.deepEqual(data, ['1', '1', '2'])
      assert.deepEqual(source.removeEventListener('message', () => {}), undefined)
    })

    it('whose signal was aborted can be added again', async () => {
      const data = []
      await until((source) => {
        const controller = new AbortController()
        const listener = (event) => data.push(event.data)
        source.addEventListener('message', (event) => {
          if (event.data === '1') controller.abort()
          if (event.data === '2') source.addEventListener('message', listener)
        })
        source.addEventListener('message', listener, controller)
      })
      assert.deepEqual(data, ['3'])
    })

    it('whose signal was aborted when it was added hears nothing', async () => {
      const data = []
      const { signal } = { signal: AbortSignal.abort() }
      await until((source) => {
        source.addEventListener('message', (event) => data.push(event.data), { signal })
      })
      assert.deepEqual(data, [])
    })

    it('that has no handleEvent to be called is passed over', async () => {
      const order = []
      await until((source) => {
        source.addEventListener('message', {})
        source.addEventListener('message', { handleEvent: 'text' })
        source.addEventListener('message', ({ data }) => order.push(data))
      }, 'data: a\n\n')
      assert.deepEqual(order, ['a'])
      // Each engine has its own way to report this; Chromium does not.
      await takeFaults()
    })

    it('that throws is reported at once, whatever it throws', async () => {
      const order = []
      const named = (name) => ({
        toString() {
          if (!order.includes(name)) order.push(name)
          return name
        },
      })
      await until((source) => {
        for (const thrown of [named('a'), named('b'), 'text', null, new RangeError('c')]) {
          source.addEventListener('message', (event) => {
            order.push('called')
            throw thrown
          })
        }
      }, 'data: a\n\n')
      assert.deepEqual(order, ['called', 'a', 'called', 'b', 'called', 'called', 'called'])
      const faults = await takeFaults()
      assert.deepEqual([...faults.slice(0, 3), ...faults.slice(4)], ['a', 'b', 'text', 'RangeError: c'])
      assert.include(faults[3], 'null')
    })

    it('that closes the source does not keep the event from the others', async () => {
      const order = []
      const source = connect('data: 1\n\ndata: 2\n\n')
      source.addEventListener('message', (event) => {
        order.push(`a ${event.data}`)
        source.close()
      })
      source.addEventListener('message', (event) => order.push(`b ${event.data}`))
      source.onmessage = (event) => order.push(`c ${event.data} ${source.readyState}`)
      await eventually(() => order.length >= 3)
      await milliseconds(100)
      assert.deepEqual(order, ['a 1', 'b 1', 'c 1 2'])
    })

    it('set as an attribute keeps its place until it is set to null', async () => {
      const order = []
      const listener = (text) => (event) => order.push(`${text} ${event.data}`)
      await until((source) => {
        source.addEventListener('message', (event) => {
          if (event.data === '2') source.onmessage = listener('other')
          if (event.data === '3') source.onmessage = null
          if (event.data === '4') source.onmessage = listener('last')
        })
        source.onmessage = listener('attribute')
        source.addEventListener('message', listener('listener'))
      }, [1, 2, 3, 4, 5].map((data) => `data: ${data}\n\n`).join(''))
      assert.deepEqual(order, [
        ...['attribute 1', 'listener 1', 'other 2', 'listener 2', 'listener 3', 'listener 4'],
        ...['listener 5', 'last 5'],
      ])
    })

    it('for a type that nobody listened to hears it from then on', async () => {
      const data = []
      await until(
        (source) => {
          source.addEventListener('other', (event) => {
            source.addEventListener('late', (event) => data.push(event.data))
          })
        },
        'event: late\ndata: 1\n\nevent: other\ndata: x\n\nevent: late\ndata: 2\n\n',
      )
      assert.deepEqual(data, ['2'])
    })

    it('without a parameter has the event from window.event', async () => {
      const events = []
      await until((source) => {
        source.addEventListener('message', () => events.push(window.event))
        source.onmessage = function () {
          events.push(window.event, arguments[0])
        }
        source.addEventListener('message', (event) => events.push(event))
      }, 'data: a\n\n')
      assert.lengthOf(events, 4)
      for (const event of events) assert.equal(event, events[3])
      assert.equal(events[3].data, 'a')
    })

    if (name !== 'native') {
      it('with a parameter finds nothing in window.event', async () => {
        const events = []
        await until((source) => {
          source.addEventListener('message', (event) => events.push(window.event))
          source.onmessage = (event) => events.push(window.event)
        }, 'data: a\n\n')
        assert.deepEqual(events, [undefined, undefined])
      })

      it('finds it there as long as there is another that the browser has to call', async () => {
        const events = []
        await until((source) => {
          source.addEventListener('message', (event) => events.push(event === window.event))
          source.addEventListener('message', (event) => {}, { once: true })
        })
        assert.deepEqual(events, [true, false, false])
      })

      it('that was added past the source hears no message, only what the page dispatches', async () => {
        const data = []
        await until((source) => {
          const listener = (event) => data.push(event.data)
          EventTarget.prototype.addEventListener.call(source, 'message', listener)
          source.dispatchEvent(new MessageEvent('message', { data: 'own' }))
        })
        assert.deepEqual(data, ['own'])
      })

      it('can dispatch the event again, though it is on its way', async () => {
        const order = []
        await until((source) => {
          const target = new EventTarget()
          target.addEventListener('message', (event) => order.push(event.target === target, event.data))
          source.addEventListener('message', (event) => {
            target.dispatchEvent(event)
            order.push(event.currentTarget === source, event.eventPhase)
          })
        }, 'data: a\n\n')
        assert.deepEqual(order, [true, 'a', true, Event.AT_TARGET])
      })
    }

    it('of another page is called, and what it throws is reported there', async () => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const { contentWindow } = frame
      const order = []
      contentWindow.heard = (data) => order.push(data)
      contentWindow.onerror = (message) => order.push(message.replace(/.*Error: /, ''))
      const script = 'heard(event.data); throw new Error("from the frame")'
      await until((source) => {
        source.addEventListener('message', new contentWindow.Function('event', script))
      }, 'data: 1\n\ndata: 2\n\n')
      frame.remove()
      assert.deepEqual(order, ['1', 'from the frame', '2', 'from the frame'])
    })
  })

  for (const method of ['addEventListener', 'removeEventListener']) {
    describe(method, () => {
      it('looks like that of EventTarget', () => {
        const { value, ...flags } = Object.getOwnPropertyDescriptor(EventTarget.prototype, method)
        const ours = Object.getOwnPropertyDescriptor(EventSource.prototype, method)
        // The native class inherits it.
        if (name === 'native') return assert.isUndefined(ours)
        const { value: ourValue, ...ourFlags } = ours
        assert.deepEqual(ourFlags, flags)
        assert.deepEqual([ourValue.name, ourValue.length], [value.name, value.length])
        assert.throws(() => new ourValue('a', null), TypeError)
      })

      it('returns nothing, and throws for what is no listener', () => {
        const source = quiet()
        assert.isUndefined(source[method]('a', () => {}))
        assert.isUndefined(source[method]('a', null))
        assert.isUndefined(source[method]('a', undefined))
        assert.throws(() => source[method](), TypeError)
        assert.throws(() => source[method]('a'), TypeError)
        for (const callback of [1, 'text', true, Symbol('a'), 1n]) {
          assert.throws(() => source[method]('a', callback), TypeError)
        }
        assert.throws(() => source[method](Symbol('a'), () => {}), TypeError)
      })

      it('converts its arguments once each, in the order of Web IDL', () => {
        const order = []
        const options = Object.create({
          get once() {
            order.push('once')
            return 0
          },
        })
        for (const key of ['signal', 'passive', 'capture']) {
          Object.defineProperty(options, key, {
            get: () => {
              order.push(key)
              return undefined
            },
          })
        }
        const type = {
          toString() {
            order.push('type')
            return 'a'
          },
        }
        quiet()[method](type, () => {}, options)
        const dictionary = method.startsWith('add') ? ['capture', 'once', 'passive', 'signal'] : ['capture']
        assert.deepEqual(order, ['type', ...dictionary])
      })

      it('works on any target, as that of EventTarget does', () => {
        const target = new EventTarget()
        let calls = 0
        const listener = () => (calls += 1)
        target.addEventListener('a', listener)
        quiet()[method].call(target, 'a', listener)
        target.dispatchEvent(new Event('a'))
        assert.equal(calls, method.startsWith('add') ? 1 : 0)
        assert.isUndefined(quiet()[method].call(undefined, 'a', listener))
        removeEventListener('a', listener)
        for (const foreign of [{}, EventSource.prototype, 5]) {
          assert.throws(() => quiet()[method].call(foreign, 'a', listener), TypeError)
        }
      })
    })
  }

  it('converts the last argument of addEventListener as Web IDL says', async () => {
    const phases = []
    await until((source) => {
      for (const [index, options] of [undefined, null, false, 0, '', true, 1, 'text', {}, [], () => {}].entries()) {
        const listener = (event) => phases.push(index)
        source.addEventListener('message', listener, options)
        // Takes away those that are not for the capture phase.
        source.removeEventListener('message', listener)
      }
    }, 'data: a\n\n')
    assert.deepEqual(phases, [5, 6, 7])
  })

  it('adds no listener when the signal is none', async () => {
    const data = []
    await until((source) => {
      for (const signal of [null, {}, 'text']) {
        const listener = (event) => data.push(event.data)
        assert.throws(() => source.addEventListener('message', listener, { signal }), TypeError)
      }
    })
    assert.deepEqual(data, [])
  })
}
