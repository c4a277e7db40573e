/**
 * What code of a page may do in a callback, by name. `kind` is what comes of it:
 *
 * - `closes`, `aborts`: no event follows
 * - `throws`, `rejects`: with `fault`, at once or later
 * - `never`: what is returned never settles
 * - `tells`: events come at once, beside the others: `tells`, given the state
 * - none: everything goes on as if nothing had been done
 *
 * `isOurs` is what the native class has not.
 */

import { assert } from '/node_modules/chai/index.js'

const message = (data) => new MessageEvent('message', { data })
const never = new Promise(() => {})

/** An error that the report of no other action has. */
const fault = (text) => new Error(`re-entrancy: ${text}`)
const FAULTS = {
  error: fault('thrown'),
  later: fault('rejected'),
  thenable: fault('thrown by a thenable'),
}

export const ACTIONS = {
  nothing: { act() {} },

  // Closing.
  'close()': { kind: 'closes', act: ({ source }) => source?.close() },
  'close() twice': { kind: 'closes', act: ({ source }) => (source?.close(), source?.close()) },
  'close(), then another source': {
    kind: 'closes',
    act({ source, cell }) {
      source?.close()
      cell.another()
    },
  },
  'another source, then close()': {
    kind: 'closes',
    act({ source, cell }) {
      cell.another()
      source?.close()
    },
  },
  'close(), and tell itself': {
    kind: 'closes',
    act({ source, cell }) {
      source?.close()
      const { told } = cell
      source?.dispatchEvent(message('x'))
      // What the page dispatches itself is heard at all times.
      if (source !== undefined) assert.equal(told.pop(), 'message x (2)')
    },
  },
  'close() by the prototype': { kind: 'closes', act: ({ source, cell }) => source && cell.Class.prototype.close.call(source) },
  'close() after on* is set': {
    kind: 'closes',
    act({ source }) {
      if (source === undefined) return
      source.onmessage = source.onerror = source.onopen = () => {
        throw fault('heard after close()')
      }
      source.close()
    },
  },
  'close(), then reset()': { kind: 'closes', isOurs: true, act: ({ source }) => (source?.close(), source?.reset()) },
  'close(), then a loop': {
    kind: 'closes',
    isOurs: true,
    act({ source, cell }) {
      source?.close()
      const items = source?.[Symbol.asyncIterator]()
      cell.ended = items?.next().then(({ done }) => done)
    },
  },
  'a loop that is left at once': {
    kind: 'closes',
    isOurs: true,
    act: ({ source }) => void source?.[Symbol.asyncIterator]().return?.(),
  },

  // Aborting.
  'abort()': { kind: 'aborts', isOurs: true, act: ({ cell }) => cell.controller.abort() },
  'abort() with a reason that is no error': { kind: 'aborts', isOurs: true, act: ({ cell }) => cell.controller.abort(null) },
  'abort() twice': { kind: 'aborts', isOurs: true, act: ({ cell }) => (cell.controller.abort(), cell.controller.abort()) },
  'abort(), then another source': {
    kind: 'aborts',
    isOurs: true,
    act({ cell }) {
      cell.controller.abort()
      cell.another()
    },
  },

  // Throwing.
  throw: {
    kind: 'throws',
    fault: FAULTS.error,
    act() {
      throw FAULTS.error
    },
  },
  'throw null': {
    kind: 'throws',
    fault: null,
    act() {
      throw null
    },
  },
  'throw what is no error': {
    kind: 'throws',
    fault: 'a text',
    act() {
      throw 'a text'
    },
  },

  // Promises that are returned.
  'return a promise that rejects': { kind: 'rejects', fault: FAULTS.later, act: () => Promise.reject(FAULTS.later) },
  'return a thenable that throws': {
    kind: 'rejects',
    fault: FAULTS.thenable,
    isOurs: true,
    act: () => ({
      then() {
        throw FAULTS.thenable
      },
    }),
  },
  'return a promise that never settles': { kind: 'never', act: () => never },
  'return a thenable that never settles': { kind: 'never', act: () => ({ then() {} }) },

  // Others.
  'another source': { act: ({ cell }) => void cell.another() },
  'ten other sources, closed at once': {
    act({ cell }) {
      for (let count = 0; count < 10; count++) cell.another().close()
    },
  },
  'another source with an invalid URL': {
    act({ cell }) {
      assert.throws(() => cell.another('http://['), DOMException)
    },
  },
  'close another source': {
    act({ cell }) {
      const other = cell.another()
      setTimeout(() => other.close())
    },
  },

  // Events.
  'dispatch a message': { kind: 'tells', tells: (state) => [`message x (${state})`], act: ({ source }) => void source?.dispatchEvent(message('x')) },
  'dispatch an event of another type': { act: ({ source }) => void source?.dispatchEvent(new Event('other')) },
  'dispatch a hundred events': {
    act({ source }) {
      for (let count = 0; count < 100; count++) source?.dispatchEvent(new Event('other'))
    },
  },
  'dispatch the event again': {
    act({ source, event }) {
      // Messages of ours can be dispatched again on their way, as docs/differences.md says.
      if (source === undefined || !(event instanceof Event) || event instanceof MessageEvent) return
      assert.throws(() => source.dispatchEvent(event), DOMException)
    },
  },
  'dispatch to another source': {
    act({ cell }) {
      let count = 0
      const other = cell.another()
      other.onmessage = () => (count += 1)
      other.dispatchEvent(message('x'))
      other.close()
      assert.equal(count, 1)
    },
  },

  // Listeners.
  'add a listener of its type': {
    act({ source, event, cell }) {
      source?.addEventListener(event?.type ?? 'message', () => (cell.heard = (cell.heard ?? 0) + 1))
    },
  },
  'add a hundred listeners and remove them': {
    act({ source }) {
      const listeners = Array.from({ length: 100 }, () => () => {
        throw fault('heard after it was removed')
      })
      for (const listener of listeners) source?.addEventListener('message', listener)
      for (const listener of listeners) source?.removeEventListener('message', listener)
    },
  },
  'remove itself': { act: ({ source, event, listener }) => source?.removeEventListener(event?.type ?? 'message', listener) },
  'set on*': {
    act({ source, cell }) {
      if (source === undefined) return
      source.onmessage = source.onopen = source.onerror = () => void (cell.heard = (cell.heard ?? 0) + 1)
      source.onopen = null
    },
  },
  'add what is no listener': {
    act({ source }) {
      source?.addEventListener('message', null)
      if (source) assert.throws(() => source.addEventListener('message', 5), TypeError)
    },
  },
  'stop the propagation of its event': {
    act: ({ event }) => (event instanceof Event ? event.stopPropagation() : undefined),
  },

  // All else.
  'read all attributes': {
    act({ source }) {
      for (const name in source ?? {}) void source[name]
    },
  },
  'freeze the source': { act: ({ source }) => void (source && Object.freeze(source)) },
  'ask a server, synchronously': {
    act() {
      const request = new XMLHttpRequest()
      request.open('GET', '/tests/package/pages/empty.html', false)
      request.send()
    },
  },
  'queue a microtask and a task': {
    act() {
      queueMicrotask(() => {})
      setTimeout(() => {})
    },
  },
  'reset()': { isOurs: true, act: ({ source }) => source?.reset() },
  'a loop that goes on': {
    isOurs: true,
    act({ source, cell }) {
      if (source === undefined) return
      cell.items = []
      void (async () => {
        for await (const { data } of source) cell.items.push(data)
      })()
    },
  },
}
