/**
 * Every callback in which code of the page runs, and in each of them everything that such code may do. What
 * comes of it is told by the events that follow, by the state, and by another source that must not notice.
 * Where the native class has the callback, it is asked the same.
 */

import { assert } from '/node_modules/chai/index.js'
import { ACTIONS } from './re-entrancy-actions.mjs'
import { address, milliseconds, next, takeFaults, uniqueKey } from './support.mjs'

/** What a source receives: once, then the server has nothing more. */
const BODY = 'retry: 10\n\n: comment\nid: 1\ndata: a\n\nid: 2\nevent: custom\ndata: b\n\nid: 3\ndata: c\n\n'

/** What is told of it if nothing is done. */
const TOLD = ['open (1)', 'message a (1)', 'custom b (1)', 'message c (1)', 'error (0)', 'error (2)']

/**
 * The callbacks, with how much is told up to and with their first call, and the state at that time.
 * `isAwaited` is whether the source waits for what they return, and `throws` what is told if they throw, by
 * default the same as if they had not; `rejects`, if what they return rejects, by default the same.
 */
const CALLBACKS = {
  'a getter of an option': { state: 0, told: 0, throws: 'out of the constructor' },
  headers: { state: 0, told: 0, isAwaited: true, throws: ['error (0)', ...TOLD] },
  body: { state: 0, told: 0, isAwaited: true, throws: ['error (0)', ...TOLD] },
  fetch: { state: 0, told: 0, isAwaited: true, throws: ['error (2)'], rejects: ['error (0)', ...TOLD] },
  open: { state: 1, told: 1, isNative: true },
  onComment: { state: 1, told: 1 },
  message: { state: 1, told: 2, isNative: true },
  custom: { state: 1, told: 3, isNative: true },
  decide: { state: 0, told: 4, isAwaited: true, throws: [...TOLD.slice(0, 4), 'error (2)'] },
  error: { state: 0, told: 5, isNative: true },
  'an abort listener': { state: 1, told: 2, isClosing: true },
}

/** How long to wait for what must not come, in ms. */
const QUIET = 40
const LIMIT = 15_000

/** How many cells use the network at the same time: a browser opens six connections to a server. */
const AT_ONCE = 3

class Cell {
  told = []
  source
  others = []
  faults = []
  controller = new AbortController()
  #hasActed = false

  constructor(callback, action, name, url) {
    Object.assign(this, { callback, action, name, url })
  }

