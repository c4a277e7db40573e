// @ts-check
/** The record of the listeners of a source, beside what the runtime's own EventTarget does. */

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { beforeEach, describe, it } from 'node:test'

import fc from 'fast-check'

import { importSources } from './sources.mjs'

const { addEventListener, removeEventListener } = EventTarget.prototype

// Node takes no boolean here, as every browser does.
EventTarget.prototype.removeEventListener = {
  /** @this {EventTarget} @param {string} type @param {any} callback @param {any} [options] */
  removeEventListener(type, callback, options) {
    const read = typeof options === 'boolean' ? { capture: options } : options
    Reflect.apply(removeEventListener, this, [type, callback, read])
  },
}.removeEventListener

/** Functions that say that they are native. In Node none of EventTarget's is, in a browser all are. */
const natives = new Set(['addEventListener', 'removeEventListener', 'dispatchEvent'].map((name) => Reflect.get(EventTarget.prototype, name)))

/** @type {unknown[]} */
const reported = []
globalThis.reportError ??= (error) => void reported.push(error)

/** The sources, as they are in a browser whose methods say what they are. */
async function importListeners() {
  const { toString } = Function.prototype
  Function.prototype.toString = function () {
    return natives.has(this) ? `function ${this.name}() {\n    [native code]\n}` : Reflect.apply(toString, this, [])
  }
  try {
    return await importSources('event-source/listeners.ts', 'event-source/event-handler.ts')
  } finally {
    Function.prototype.toString = toString
  }
}

const { Listeners, Listener, EventHandler } = await importListeners()

/** @typedef {{ target: EventTarget, listeners: any, dispatch: (type: string) => void }} Side */

/** @returns {Side} a source with a record */
function ours() {
  const target = new EventTarget()
  const listeners = new Listeners(target, () => {})
  return { target, listeners, dispatch: (type) => listeners.dispatch(type, 'data', 'https://a.test', '7') }
}

/** @returns {Side} the same without one */
function native() {
  const target = new EventTarget()
  const listeners = {
    add: target.addEventListener.bind(target),
    remove: target.removeEventListener.bind(target),
  }
  return { target, listeners, dispatch: (type) => void target.dispatchEvent(new Event(type)) }
}

