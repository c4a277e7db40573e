/** The option `resume`: the last event ID outlives the page. Reloads are in `resume.test.mjs`. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, requestsOf, uniqueKey } from './support.mjs'

/** A storage, and what was asked of it. */
function storageOf(entries = {}) {
  const items = new Map(Object.entries(entries))
  const calls = []
  return {
    items,
    calls,
    getItem: (key) => items.get(key) ?? null,
    setItem(key, value) {
      calls.push(value)
      items.set(key, value)
    },
    removeItem(key) {
      calls.push(null)
      items.delete(key)
    },
  }
}

export default function ({ EventSource }) {
  let source
  afterEach(() => source?.close())

  it('keeps the ID of the last message, once for each batch', async () => {
    const storage = storageOf()
    const body = 'id: 1\ndata: a\n\nid: 2\ndata: b\n\ndata: c\n\n'
    source = new EventSource(address('/raw', { body, end: 'hold' }), { resume: { storage, key: 'k' } })
    await next(source, 'message')
    await milliseconds(50)
    assert.deepEqual([storage.calls, storage.items.get('k')], [['2'], '2'])
  })

  it('begins from the ID that was kept, rather than from the option', async () => {
    const key = uniqueKey()
    const url = address('/raw', { key, body: 'data: a\n\n', end: 'hold' })
    const storage = storageOf({ [`wasm-eventsource:${url}`]: 'ä 5' })
    source = new EventSource(url, { resume: { storage }, lastEventId: '1' })
    assert.equal(source.lastEventId, 'ä 5')
    await next(source, 'message')
    const [{ lastEventId }] = await requestsOf(key)
    assert.include(lastEventId, ' 5')
    assert.deepEqual(storage.calls, [])
  })

  it('takes no ID that no stream could have sent', () => {
    for (const kept of ['a\nb', 'a\rb', 'a\0b']) {
      source = new EventSource('/raw', { resume: { storage: storageOf({ k: kept }), key: 'k' }, lastEventId: '1' })
      assert.equal(source.lastEventId, '1')
      source.close()
    }
  })

  it('keeps it in the storage of the session by default', async () => {
    const url = address('/raw', { key: uniqueKey(), body: 'id: 7\ndata: a\n\n', end: 'hold' })
    source = new EventSource(url, { resume: true })
    await next(source, 'message')
    await milliseconds(20)
    assert.equal(sessionStorage.getItem(`wasm-eventsource:${url}`), '7')
    source.close()
    assert.isNull(sessionStorage.getItem(`wasm-eventsource:${url}`))
  })

  it('forgets it once it is closed, by whatever means', async () => {
    let controller
    for (const close of [
      () => source.close(),
      () => controller.abort(),
      () => source[Symbol.asyncIterator]().return(),
    ]) {
      const storage = storageOf({ k: '1' })
      controller = new AbortController()
      const { signal } = controller
      source = new EventSource(address('/raw', { body: ': a\n', end: 'hold' }), { resume: { storage, key: 'k' }, signal })
      await next(source, 'open')
      close()
      assert.equal(source.readyState, 2)
      assert.equal(storage.items.size, 0)
    }
  })

  it('forgets it with a response that ends the stream for good, and with no other end', async () => {
    const refused = [{ status: 204 }, { status: 404 }, { type: 'text/html' }]
    for (const [options, init, kept] of [
      ...refused.map((options) => [options, {}, undefined]),
      [{ body: 'data: a\n\n' }, { reconnect: false }, undefined],
      // A network error says nothing of the stream.
      [{}, { reconnect: { maxAttempts: 1 }, fetch: async () => Promise.reject(new TypeError('a')) }, '1'],
    ]) {
      const storage = storageOf({ k: '1' })
      source = new EventSource(address('/raw', options), { ...init, resume: { storage, key: 'k' } })
      await next(source, 'error')
      assert.equal(source.readyState, 2, JSON.stringify(options))
      assert.equal(storage.items.get('k'), kept, JSON.stringify(options))
    }
  })

  it('forgets an ID that the server takes back', async () => {
    const storage = storageOf({ k: '1' })
    const url = address('/raw', { body: 'id\ndata: a\n\n', end: 'hold' })
    source = new EventSource(url, { resume: { storage, key: 'k' } })
    await next(source, 'message')
    await milliseconds(20)
    assert.equal(storage.items.size, 0)
  })

  it('keeps no ID of a message that waits for a loop', async () => {
    const storage = storageOf()
    const body = 'id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n'
    source = new EventSource(address('/raw', { body, end: 'hold' }), { resume: { storage, key: 'k' } })
    const loop = source[Symbol.asyncIterator]()
    await next(source, 'message')
    await milliseconds(20)
    // Nothing was taken yet.
    assert.deepEqual(storage.calls, [])
    const hide = () => dispatchEvent(new PageTransitionEvent('pagehide'))
    hide()
    assert.deepEqual(storage.calls, [])
    await loop.next()
    await loop.next()
    assert.deepEqual(storage.calls, [])
    hide()
    assert.deepEqual(storage.calls, ['2'])
    await loop.next()
    hide()
    assert.deepEqual(storage.calls, ['2', '3'])
    source.close()
    hide()
    assert.deepEqual(storage.calls, ['2', '3', null])
  })

  it('tells once of a storage that throws, and does everything else', async () => {
    const { warn } = console
    const warnings = []
    console.warn = (...texts) => warnings.push(texts)
    const error = new Error('full')
    const fail = () => {
      throw error
    }
    try {
      const storage = { getItem: fail, setItem: fail, removeItem: fail }
      const url = address('/raw', { body: 'id: 1\ndata: a\n\n', end: 'hold' })
      source = new EventSource(url, { resume: { storage } })
      await next(source, 'message')
      await milliseconds(20)
      source.close()
      assert.equal(source.readyState, 2)
    } finally {
      console.warn = warn
    }
    assert.lengthOf(warnings, 1)
    assert.match(warnings[0][0], /resume/)
    assert.equal(warnings[0][1], error)
  })

  it('says what it may be', () => {
    const { getItem, setItem } = localStorage
    for (const resume of [1, 'a', { key: 1 }, { storage: {} }, { storage: 1 }, { storage: { getItem, setItem } }]) {
      assert.throws(() => new EventSource('/raw', { resume }), TypeError, /resume: must be a boolean or/)
    }
    for (const resume of [undefined, null, false, {}, { storage: sessionStorage }, { key: 'a' }]) {
      new EventSource('/raw', { resume }).close()
    }
  })
}
