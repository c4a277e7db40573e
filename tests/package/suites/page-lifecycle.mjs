/**
 * What becomes of a source when its page is put aside, in the back/forward cache or because it is
 * hidden, and comes back; before the engine runs, too.
 */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'

const HELD = { body: 'id: 7\ndata: a\n\n', end: 'hold' }

export default function ({ EventSource }) {
  let source
  const frames = []
  afterEach(() => {
    source?.close()
    delete document.visibilityState
    frames.splice(0).forEach((frame) => frame.remove())
  })
  const pageEvent = (type, target = window) =>
    target.dispatchEvent(new target.PageTransitionEvent(type, { persisted: true }))
  const show = (visibilityState, { document } = window) => {
    Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true })
    document.dispatchEvent(new document.defaultView.Event('visibilitychange'))
  }
  const areOver = (key) =>
    eventually(async () => {
      const requests = await requestsOf(key)
      return requests.length > 0 && requests.every(({ endedAt }) => endedAt !== null)
    }, 2_000)

  describe('a page that is frozen', () => {
    const freeze = () => document.dispatchEvent(new Event('freeze'))
    const thaw = () => document.dispatchEvent(new Event('resume'))

    it('asks again from the last event ID when it goes on, without an error', async () => {
      const key = uniqueKey()
      source = new EventSource(address('/raw', { key, ...HELD }))
      await next(source, 'message')
      const events = record(source)
      freeze()
      assert.equal(source.readyState, 0)
      await areOver(key)
      thaw()
      await next(source, 'message')
      assert.deepEqual(events, ['open (1)', 'message "a" 7 (1)'])
      assert.deepEqual((await requestsOf(key)).map(({ lastEventId }) => lastEventId), [null, '7'])
    })

    it('does not repeat a POST: to go on is its end', async () => {
      const key = uniqueKey()
      source = new EventSource(address('/raw', { key, ...HELD }), { method: 'POST', body: 'a' })
      await next(source, 'message')
      freeze()
      await areOver(key)
      const failed = next(source, 'error')
      thaw()
      const { reason, retryIn } = await failed
      assert.deepEqual([reason, retryIn, source.readyState], ['suspended', null, 2])
      assert.equal((await requestsOf(key)).length, 1)
    })

    it('that is hidden, with pauseWhenHidden, waits until it is shown', async () => {
      const key = uniqueKey()
      source = new EventSource(address('/raw', { key, ...HELD }), { pauseWhenHidden: true })
      await next(source, 'message')
      show('hidden')
      freeze()
      await areOver(key)
      thaw()
      await milliseconds(100)
      assert.equal((await requestsOf(key)).length, 1)
      show('visible')
      await next(source, 'message')
      assert.equal((await requestsOf(key)).length, 2)
    })
  })

  describe('the back/forward cache', () => {
    for (const [what, init] of Object.entries({
      'a POST': { method: 'POST', body: 'a' },
      'a POST whose statuses are worth another try': { method: 'POST', body: 'a', reconnect: { statuses: [429] } },
      'a GET with reconnect: false': { reconnect: false },
      'a GET with repeat: false': { reconnect: { repeat: false } },
    })) {
      for (const [state, path, isReady] of [
        ['open', '/raw', () => source.readyState === 1],
        ['connecting', '/hang', async (key) => (await requestsOf(key)).length === 1],
      ]) {
        it(`does not repeat ${what} that was ${state}: coming back is its end`, async () => {
          const key = uniqueKey()
          source = new EventSource(address(path, { key, ...HELD }), init)
          await eventually(() => isReady(key))
          const events = record(source)
          pageEvent('pagehide')
          await areOver(key)
          await milliseconds(50)
          assert.deepEqual(events.filter((line) => line.startsWith('error')), [])
          let failure
          source.onerror = (event) => (failure = event)
          pageEvent('pageshow')
          const { reason, retryIn } = await eventually(() => failure, 2_000)
          await milliseconds(150)
          assert.deepEqual([reason, retryIn, source.readyState], ['suspended', null, 2])
          assert.equal((await requestsOf(key)).length, 1)
          assert.deepEqual(events.filter((line) => line.startsWith('error')), ['error (2)'])
        })
      }
    }

    for (const [what, init] of Object.entries({
      'a GET': {},
      'a POST with reconnect: true': { method: 'POST', body: 'a', reconnect: true },
      'a POST with repeat: true': { method: 'POST', body: 'a', reconnect: { repeat: true } },
    })) {
      it(`repeats ${what}, from the last event ID, without an error`, async () => {
        const key = uniqueKey()
        source = new EventSource(address('/raw', { key, ...HELD }), init)
        await next(source, 'message')
        const events = record(source)
        pageEvent('pagehide')
        assert.equal(source.readyState, 0)
        await areOver(key)
        pageEvent('pageshow')
        await next(source, 'message')
        assert.deepEqual(events, ['open (1)', 'message "a" 7 (1)'])
        assert.deepEqual((await requestsOf(key)).map(({ lastEventId }) => lastEventId), [null, '7'])
      })
    }

    for (const [answer, expected] of [
      [false, ['error (2)']],
      [true, ['error (0)', 'open (1)', 'message "b" 7 (1)']],
    ]) {
      it(`asks a decide that was pending again, which then says ${answer}`, async () => {
        const key = uniqueKey()
        const asked = []
        const decide = ({ reason }) => new Promise((resolve) => asked.push({ reason, resolve }))
        const url = address('/raw', { key, body: ['id: 7\ndata: a\n\n', 'data: b\n\n'] })
        source = new EventSource(url, { reconnect: { decide, delay: 0, minDelay: 0 } })
        await eventually(() => asked.length === 1)
        const events = record(source)
        pageEvent('pagehide')
        await milliseconds(50)
        pageEvent('pageshow')
        await eventually(() => asked.length === 2, 2_000)
        // What was asked before the page was put aside is not asked any more.
        asked[0].resolve(!answer)
        await milliseconds(100)
        assert.deepEqual(events, [])
        assert.equal(source.readyState, 0)
        assert.equal((await requestsOf(key)).length, 1)
        assert.equal(asked[1].reason, 'ended')
        asked[1].resolve(answer)
        await eventually(() => events.length >= expected.length)
        assert.deepEqual(events.slice(0, expected.length), expected)
      })
    }

    it('fires nothing at a source that is closed when the page comes back', async () => {
      source = new EventSource(address('/raw', HELD), { reconnect: false })
      await next(source, 'message')
      const events = record(source)
      pageEvent('pagehide')
      source.close()
      pageEvent('pageshow')
      await milliseconds(100)
      assert.deepEqual(events, [])
    })
  })

  describe('one attempt at a time, though the page is hidden and shown again in one task', () => {
    for (const [state, path, isReady] of [
      ['open', '/raw', () => source.readyState === 1],
      ['connecting', '/hang', async (key) => (await requestsOf(key)).length === 1],
    ]) {
      for (const flips of [1, 2]) {
        it(`${flips === 1 ? 'once' : 'twice'}, while it is ${state}`, async () => {
          const key = uniqueKey()
          const signals = []
          let underWay = 0
          source = new EventSource(address(path, { key, ...HELD }), {
            pauseWhenHidden: true,
            fetch: (url, init) => {
              signals.push(init.signal)
              underWay = Math.max(underWay, signals.filter(({ aborted }) => !aborted).length)
              return fetch(url, init)
            },
          })
          await eventually(() => isReady(key))
          for (let times = 0; times < flips; times++) {
            show('hidden')
            show('visible')
          }
          await eventually(() => signals.length >= 2)
          await milliseconds(100)
          assert.equal(underWay, 1)
          assert.equal(signals.filter(({ aborted }) => !aborted).length, 1)
          source.close()
          assert.isTrue(signals.every(({ aborted }) => aborted))
          await areOver(key)
        })
      }
    }

    it('three times, before its first request is sent', async () => {
      const key = uniqueKey()
      source = new EventSource(address('/raw', { key, ...HELD }), { pauseWhenHidden: true })
      for (let times = 0; times < 3; times++) {
        show('hidden')
        show('visible')
      }
      await next(source, 'message')
      source.close()
      await areOver(key)
      const requests = await requestsOf(key)
      assert.isAtMost(requests.filter(({ bytesSent }) => bytesSent > 0).length, 2)
    })
  })

  /** A document of its own, in which nothing of the package has run yet. */
  async function freshDocument() {
    const frame = document.createElement('iframe')
    frame.src = '/tests/package/pages/empty.html'
    frames.push(frame)
    const loaded = next(frame, 'load')
    document.body.append(frame)
    await loaded
    return frame.contentWindow
  }
  /** The first source of such a document, of the polyfill. `before` runs in the task that makes it. */
  async function polyfilled() {
    const page = await freshDocument()
    const script = page.document.createElement('script')
    script.src = `${location.origin}/pkg/polyfill.js`
    const ready = next(script, 'load')
    page.document.head.append(script)
    await ready
    return page
  }
  /** The class of `slim`, and what lets go of its module, which waits until then. */
  async function slim() {
    const page = await freshDocument()
    let release
    const released = new Promise((...functions) => (release = functions))
    const { fetch } = page
    const asked = new Promise((resolve) => {
      page.fetch = async (url, init) => {
        if (!`${url?.url ?? url}`.includes('.wasm')) return fetch.call(page, url, init)
        resolve()
        await released
        return fetch.call(page, url, init)
      }
    })
    const EventSource = await page.Function('return import("/pkg/slim.js").then((it) => it.EventSource)')()
    const [letGo, fail] = release
    return { page, EventSource, asked, letGo, fail }
  }

  describe('the first source of a page', () => {
    it('sends no request while the page is hidden, if it is to pause then', async () => {
      const key = uniqueKey()
      const page = await polyfilled()
      show('hidden', page)
      source = new page.EventSource(address('/raw', { key, ...HELD }), { pauseWhenHidden: true })
      await milliseconds(200)
      assert.equal((await requestsOf(key)).length, 0)
      assert.equal(source.readyState, 0)
      show('visible', page)
      await next(source, 'message')
      assert.equal((await requestsOf(key)).length, 1)
    })

    it('lets go of its request when the page is put aside before the engine runs', async () => {
      const key = uniqueKey()
      const page = await polyfilled()
      source = new page.EventSource(address('/raw', { key, ...HELD }))
      const events = record(source)
      pageEvent('pagehide', page)
      await milliseconds(200)
      assert.isTrue((await requestsOf(key)).every(({ endedAt }) => endedAt !== null))
      assert.deepEqual(events, [])
      assert.equal(source.readyState, 0)
      pageEvent('pageshow', page)
      await next(source, 'message')
      assert.deepEqual(events, ['open (1)', 'message "a" 7 (1)'])
    })

    it('sends its request once the engine runs, and no other', async () => {
      const key = uniqueKey()
      const { EventSource, asked, letGo } = await slim()
      source = new EventSource(address('/raw', { key, ...HELD }), { method: 'POST', body: 'a' })
      const events = record(source)
      await asked
      await milliseconds(100)
      assert.deepEqual(await requestsOf(key), [])
      assert.equal(source.readyState, 0)
      letGo()
      await next(source, 'message')
      assert.deepEqual(events, ['open (1)', 'message "a" 7 (1)'])
      assert.equal((await requestsOf(key)).length, 1)
    })

    it('sends nothing when it is closed before the engine runs', async () => {
      const key = uniqueKey()
      const { EventSource, asked, letGo } = await slim()
      source = new EventSource(address('/raw', { key, ...HELD }))
      await asked
      source.close()
      letGo()
      await milliseconds(200)
      assert.deepEqual(await requestsOf(key), [])
    })

    it('fires no error when the module cannot be loaded after close()', async () => {
      const { page, EventSource, asked, fail } = await slim()
      source = new EventSource(address('/raw', HELD))
      const events = record(source)
      await asked
      source.close()
      fail(new page.TypeError('no module'))
      await milliseconds(100)
      assert.deepEqual(events, [])
      assert.equal(source.readyState, 2)
    })

    it('has connectTimeout count from when it is made, not from when the engine runs', async () => {
      const key = uniqueKey()
      const { page, EventSource, asked, letGo } = await slim()
      const timeout = 1_500
      source = new EventSource(address('/hang', { key }), { connectTimeout: timeout, reconnect: false })
      const failed = next(source, 'error').then(({ reason }) => reason)
      await asked
      // Both clocks run in the same page: late timers are late for both.
      const late = new Promise((resolve) => page.setTimeout(resolve, timeout * 1.6, 'late'))
      await milliseconds(timeout * 0.8)
      letGo()
      assert.equal(await Promise.race([failed, late]), 'connect-timeout')
    })
  })

  describe('document.open() in its page', () => {
    it('does not keep it from letting go when the page is put aside, and from coming back', async () => {
      const key = uniqueKey()
      const page = await polyfilled()
      source = new page.EventSource(address('/raw', { key, ...HELD }))
      await next(source, 'message')
      await rewrite(page.document)
      pageEvent('pagehide', page)
      await areOver(key)
      pageEvent('pageshow', page)
      await next(source, 'message')
      assert.equal((await requestsOf(key)).length, 2)
    })

    it('does not keep it from going at once when the device is online again', async () => {
      const key = uniqueKey()
      const page = await polyfilled()
      source = new page.EventSource(address('/raw', { key, body: 'retry: 60000\n' }))
      await next(source, 'error')
      await rewrite(page.document)
      page.dispatchEvent(new page.Event('online'))
      await eventually(async () => (await requestsOf(key)).length === 2, 2_000)
    })

    it('does not keep it from pausing while the page is hidden', async () => {
      const key = uniqueKey()
      const page = await polyfilled()
      source = new page.EventSource(address('/raw', { key, ...HELD }), { pauseWhenHidden: true })
      await next(source, 'message')
      await rewrite(page.document)
      show('hidden', page)
      await areOver(key)
      show('visible', page)
      await next(source, 'message')
    })
  })

  async function rewrite(document) {
    document.open()
    document.write('<p>Another text.')
    document.close()
    await milliseconds(0)
  }
}
