/** What goes over the wire: the request, its headers and cookies. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, next, record, requestsOf, uniqueKey } from './support.mjs'

export default function ({ EventSource, NativeEventSource, name, secondOrigin }) {
  const sources = []
  afterEach(() => sources.splice(0).forEach((source) => source.close()))
  const seenBy = async (EventSource, url, init) => {
    const source = new EventSource(url, init)
    sources.push(source)
    const request = JSON.parse((await next(source, 'message')).data)
    source.close()
    return request
  }
  const seen = (url, init) => seenBy(EventSource, url, init)
  const header = (request, name) => request.headers.find(([key]) => key === name)?.[1]
  const newCookie = async () => {
    const cookie = uniqueKey()
    await fetch(address('/cookies/set', { name: cookie, value: 'x' }))
    return cookie
  }

  it('is a GET that asks for an event stream and for no stored response [spec 23, 24, 25]', async () => {
    for (const origin of [location.origin, secondOrigin]) {
      const request = await seen(address('/request', { cors: '*' }, origin))
      assert.equal(request.method, 'GET')
      assert.equal(request.body, '')
      assert.equal(header(request, 'accept'), 'text/event-stream')
      assert.equal(header(request, 'cache-control'), 'no-cache')
      assert.equal(header(request, 'pragma'), 'no-cache')
    }
  })

  it('is one that a script makes, in mode cors [spec 23, 26]', async () => {
    const request = await seen(address('/request'))
    assert.equal(header(request, 'sec-fetch-mode'), 'cors')
    assert.equal(header(request, 'sec-fetch-dest'), 'empty')
  })

  it('names the page that it comes from as the referrer policy says [spec 26]', async () => {
    const page = location.href.split('#')[0]
    assert.equal(header(await seen(address('/request')), 'referer'), page)
    const crossOrigin = await seen(address('/request', { cors: '*' }, secondOrigin))
    assert.equal(header(crossOrigin, 'referer'), `${location.origin}/`)
    assert.equal(header(crossOrigin, 'origin'), location.origin)
  })

  it('has no Last-Event-ID at first [spec 27]', async () => {
    assert.equal((await seen(address('/request'))).lastEventId, null)
  })

  it('asks for no stored response when it reconnects, either [spec 25]', async () => {
    const key = uniqueKey()
    const source = new EventSource(address('/raw', { key, body: ['retry: 100\n\n', ''] }))
    sources.push(source)
    await eventually(() => source.readyState === 2)
    for (const request of await requestsOf(key)) {
      assert.equal(header(request, 'cache-control'), 'no-cache')
      assert.equal(header(request, 'accept'), 'text/event-stream')
    }
  })

  it('takes cookies along to its own origin [spec 23]', async () => {
    const cookie = await newCookie()
    assert.include(header(await seen(address('/request')), 'cookie'), `${cookie}=x`)
  })

  it('takes cookies to another origin with withCredentials alone [spec 23, 28]', async () => {
    const cookie = await newCookie()
    const url = (cors) => address('/request', { cors }, secondOrigin)
    const without = await seen(url('*'))
    assert.notInclude(header(without, 'cookie') ?? '', cookie)
    const withThem = await seen(url('credentials'), { withCredentials: true })
    assert.include(header(withThem, 'cookie'), `${cookie}=x`)
  })

  it('keeps the cookies of another origin with withCredentials alone [spec 23, 28]', async () => {
    for (const withCredentials of [false, true]) {
      const cookie = uniqueKey()
      const url = address(
        '/raw',
        { body: 'data: a\n\n', end: 'hold', cors: 'credentials', header: `Set-Cookie: ${cookie}=x; Path=/` },
        secondOrigin,
      )
      const source = new EventSource(url, { withCredentials })
      sources.push(source)
      await next(source, 'message')
      source.close()
      const sent = header(await seen(address('/request')), 'cookie') ?? ''
      assert.equal(sent.includes(cookie), withCredentials)
    }
  })

  for (const encoding of ['gzip', 'deflate', 'br']) {
    it(`gives each event when the server flushes it, encoded with ${encoding} [spec 29]`, async () => {
      const body = 'data: 1\n\ndata: 2\n\ndata: 3'
      const source = new EventSource(
        address('/raw', { body, cuts: '9,18', pause: 50, end: 'hold', encoding }),
      )
      sources.push(source)
      const events = record(source)
      await eventually(() => events.length === 3)
      assert.deepEqual(events, ['open (1)', 'message "1" (1)', 'message "2" (1)'])
    })
  }

  if (name === 'native') return

  for (const [where, url, init] of [
    ['to its own origin', address('/request')],
    ['to another origin', address('/request', { cors: '*' }, secondOrigin)],
    [
      'to another origin, with credentials',
      address('/request', { cors: 'credentials' }, secondOrigin),
      { withCredentials: true },
    ],
  ]) {
    it(`has the headers of the native class, byte for byte, ${where} [spec 23, 24, 25, 26]`, async () => {
      const sorted = (request) => request.headers.map((header) => header.join(': ')).sort()
      const ours = await seen(url, init)
      const native = await seenBy(NativeEventSource, url, init)
      assert.deepEqual(sorted(ours), sorted(native))
    })
  }

  it('posts a body with a header, and does not repeat it when the stream ends', async () => {
    const key = uniqueKey()
    const source = new EventSource(address('/echo', { key }), {
      method: 'POST',
      headers: { Authorization: 'Bearer token', 'Content-Type': 'text/plain;charset=UTF-8' },
      body: 'drei Wörter zurück',
    })
    sources.push(source)
    const events = record(source)
    const tokens = []
    source.onmessage = ({ data }) => data !== '[DONE]' && tokens.push(JSON.parse(data).token)
    await eventually(() => source.readyState === 2)
    assert.equal(tokens.join(''), 'drei Wörter zurück')
    assert.equal(events.at(-1), 'error (2)')
    assert.lengthOf(await requestsOf(key), 1)
  })

  it('tells why a connection was refused', async () => {
    const source = new EventSource(address('/echo'), { method: 'POST', body: 'a' })
    sources.push(source)
    const event = await next(source, 'error')
    assert.deepEqual([event.reason, event.status, event.retryIn], ['status', 401, null])
  })

  it('resumes from the last event ID that it is given', async () => {
    assert.equal((await seen(address('/request'), { lastEventId: '41' })).lastEventId, '41')
  })
}