describe('listeners', () => {
  /** @type {string[]} */
  let calls
  beforeEach(() => (calls = []))
  /** A listener that can be called directly. @param {string} name */
  const plain = (name) => (/** @type {Event} */ event) => void calls.push(`${name} ${event.type}`)
  /** Whether an event is dispatched by the runtime, which alone knows of what is added past the record. @param {Side} side */
  function dispatches({ target, dispatch }) {
    let count = 0
    const past = () => (count += 1)
    addEventListener.call(target, 'x', past)
    dispatch('x')
    target.removeEventListener('x', past)
    return count > 0
  }

  it('are told of an event with what it has', () => {
    const { target, listeners, dispatch } = ours()
    /** @type {any} */
    let seen
    /** @type {unknown} */
    let self
    listeners.add('message', /** @this {unknown} @param {any} event */ function (event) {
      self = this
      seen = event
    })
    dispatch('message')
    assert.equal(self, target)
    assert.deepEqual([seen.type, seen.data, seen.origin, seen.lastEventId], ['message', 'data', 'https://a.test', '7'])
  })

  it('are heard for their type alone, until they are removed', () => {
    const side = ours()
    const a = plain('a')
    assert.equal(side.listeners.mayBeHeard('x'), false)
    side.listeners.add('x', a)
    assert.deepEqual([side.listeners.mayBeHeard('x'), side.listeners.mayBeHeard('y')], [true, false])
    side.dispatch('y')
    side.dispatch('x')
    assert.deepEqual(calls, ['a x'])
    side.listeners.remove('x', a)
    assert.equal(side.listeners.mayBeHeard('x'), false)
    side.dispatch('x')
    assert.deepEqual(calls, ['a x'])
  })

  it('may be unknown to the record where they are no objects, and throw what the runtime throws', () => {
    const side = ours()
    side.listeners.add('x', null)
    side.listeners.remove('x', null)
    assert.equal(side.listeners.mayBeHeard('x'), false)
    assert.throws(() => side.listeners.add('x', 7), TypeError)
    assert.throws(() => side.listeners.add(), TypeError)
    assert.throws(() => side.listeners.add('x', () => {}, { signal: 7 }), TypeError)
    assert.equal(side.listeners.mayBeHeard('x'), false)
  })

  it('are not told of what comes once their signal is aborted', () => {
    const side = ours()
    const controller = new AbortController()
    side.listeners.add('x', plain('a'), { signal: controller.signal })
    side.listeners.add('x', plain('b'), { signal: AbortSignal.abort() })
    side.dispatch('x')
    controller.abort()
    assert.equal(side.listeners.mayBeHeard('x'), false)
    side.dispatch('x')
    assert.deepEqual(calls, ['a x'])
  })

  it('may be removed, and added again with the same signal', () => {
    const side = ours()
    const controller = new AbortController()
    const a = plain('a')
    side.listeners.add('x', a, controller)
    side.listeners.remove('x', a)
    side.listeners.add('x', a, controller)
    side.dispatch('x')
    assert.deepEqual(calls, ['a x'])
    // Beside ours, there are those of the runtime, which stay.
    const waiting = getEventListeners(controller.signal, 'abort').length
    side.listeners.remove('x', a)
    assert.equal(getEventListeners(controller.signal, 'abort').length, waiting - 1)
  })

  it('that are added within a call are not told of the same event, and those that are removed are not', () => {
    const side = ours()
    const c = plain('c')
    side.listeners.add('x', (/** @type {Event} */ event) => {
      plain('a')(event)
      side.listeners.add('x', plain('b'))
      side.listeners.remove('x', c)
    })
    side.listeners.add('x', c)
    side.dispatch('x')
    assert.deepEqual(calls, ['a x'])
    side.dispatch('x')
    assert.deepEqual(calls, ['a x', 'a x', 'b x'])
  })

  for (const wrapped of /** @type {const} */ (['addEventListener', 'removeEventListener'])) {
    it(`are left to a library that has wrapped ${wrapped}, for good`, () => {
      const own = EventTarget.prototype[wrapped]
      const side = ours()
      const [a, b] = [plain('a'), plain('b')]
      let count = 0
      try {
        EventTarget.prototype[wrapped] = /** @this {EventTarget} @param {any[]} args */ function (...args) {
          count += 1
          return Reflect.apply(own, this, args)
        }
        side.listeners.add('x', a)
        side.listeners.add('x', b)
        side.listeners.remove('x', b)
      } finally {
        EventTarget.prototype[wrapped] = own
      }
      assert.equal(count, wrapped === 'addEventListener' ? 2 : 1)
      assert.deepEqual([side.listeners.mayBeHeard('x'), side.listeners.mayBeHeard('y')], [true, false])
      assert.equal(side.listeners.areThere, true)
      assert.equal(dispatches(side), true)
      assert.deepEqual(calls, ['a x'])
    })
  }

  it('are there until the last of them is gone', () => {
    const { listeners } = ours()
    const [a, b] = [plain('a'), plain('b')]
    assert.equal(listeners.areThere, false)
    listeners.add('x', a)
    listeners.add('y', b)
    listeners.remove('x', a)
    assert.equal(listeners.areThere, true)
    listeners.remove('y', b)
    assert.equal(listeners.areThere, false)
  })

  it('are called directly again once those are removed that cannot be', () => {
    const side = ours()
    const object = { handleEvent: plain('object') }
    side.listeners.add('x', plain('a'))
    side.listeners.add('x', object)
    assert.equal(dispatches(side), true)
    side.listeners.remove('x', object)
    assert.equal(dispatches(side), false)
    assert.deepEqual(calls, ['a x', 'object x', 'a x'])
  })

  it('that are to be called once are forgotten then, and nothing is left of one that is removed', () => {
    const side = ours()
    side.listeners.add('x', plain('a'), { once: true })
    side.dispatch('x')
    side.dispatch('x')
    assert.deepEqual(calls, ['a x'])
    assert.equal(side.listeners.mayBeHeard('x'), false)
    const b = plain('b')
    side.listeners.add('x', b, { once: true })
    side.listeners.remove('x', b)
    assert.equal(getEventListeners(side.target, 'x').length, 0)
  })

  it('are dispatched to by the runtime where a method of its own is another', async () => {
    const isDispatched = async () => {
      const { Listeners } = await importListeners()
      const target = new EventTarget()
      const listeners = new Listeners(target, () => {})
      return dispatches({ target, listeners, dispatch: (type) => listeners.dispatch(type, '', '', '') })
    }
    assert.equal(await isDispatched(), false)
    for (const name of /** @type {const} */ (['addEventListener', 'removeEventListener', 'dispatchEvent'])) {
      const own = EventTarget.prototype[name]
      /** @type {Record<string, (...args: any[]) => unknown>} */
      const methods = { [name](...args) { return Reflect.apply(own, this, args) } }
      // As libraries do that hide what they have replaced.
      const hidden = Object.defineProperty(/** @this {any} @param {any[]} args */ function (...args) { return Reflect.apply(own, this, args) }, 'name', { value: name })
      natives.add(hidden)
      for (const replaced of [methods[name], hidden, new Proxy(own, {})]) {
        try {
          EventTarget.prototype[name] = /** @type {any} */ (replaced)
          assert.equal(await isDispatched().catch(() => true), true, name)
        } finally {
          EventTarget.prototype[name] = /** @type {any} */ (own)
        }
      }
    }
    const { reportError } = globalThis
    try {
      // What throws could not be reported.
      Reflect.deleteProperty(globalThis, 'reportError')
      assert.equal(await isDispatched(), true)
    } finally {
      globalThis.reportError = reportError
    }
  })

  it('whose calls throw are reported, and keep no other from its call', () => {
    const side = ours()
    side.listeners.add('x', (/** @type {Event} */ event) => {
      throw event
    })
    side.listeners.add('x', plain('b'))
    side.dispatch('x')
    assert.deepEqual(calls, ['b x'])
    assert.equal(reported.splice(0).length, 1)
  })

  it('that are objects, for once, for the capture phase or without parameters are called by the runtime', () => {
    const cases = /** @type {[unknown, unknown][]} */ ([
      [{ handleEvent: plain('a') }, undefined],
      [plain('a'), { once: true }],
      [plain('a'), true],
      [plain('a'), { capture: true }],
      [() => calls.push('a x'), undefined],
    ])
    for (const [callback, options] of cases) {
      const side = ours()
      let dispatched = 0
      side.listeners.add('x', callback, options)
      // What is added past the record hears only what the runtime dispatches.
      side.target.addEventListener('x', () => (dispatched += 1))
      side.dispatch('x')
      assert.deepEqual([calls.splice(0), dispatched], [['a x'], 1])
    }
    const side = ours()
    side.listeners.add('x', plain('a'), { passive: true })
    side.target.addEventListener('x', plain('past the record'))
    side.dispatch('x')
    assert.deepEqual(calls, ['a x'])
  })

  it('may be proxies that are revoked', () => {
    const { proxy, revoke } = Proxy.revocable(plain('a'), {})
    const listener = new Listener('x', proxy, proxy)
    assert.equal(listener.isPlain, true)
    revoke()
    assert.equal(listener.isPlain, false)
  })

  it('are called as the runtime calls them, after any adding, removing and aborting', () => {
    const types = fc.constantFrom('message', 'x')
    const action = fc.record({
      does: fc.constantFrom('add', 'add', 'add', 'remove', 'dispatch', 'dispatch', 'abort'),
      type: types,
      listener: fc.nat(3),
      options: fc.constantFrom('none', 'capture', 'true', 'once', 'signal', 'both'),
    })
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), fc.boolean(), (actions, acts) => {
        const results = [ours(), native()].map((side) => {
          /** @type {string[]} */
          const calls = []
          const controller = new AbortController()
          const { signal } = controller
          /** @type {Record<string, unknown>} */
          const given = { none: undefined, capture: { capture: true }, true: true, once: { once: true }, signal: { signal }, both: { once: true, signal } }
          /** @type {any[]} */
          const callbacks = [
            (/** @type {Event} */ { type }) => void calls.push(`0 ${type}`),
            () => void calls.push('1'),
            { handleEvent: (/** @type {Event} */ { type }) => void calls.push(`2 ${type}`) },
            (/** @type {Event} */ { type }) => {
              calls.push(`3 ${type}`)
              if (acts) side.listeners.remove(type, callbacks[0])
            },
          ]
          for (const { does, type, listener, options } of actions) {
            if (does === 'add') side.listeners.add(type, callbacks[listener], given[options])
            else if (does === 'remove') side.listeners.remove(type, callbacks[listener], given[options])
            else if (does === 'abort') controller.abort()
            else side.dispatch(type)
            calls.push(does)
          }
          return calls
        })
        assert.deepEqual(results[0], results[1])
      }),
      { numRuns: 3_000, seed: 92 },
    )
  })
})

