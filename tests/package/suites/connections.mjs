/** How connections fail and end, and that a source comes back. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'
import { expectedIn } from './variants.mjs'

const EVENT = 'retry: 100\nid: 1\ndata: a\n\n'

export default function (page) {
  const { EventSource, name, deadOrigin } = page
  let source
  afterEach(() => source?.close())

  for (const [title, parameters] of Object.entries({
    'ends in good order': { end: 'close' },
    'is closed within a chunk': { end: 'abort' },
    'is reset': { end: 'reset' },
    'ends before its announced length': { end: 'short' },
    'is closed within gzip': { end: 'abort', encoding: 'gzip' },
  })) {
    it(`comes back after a stream that ${title} [spec 57, 58, 59, 69, 75, 76, 79, 80]`, async () => {
      const key = uniqueKey()
      source = new EventSource(
        address('/raw', {
          ...parameters,
          key,
          pause: 100,
          body: [`${EVENT}event: lost\nid: 2\ndata: lost`, 'data: b\n\n'],
        }),
      )
      const events = record(source, 'lost')
      await eventually(() => events.length >= 5, 10_000)
      const second = expectedIn(page, 'message "b" 1 (1)', [
        {
          of: 'native',
          engines: ['close', 'short'].includes(parameters.end) ? [] : ['webkit'],
          expected: 'lost "lostdata: b" 2 (1)',
          why: 'WebKit goes on with the event that was cut off when a connection breaks',
        },
      ])
      assert.deepEqual(events.slice(0, 5), [
        'open (1)',
        'message "a" 1 (1)',
        'error (0)',
        'open (1)',
        second,
      ])
      const requests = await requestsOf(key)
      assert.deepEqual(requests.slice(0, 2).map(({ lastEventId }) => lastEventId), [null, '1'])
      for (const { method, path, query } of requests) {
        assert.deepEqual([method, path, query], ['GET', '/raw', requests[0].query])
      }
    })
  }

  it('comes back after a stream whose gzip is broken [spec 58, 69]', async () => {
    const key = uniqueKey()
    // What follows the first event is no block of any type that there is.
    const broken = `${gzip(EVENT)}ffffffffffffffffffffffff`
    const whole = `${gzip('data: b\n\n')}`
    source = new EventSource(
      address('/raw', {
        key,
        header: 'Content-Encoding: gzip',
        hex: [broken, whole],
        cuts: broken.length / 2 - 12,
        pause: 100,
        end: 'hold',
      }),
    )
    const events = record(source)
    await eventually(() => events.length >= 5, 10_000)
    assert.deepEqual(events.slice(0, 5), [
      'open (1)',
      'message "a" 1 (1)',
      'error (0)',
      'open (1)',
      'message "b" 1 (1)',
    ])
  })

  it('keeps trying a server that closes without an answer [spec 57, 70]', async () => {
    // Firefox repeats a request without a response by itself, up to ten times.
    source = new EventSource(address('/reset', { key: uniqueKey(), times: 1 }))
    const event = await Promise.race([next(source, 'error'), next(source, 'message')])
    if (event.type === 'error') {
      assert.equal(source.readyState, 0)
      await next(source, 'message')
    }
    assert.equal(source.readyState, 1)
  })

  for (const [title, url] of [
    ['a port that nobody listens on', `${deadOrigin}/`],
    ['a name that does not exist', 'http://nobody.invalid/'],
  ]) {
    it(`keeps trying ${title} [spec 57, 58, 70]`, async () => {
      source = new EventSource(url)
      const events = record(source)
      const event = await next(source, 'error')
      await milliseconds(50)
      const expected = expectedIn(page, ['error (0)'], [
        {
          of: 'native',
          engines: ['firefox'],
          expected: ['error (2)'],
          why: 'the standard lets a browser give up where it knows that trying again is futile',
        },
      ])
      assert.deepEqual(events, expected)
      if (name !== 'native') assert.equal(event.reason, 'network')
    })
  }

  for (const url of ['ftp://127.0.0.1/', 'about:blank', 'mailto:a@b', 'javascript:1', 'file:///', 'ws://127.0.0.1/']) {
    it(`is closed by ${url} at once, with one error [spec 9, 10, 20, 58]`, async () => {
      source = new EventSource(url)
      const events = record(source)
      assert.equal(source.readyState, 0)
      // Not before the task is over, however many microtasks that has.
      for (let count = 0; count < 100; count++) await undefined
      assert.deepEqual(events, [])
      const event = await next(source, 'error')
      await milliseconds(30)
      assert.deepEqual(events, ['error (2)'])
      if (name !== 'native') {
        assert.deepEqual([event.reason, event.retryIn], ['unsupported-scheme', null])
      }
    })
  }

  it('fires nothing for a URL that cannot be fetched if it is closed first [spec 61, 63]', async () => {
    source = new EventSource('ftp://127.0.0.1/')
    const events = record(source)
    await Promise.resolve()
    source.close()
    await milliseconds(50)
    assert.deepEqual(events, [])
  })
}

/** A gzip file that has no end yet, with `text` in one stored block; in hexadecimal. */
function gzip(text) {
  const bytes = new TextEncoder().encode(text)
  const [low, high] = [bytes.length & 0xff, bytes.length >> 8]
  const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  const block = [0, low, high, ~low & 0xff, ~high & 0xff]
  return [...header, ...block, ...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