  /** A listener or function of the page that does the action, once. It returns what the action returns. */
  on(callback, otherwise) {
    const cell = this
    return function act(event) {
      if (callback !== cell.callback || cell.#hasActed) return otherwise?.apply(undefined, arguments)
      cell.#hasActed = true
      const result = cell.action.act({ cell, event, listener: act, source: cell.source })
      return result === undefined ? otherwise?.apply(undefined, arguments) : result
    }
  }

  get hasActed() {
    return this.#hasActed
  }

  /** Makes another source of the same class, which the end of the cell closes. */
  another(url = this.init ? 'https://example.test/' : 'about:blank') {
    const other = new this.Class(url, this.init?.())
    this.others.push(other)
    return other
  }

  listen(source) {
    this.source = source
    const types = ['open', 'message', 'custom', 'error']
    for (const type of types) {
      source.addEventListener(type, (event) => {
        this.told.push(`${type} ${event.data ?? ''} (${source.readyState})`.replace('  ', ' '))
        if (type === 'message' && this.callback === 'an abort listener') this.controller.abort()
      })
      source.addEventListener(type, this.on(type))
    }
  }

  /** Waits until the source is closed and nothing follows, or for so long if it is not to be. */
  async end(isStuck = false, limit = LIMIT) {
    const end = performance.now() + limit
    const isOver = () => (isStuck ? this.#hasActed : this.source === undefined || this.source.readyState === 2)
    while (!isOver() && performance.now() < end) await milliseconds(5)
    await milliseconds(QUIET)
    const state = this.source?.readyState
    const told = [...this.told]
    this.source?.close()
    for (const other of this.others) other.close()
    return { told, state, hasActed: this.#hasActed }
  }
}

/** One cell with responses made on the spot, which has all of the options. */
async function pretend(EventSource, callback, action, limit = LIMIT) {
  let requests = 0
  const answer = async () => {
    requests += 1
    if (requests > 1) return new Response(null, { status: 204 })
    return new Response(BODY, { headers: { 'Content-Type': 'text/event-stream' } })
  }
  const cell = new Cell(callback, action, `${callback}: ${action.title}`)
  cell.Class = EventSource
  cell.init = () => ({ fetch: () => new Promise(() => {}) })
  const { signal } = cell.controller
  signal.addEventListener('abort', cell.on('an abort listener'))
  const getter = cell.on('a getter of an option')
  try {
    cell.listen(
      new EventSource('https://example.test/', {
        get connectTimeout() {
          getter()
          return undefined
        },
        method: 'POST',
        reconnect: { repeat: true, minDelay: 0, decide: cell.on('decide', () => undefined) },
        headers: cell.on('headers', () => ({})),
        body: cell.on('body', () => 'text'),
        fetch: cell.on('fetch', answer),
        onComment: cell.on('onComment'),
        signal,
      }),
    )
  } catch (error) {
    cell.thrown = error
  }
  const isStuck = action.kind === 'never' && CALLBACKS[callback].isAwaited
  return { ...(await cell.end(isStuck, limit)), cell }
}

/** One cell over the network, which the native class can have, too. */
async function connect(EventSource, callback, action, init) {
  const cell = new Cell(callback, action)
  cell.Class = EventSource
  const source = new EventSource(address('/raw', { key: uniqueKey(), body: [BODY, 'event: end\ndata\n\n'] }), init)
  cell.listen(source)
  source.addEventListener('end', () => {
    cell.told.push(`end (${source.readyState})`)
    source.close()
  })
  return cell.end()
}

/** What is to be told by a cell, and the state in the end. */
function expectedOf(callback, { kind, tells = () => [] }) {
  const { told, state, throws, rejects = throws, isClosing, isAwaited } = CALLBACKS[callback]
  const before = TOLD.slice(0, told)
  if (isClosing) return { told: [...before, ...(kind === 'tells' ? tells(state) : [])], state: 2 }
  switch (kind) {
    case 'closes':
      // There is no source yet that could be closed.
      return callback === 'a getter of an option' ? { told: TOLD, state: 2 } : { told: before, state: 2 }
    case 'aborts':
      return { told: before, state: 2 }
    case 'throws':
      if (throws === 'out of the constructor') return { told: [], state: undefined }
      return { told: throws ?? TOLD, state: 2 }
    case 'tells':
      return callback === 'a getter of an option' ? { told: TOLD, state: 2 } : { told: [...before, ...tells(state), ...TOLD.slice(told)], state: 2 }
    case 'rejects':
      return { told: isAwaited ? rejects : TOLD, state: 2 }
    case 'never':
      return isAwaited ? { told: before, state: 0 } : { told: TOLD, state: 2 }
    default:
      return { told: TOLD, state: 2 }
  }
}

export default function ({ EventSource, NativeEventSource, engine }) {
  const actions = Object.entries(ACTIONS).map(([title, action]) => ({ title, ...action }))

  /** A source that every cell may disturb, and what it has received. */
  function bystander() {
    const numbers = []
    const losses = []
    let number = 0
    const encoder = new TextEncoder()
    const source = new EventSource('https://example.test/', {
      fetch: async () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              await milliseconds(1)
              controller.enqueue(encoder.encode(`id: ${(number += 1)}\ndata\n\n`))
            },
          }),
          { headers: { 'Content-Type': 'text/event-stream' } },
        ),
    })
    source.addEventListener('message', ({ lastEventId }) => numbers.push(Number(lastEventId)))
    source.addEventListener('error', ({ reason }) => losses.push(reason))
    return {
      check() {
        source.close()
        assert.deepEqual(losses, [])
        assert.isAbove(numbers.length, 5)
        assert.deepEqual(numbers, numbers.map((_, index) => index + 1))
      },
    }
  }

  for (const callback of Object.keys(CALLBACKS)) {
    describe(`in ${callback}`, function () {
      this.timeout(60_000)
      let results
      before(async () => {
        const other = bystander()
        await takeFaults()
        results = new Map(
          await Promise.all(actions.map(async (action) => [action.title, await pretend(EventSource, callback, action)])),
        )
        await milliseconds(QUIET)
        results.faults = await takeFaults()
        results.other = other
      })

      for (const action of actions) {
        it(action.title, () => {
          const { told, state, hasActed, cell } = results.get(action.title)
          assert.isTrue(hasActed, 'the callback has been called')
          assert.deepEqual({ told, state }, expectedOf(callback, action))
          const isThrown = action.kind === 'throws' && callback === 'a getter of an option'
          assert.equal(cell.thrown, isThrown ? action.fault : undefined)
        })
      }

      it('no other source loses an event, and what is thrown is reported once', () => {
        results.other.check()
        // What the constructor throws, or an `error` event tells, is not reported.
        const isTold = ['a getter of an option', 'headers', 'body', 'fetch'].includes(callback)
        const faults = [...results.faults]
        for (const { title, kind, fault } of actions) {
          if (fault === undefined) continue
          const own = faults.filter((known) => known.endsWith(String(fault)))
          if (kind === 'throws') assert.lengthOf(own, isTold ? 0 : 1, title)
          for (const known of own) faults.splice(faults.indexOf(known), 1)
        }
        assert.deepEqual(faults, [])
      })
    })
  }

  describe('as the native class', function () {
    this.timeout(120_000)
    const callbacks = Object.keys(CALLBACKS).filter((callback) => CALLBACKS[callback].isNative)
    // DIFFERENCE: in Firefox, what follows on a native source overtakes a listener that asks synchronously.
    const overtakes = ({ title }) => engine === 'firefox' && title === 'ask a server, synchronously'
    const cells = callbacks.flatMap((callback) =>
      actions.filter((action) => !action.isOurs && !overtakes(action)).map((action) => ({ callback, action })),
    )
    const results = new Map()
    before(async () => {
      const queue = [...cells]
      const work = async () => {
        for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
          const { callback, action } = cell
          const [ours, native] = await Promise.all([
            connect(EventSource, callback, action, { reconnect: { minDelay: 0 } }),
            connect(NativeEventSource, callback, action),
          ])
          results.set(cell, { ours, native })
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      await takeFaults()
    })
    for (const cell of cells) {
      it(`in ${cell.callback}: ${cell.action.title}`, () => {
        const { ours, native } = results.get(cell)
        assert.isTrue(ours.hasActed)
        assert.deepEqual(ours, native)
      })
    }
  })

  describe('in a frame', () => {
    let frame
    afterEach(() => frame?.remove())
    for (const [title, act] of Object.entries({
      'that goes elsewhere': () => (frame.contentWindow.location.href = 'about:blank'),
      'that is removed': () => frame.remove(),
      'whose document is written anew': () => frame.contentDocument.open().close(),
      'that is reloaded': () => frame.contentWindow.location.reload(),
      'that is stopped': () => frame.contentWindow.stop(),
    })) {
      it(`${title} in any callback, nothing of ours fails, and no other source notices`, async () => {
        const other = bystander()
        await takeFaults()
        for (const callback of Object.keys(CALLBACKS)) {
          frame = Object.assign(document.createElement('iframe'), { src: '/tests/package/pages/empty.html' })
          const loaded = next(frame, 'load')
          document.body.append(frame)
          await loaded
          const script = Object.assign(frame.contentDocument.createElement('script'), { src: '/pkg/polyfill.js' })
          const ready = next(script, 'load')
          frame.contentDocument.head.append(script)
          await ready
          const Class = frame.contentWindow.EventSource
          const faults = []
          frame.contentWindow.addEventListener('error', ({ error }) => faults.push(String(error)))
          frame.contentWindow.addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)))
          const { hasActed } = await pretend(Class, callback, { title, act: () => void act() }, 150)
          assert.isTrue(hasActed, callback)
          assert.deepEqual(faults, [], callback)
          frame.remove()
        }
        await milliseconds(QUIET)
        assert.deepEqual(await takeFaults(), [])
        other.check()
      })
    }
  })
}