describe('an event handler', () => {
  it('keeps its place when it is replaced, and leaves it when it is set to null', () => {
    const side = ours()
    const handler = new EventHandler(side.target, 'message', side.listeners)
    /** @type {string[]} */
    const calls = []
    /** @param {string} name */
    const call = (name) => (/** @type {Event} */ event) => void calls.push(name + event.type)
    assert.equal(handler.value, null)
    const first = call('first ')
    handler.value = first
    assert.equal(handler.value, first)
    side.listeners.add('message', call('second '))
    handler.value = call('replaced ')
    side.dispatch('message')
    assert.deepEqual(calls.splice(0), ['replaced message', 'second message'])
    handler.value = null
    assert.equal(handler.value, null)
    side.dispatch('message')
    assert.deepEqual(calls.splice(0), ['second message'])
    handler.value = call('third ')
    side.dispatch('message')
    assert.deepEqual(calls.splice(0), ['second message', 'third message'])
  })

  it('takes objects, calls functions only, and makes null of all else', () => {
    const side = ours()
    const handler = new EventHandler(side.target, 'message', side.listeners)
    const object = { handleEvent() { assert.fail('no handler is an object that is called') } }
    handler.value = object
    assert.equal(handler.value, object)
    assert.equal(side.listeners.mayBeHeard('message'), true)
    side.dispatch('message')
    side.target.dispatchEvent(new Event('message'))
    for (const value of [undefined, 7, 'a', true, null]) {
      handler.value = () => {}
      handler.value = value
      assert.equal(handler.value, null)
      assert.equal(side.listeners.mayBeHeard('message'), false)
    }
  })

  it('is not called where another listener has just made it what is no function', () => {
    const side = ours()
    const handler = new EventHandler(side.target, 'message', side.listeners)
    side.listeners.add('message', (/** @type {Event} */ event) => void (handler.value = event))
    handler.value = (/** @type {Event} */ event) => assert.fail(event.type)
    side.dispatch('message')
    assert.deepEqual(reported.splice(0), [])
  })

  it('may be set to null where it is so', () => {
    const side = ours()
    const handler = new EventHandler(side.target, 'message', side.listeners)
    for (const value of [null, undefined]) handler.value = value
    assert.equal(handler.value, null)
  })

  it('has the source as this, and cancels what it returns false to', () => {
    const side = ours()
    const handler = new EventHandler(side.target, 'x', side.listeners)
    /** @type {unknown[]} */
    const those = []
    let answer = /** @type {unknown} */ (false)
    handler.value = /** @this {unknown} @param {Event} event */ function (event) {
      those.push(this, event.type)
      return answer
    }
    const event = () => new Event('x', { cancelable: true })
    assert.equal(side.target.dispatchEvent(event()), false)
    for (answer of [undefined, null, 0, true]) assert.equal(side.target.dispatchEvent(event()), true)
    assert.deepEqual(those.slice(0, 2), [side.target, 'x'])
  })
})
