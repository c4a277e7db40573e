/** The class in workers of every kind. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, requestsOf, uniqueKey } from './support.mjs'

const SCOPES = '/tests/package/scopes/'

/** The kinds of worker: each opens one and returns what messages are posted to, and how it ends. */
const KINDS = {
  'a dedicated worker': async (script, type) => {
    const worker = new Worker(script, { type })
    return { target: worker, end: () => worker.terminate() }
  },
  'a shared worker': async (script, type) => {
    // The name makes it one of its own.
    const { port } = new SharedWorker(script, { type, name: uniqueKey() })
    port.start()
    return { target: port, end: () => port.close() }
  },
  'a service worker': async (script, type) => {
    const registration = await navigator.serviceWorker.register(script, { type })
    const worker = registration.installing ?? registration.waiting ?? registration.active
    return { target: worker, end: () => registration.unregister() }
  },
}

/** The script that brings each class to a worker. */
const SCRIPTS = { native: 'classic.js', polyfill: 'classic.js', index: 'index.mjs', slim: 'slim.mjs' }

export default function ({ name, secondOrigin }) {
  const file = SCRIPTS[name]
  const type = file.endsWith('.mjs') ? 'module' : 'classic'
  let worker
  afterEach(async () => {
    await worker?.end()
    worker = undefined
  })

  const ask = (probe, ...args) =>
    new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.answer))
      worker.target.postMessage({ probe, args }, [port2])
    })

  for (const kind of Object.keys(KINDS)) {
    // The standard does not expose it there.
    if (name === 'native' && kind === 'a service worker') continue
    describe(`in ${kind} with a ${type} script`, () => {
      beforeEach(async () => {
        const script = `${SCOPES}${file}?class=${name}&key=${uniqueKey()}`
        worker = await KINDS[kind](script, type)
      })

      it('is there [spec 18, 19]', async () => {
        const { kind, isGlobal, flags } = await ask('exposure')
        assert.equal(kind, 'function')
        if (name === 'polyfill' || name === 'native') {
          assert.isTrue(isGlobal)
          assert.deepEqual(flags, { writable: true, enumerable: false, configurable: true })
        }
      })

      it('resolves URLs against that of the script, and refuses others [spec 5, 6, 7]', async () => {
        assert.equal(await ask('resolve', '/a'), `${location.origin}/a`)
        assert.equal(await ask('resolve', 'a?b#c'), `${location.origin}${SCOPES}a?b#c`)
        assert.include(await ask('resolve', ''), `${location.origin}${SCOPES}${file}?class=`)
        assert.equal(await ask('resolve', 'http://['), 'SyntaxError 12')
        if (name === 'native') return
        assert.equal(await ask('resolve', 'http://this is invalid/'), 'SyntaxError 12')
      })

      if (name !== 'native') {
        it('iterates over a stream', async () => {
          const path = `/raw?${new URLSearchParams({ body: 'id: 1\ndata: a\n\n', end: 'hold' })}`
          assert.deepEqual(await ask('iterate', path), {
            type: 'message',
            data: 'a',
            lastEventId: '1',
            origin: location.origin,
          })
        })
      }

      if (name !== 'native') {
        it('reads a stream of its own [spec 129, 131]', async () => {
          assert.deepEqual(await ask('ownStream', 'id: 1\ndata: a\n\n'), {
            url: 'about:event-stream',
            data: 'a',
            origin: 'null',
            lastEventId: '1',
          })
        })
      }

      if (name === 'index' || name === 'slim') {
        it('decodes a response', async () => {
          const path = `/raw?${new URLSearchParams({ body: 'event: b\ndata: ä\n\n' })}`
          assert.deepEqual(await ask('decode', path), [{ type: 'b', data: 'ä', lastEventId: '' }])
        })
      }

      it('receives a stream [spec 5, 19, 41, 57]', async () => {
        const path = `/raw?${new URLSearchParams({ body: 'id: 1\ndata: a\n\n', end: 'hold' })}`
        assert.deepEqual(await ask('receive', path), {
          url: new URL(path, location.origin).href,
          withCredentials: false,
          states: [0, 1, 2],
          data: 'a',
          lastEventId: '1',
          origin: location.origin,
        })
      })

      it('sends cookies to another origin with withCredentials alone [spec 13, 28]', async () => {
        const cookie = uniqueKey()
        await fetch(address('/cookies/set', { name: cookie, value: 'x' }))
        const cookiesOf = async (cors, init) => {
          const url = address('/request', { cors }, secondOrigin)
          const { data, withCredentials, origin } = await ask('receive', url, init)
          assert.deepEqual([withCredentials, origin], [init.withCredentials, secondOrigin])
          return JSON.parse(data).headers.find(([name]) => name === 'cookie')?.[1] ?? ''
        }
        assert.notInclude(await cookiesOf('*', { withCredentials: false }), cookie)
        assert.include(await cookiesOf('credentials', { withCredentials: true }), `${cookie}=x`)
      })
    })
  }

  describe('in a worker that is closing', () => {
    beforeEach(async () => {
      worker = await KINDS['a dedicated worker'](`${SCOPES}${file}?class=${name}`, type)
    })

    it('is made, but does nothing [spec 68]', async () => {
      const key = uniqueKey()
      const url = address('/raw', { key, body: 'data: a\n\n', end: 'hold' })
      assert.equal(await ask('closing', url), 0)
      await milliseconds(200)
      await eventually(async () => (await requestsOf(key)).every(({ endedAt }) => endedAt !== null))
    })

    it('can still be closed [spec 60, 68]', async () => {
      const posted = next(worker.target, 'message')
      await ask('closedWhenOpen', address('/raw', { body: ': open\n', end: 'hold' }))
      assert.deepEqual((await posted).data, [1, 2])
    })
  })

  if (name === 'polyfill' || name === 'native') {
    describe('in a worker whose script is a blob', () => {
      beforeEach(async () => {
        const scripts = [`${location.origin}${SCOPES}probes.js`]
        if (name === 'polyfill') scripts.push(`${location.origin}/pkg/polyfill.js`)
        const code = `importScripts(...${JSON.stringify(scripts)}); answerWith(self.EventSource)`
        const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
        worker = await KINDS['a dedicated worker'](url, 'classic')
      })

      it('throws a SyntaxError for a relative URL, as the script has no path [spec 5, 6]', async () => {
        assert.equal(await ask('resolve', '/raw'), 'SyntaxError 12')
        assert.equal(await ask('resolve', 'raw'), 'SyntaxError 12')
      })

      it('receives a stream from an absolute URL [spec 5, 19]', async () => {
        const url = address('/raw', { body: 'data: a\n\n', end: 'hold' })
        assert.equal((await ask('receive', url)).data, 'a')
      })
    })
  }
}
