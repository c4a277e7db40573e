/** Libraries that wrap the methods of EventTarget, and with them the listeners of a page. */

import { assert } from '/node_modules/chai/index.js'
import { address, next, takeFaults } from './support.mjs'

export default function ({ name }) {
  const frames = []
  afterEach(async () => {
    frames.splice(0).forEach((frame) => frame.remove())
    assert.deepEqual(await takeFaults(), [])
  })

  /** Opens a page with these scripts, of which `polyfill` is the class, and returns its window. */
  async function open(...scripts) {
    const frame = Object.assign(document.createElement('iframe'), { srcdoc: '<p>text' })
    frames.push(frame)
    const loaded = next(frame, 'load')
    document.body.append(frame)
    await loaded
    const { contentDocument, contentWindow } = frame
    const load = contentWindow.Function('script', 'document.head.append(script)')
    for (const given of scripts) {
      if (given === POLYFILL && name === 'native') continue
      const script = contentDocument.createElement('script')
      if (!given.startsWith('/')) {
        script.textContent = given
        load(script)
      } else {
        script.src = location.origin + given
        // Not `addEventListener`, which a library may have wrapped by now.
        const ready = new Promise((resolve) => (script.onload = resolve))
        load(script)
        await ready
      }
    }
    return contentWindow
  }

  /** What a script in the page has pushed to `log` when the event `end` has come. */
  async function logOf(window, script, body = 'data: 1\n\ndata: 2\n\n') {
    const url = address('/raw', { body: `${body}event: end\ndata: x\n\n`, end: 'hold' })
    return new Promise((resolve, reject) => {
      window.onerror = reject
      window.Function('url', 'done', `
        const log = []
        const source = (window.source = new EventSource(url))
        source.addEventListener('end', (event) => {
          source.close()
          done(log)
        })
        ${script}`)(url, (log) => resolve([...log]))
    })
  }

  const POLYFILL = '/pkg/polyfill.js'
  const ZONE = '/node_modules/zone.js/bundles/zone.umd.js'

  for (const [order, scripts] of [
    ['before the class', [ZONE, POLYFILL]],
    ['after the class', [POLYFILL, ZONE]],
  ]) {
    describe(`zone.js, loaded ${order},`, () => {
      it('has listeners called in the zone that added them', async () => {
        const script = `
          const run = (name, action) => Zone.root.fork({ name }).run(action)
          const listener = (text) => (event) => log.push(text + ' ' + event.data + ' ' + Zone.current.name)
          run('one', () => source.addEventListener('message', listener('plain')))
          run('two', () => source.addEventListener('message', listener('once'), { once: true }))
          run('three', () => source.addEventListener('message', { handleEvent: listener('object') }))
          source.onmessage = (event) => log.push('attribute ' + event.data)`
        assert.deepEqual(await logOf(await open(...scripts), script), [
          ...['plain 1 one', 'once 1 two', 'object 1 three', 'attribute 1'],
          ...['plain 2 one', 'object 2 three', 'attribute 2'],
        ])
      })

      it('can add listeners that it does not see', async () => {
        const script = `
          source[Zone.__symbol__('addEventListener')]('message', (event) => log.push(event.data))
          source.addEventListener('other', (event) => log.push('other'))`
        assert.deepEqual(await logOf(await open(...scripts), script), ['1', '2'])
      })

      it('can remove listeners, and tell which there are', async () => {
        const script = `
          const removed = (event) => log.push('removed')
          const kept = (event) => log.push('kept ' + event.data + ' ' + source.eventListeners('message').length)
          source.addEventListener('message', removed)
          source.addEventListener('message', kept)
          source.removeEventListener('message', removed)
          source.addEventListener('other', removed)
          source.removeAllListeners('other')`
        const body = 'data: 1\n\nevent: other\ndata: x\n\n'
        assert.deepEqual(await logOf(await open(...scripts), script, body), ['kept 1 1'])
      })
    })
  }

  describe('zone.js, loaded while a source has listeners,', () => {
    const loadZone = async () => `;(0, eval)(${JSON.stringify(await (await fetch(ZONE)).text())})`

    it('leaves those that there are, and has its way with those to come', async () => {
      const script = `
        source.addEventListener('message', (event) => log.push('early ' + event.data))
        source.onmessage = (event) => log.push('attribute ' + event.data)
        ${await loadZone()}
        Zone.root.fork({ name: 'zone' }).run(() => {
          source.addEventListener('message', (event) => log.push('late ' + Zone.current.name))
        })`
      const log = await logOf(await open(POLYFILL), script, 'data: 1\n\n')
      assert.deepEqual(log, ['early 1', 'attribute 1', 'late zone'])
    })

    it('can add listeners that it does not see', async () => {
      const script = `
        ${await loadZone()}
        source[Zone.__symbol__('addEventListener')]('message', (event) => log.push(event.data))`
      assert.deepEqual(await logOf(await open(POLYFILL), script), ['1', '2'])
    })
  })

  /** Registers other listeners than it is given; `replacement` makes the methods that do. */
  const replace = (replacement) => `
    {
      const wrappers = new WeakMap()
      const wrap = (listener) => {
        if (!wrappers.has(listener)) {
          wrappers.set(listener, function (event) {
            wrapped.push('wrapped ' + event.type)
            return listener.apply(this, arguments)
          })
        }
        return wrappers.get(listener)
      }
      window.wrapped = []
      const { prototype } = EventTarget
      const replacement = ${replacement}
      for (const name of ['addEventListener', 'removeEventListener']) {
        const method = prototype[name]
        const call = (target, [type, listener, options]) =>
          method.call(target, type, wrap(listener), options)
        prototype[name] = replacement(name, method, call)
      }
    }`
  const REPLACEMENTS = {
    'a function': `(name, method, call) => function (...args) { return call(this, args) }`,
    'a method': `(name, method, call) => ({ [name](...args) { return call(this, args) } })[name]`,
    'a bound function': `(name, method, call) =>
      function (...args) { return call(window.source, args) }.bind(null)`,
    'a proxy': `(name, method, call) =>
      new Proxy(method, { apply: (_, target, args) => call(target, args) })`,
    'a function that claims to be native': `(name, method, call) => {
      const claimant = { [name]: function (...args) { return call(this, args) } }[name]
      const { toString } = Function.prototype
      Function.prototype.toString = function () {
        return toString.call(this === claimant ? method : this)
      }
      return claimant
    }`,
  }
  for (const [kind, replacement] of Object.entries(REPLACEMENTS)) {
    for (const [order, scripts] of [
      ['before the class', [replace(replacement), POLYFILL]],
      ['after the class', [POLYFILL, replace(replacement)]],
    ]) {
      it(`${kind} in the place of the browser's, ${order}, has its own way with listeners`, async () => {
        const script = `
          const removed = (event) => log.push('removed')
          source.addEventListener('message', (event) => log.push(event.data, ...wrapped.splice(0)))
          source.addEventListener('message', removed)
          source.removeEventListener('message', removed)`
        const window = await open(...scripts)
        window.source = new window.EventTarget()
        assert.deepEqual(await logOf(window, script), [
          ...['1', 'wrapped message', '2', 'wrapped message'],
        ])
      })
    }
  }

  for (const [order, scripts] of [
    ['before the class', [reporter(), POLYFILL]],
    ['after the class', [POLYFILL, reporter()]],
  ]) {
    it(`an error reporter that wraps all methods it finds, loaded ${order}, has what listeners throw`, async () => {
      const script = `
        const listener = (event) => {
          log.push(event.data, ...reported.splice(0))
          throw 'thrown ' + event.data
        }
        const removed = (event) => log.push('removed')
        source.addEventListener('message', listener)
        source.addEventListener('message', listener)
        source.addEventListener('message', removed)
        source.removeEventListener('message', removed)`
      assert.deepEqual(await logOf(await open(...scripts), script), ['1', '2', 'thrown 1'])
    })
  }

  /** Works as that of Sentry does: on EventTarget, and on whatever else has methods of its own. */
  function reporter() {
    return `
      window.reported = []
      for (const { prototype } of [EventTarget, EventSource]) {
        if (!prototype.hasOwnProperty('addEventListener')) continue
        const { addEventListener, removeEventListener } = prototype
        prototype.addEventListener = function (type, listener, options) {
          listener.wrapper ??= function (...args) {
            try {
              return listener.apply(this, args)
            } catch (error) {
              reported.push(error)
            }
          }
          listener.wrapper.wrapper ??= listener.wrapper
          return addEventListener.call(this, type, listener.wrapper, options)
        }
        prototype.removeEventListener = function (type, listener, options) {
          removeEventListener.call(this, type, listener.wrapper, options)
          return removeEventListener.call(this, type, listener, options)
        }
      }`
  }
}
