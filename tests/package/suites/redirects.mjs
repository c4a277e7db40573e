/** Redirects: followed without an event, and remembered or not. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'
import { expectedIn } from './variants.mjs'

const CODES = [301, 302, 303, 307, 308]

/**
 * A stream that is not closed by its reader ends by itself. Firefox keeps the connection of a
 * redirected fetch after it was aborted, and six of them would be all that it has for a server.
 */
const STREAM = { cors: '*', body: 'data: a\n\n', end: 'hold', hold: 1_000 }

export default function (page) {
  const { EventSource, name, secondOrigin } = page
  let source
  afterEach(() => source?.close())

  for (const code of CODES) {
    for (const [where, origin] of [['its own', location.origin], ['another', secondOrigin]]) {
      it(`follows a ${code} to ${where} origin without an error, and tells that origin [spec 8, 38, 41]`, async () => {
        const to = address('/raw', STREAM, origin)
        const url = address(`/redirect/${code}`, { to })
        source = new EventSource(url)
        const events = record(source)
        const event = await next(source, 'message')
        assert.equal(event.origin, origin)
        assert.equal(source.url, url)
        assert.deepEqual(events, ['open (1)', 'message "a" (1)'])
      })
    }
  }

  it('tells the origin of the last of several redirects [spec 38, 41]', async () => {
    const stream = address('/raw', STREAM, secondOrigin)
    const second = address('/redirect/307', { to: stream })
    source = new EventSource(address('/redirect/302', { to: second }))
    assert.equal((await next(source, 'message')).origin, secondOrigin)
  })

  /** How often a redirect, and the stream that it leads to, are asked, in three connections. */
  async function askedIn(code, origin, init) {
    const [here, there] = [uniqueKey(), uniqueKey()]
    const body = ['retry: 100\ndata: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']
    const to = address('/raw', { key: there, cors: '*', body }, origin)
    source = new EventSource(address(`/redirect/${code}`, { key: here, cors: '*', to }), init)
    await eventually(() => source.readyState === 2, 10_000)
    const count = async (key) => (await requestsOf(key)).filter(({ method }) => method !== 'OPTIONS').length
    return { redirect: await count(here), stream: await count(there) }
  }

  // Three streams, and the 204 that stops it.
  const FINAL = { redirect: 1, stream: 4 }
  const ASKED = { redirect: 4, stream: 4 }

  for (const code of CODES) {
    for (const [where, origin] of [['its own', location.origin], ['another', secondOrigin]]) {
      it(`reconnects to the URL that a ${code} to ${where} origin has led to [spec 42]`, async () => {
        const expected = expectedIn(page, FINAL, [
          {
            of: 'native',
            engines: [301, 308].includes(code) ? ['webkit'] : ['firefox', 'webkit'],
            expected: ASKED,
            why: 'the standard leaves it open: Firefox remembers permanent redirects only, WebKit none',
          },
        ])
        assert.deepEqual(await askedIn(code, origin), expected)
      })
    }
  }

  it('is closed by a redirect that does not say where to [spec 39]', async () => {
    source = new EventSource(address('/redirect/302'))
    const events = record(source)
    await next(source, 'error')
    assert.deepEqual(events, ['error (2)'])
  })

  it('is closed by a redirect to another origin that does not let the page read its answer [spec 44]', async () => {
    const [here, there] = [uniqueKey(), uniqueKey()]
    const to = address('/raw', { key: there, body: 'data: a\n\n' }, secondOrigin)
    source = new EventSource(address('/redirect/302', { key: here, to }))
    const events = record(source)
    const event = await next(source, 'error')
    await milliseconds(100)
    assert.deepEqual(events, ['error (2)'])
    if (name !== 'native') assert.deepEqual([event.reason, event.retryIn], ['cors', null])
    // DIFFERENCE: one more, without CORS, tells the refusal from a dead network.
    assert.equal((await requestsOf(here)).length, name === 'native' ? 1 : 2)
  })

  it('takes a redirect that leads to itself for a network error [spec 40, 58]', async () => {
    // The URL with another fragment is the same to the server.
    source = new EventSource(address('/redirect/302', { to: '#a' }))
    const events = record(source)
    await next(source, 'error')
    const expected = expectedIn(page, ['error (0)'], [
      { of: 'native', engines: ['firefox', 'webkit'], expected: ['error (2)'], why: 'they know that it is futile' },
    ])
    assert.deepEqual(events, expected)
  })

  it('lets go of the stream that redirects have led to, when it is closed [spec 62]', async () => {
    const key = uniqueKey()
    const to = address('/raw', { ...STREAM, key })
    source = new EventSource(address('/redirect/302', { to }))
    await next(source, 'message')
    source.close()
    const [{ endedBy }] = await eventually(async () => {
      const requests = await requestsOf(key)
      return requests[0].endedAt !== null && requests
    })
    const expected = expectedIn(page, 'client', [
      {
        of: 'ours',
        engines: ['firefox'],
        expected: 'server',
        why: 'DIFFERENCE: in Firefox, aborting a fetch that was redirected does not end its request',
      },
    ])
    assert.equal(endedBy, expected)
  })

  if (name === 'native') return

  it('reconnects to the final URL with headers of the user’s own if the origin is the same [spec 42]', async () => {
    const headers = { 'X-Secret': '1' }
    assert.deepEqual(await askedIn(307, location.origin, { headers }), FINAL)
  })

  it('asks the first URL again rather than hand the user’s headers to another origin [spec 42]', async () => {
    const headers = { 'X-Secret': '1' }
    assert.deepEqual(await askedIn(307, secondOrigin, { headers }), ASKED)
  })

  it('asks the first URL again with a method other than GET [spec 42]', async () => {
    const init = { method: 'POST', body: 'a', reconnect: true }
    assert.deepEqual(await askedIn(303, location.origin, init), ASKED)
  })
}
