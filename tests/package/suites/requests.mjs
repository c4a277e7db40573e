/** What goes over the wire. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, next, record, requestsOf, uniqueKey } from './support.mjs'

export default function ({ EventSource, name, secondOrigin }) {
  let source
  afterEach(() => source?.close())
  const seen = async (url, init) => {
    source = new EventSource(url, init)
    return JSON.parse((await next(source, 'message')).data)
  }
  const header = (request, name) => request.headers.find(([key]) => key === name)?.[1]

  it('is a GET that asks for an event stream and for no stored response', async () => {
    const request = await seen(address('/request'))
    assert.equal(request.method, 'GET')
    assert.equal(header(request, 'accept'), 'text/event-stream')
    assert.equal(header(request, 'cache-control'), 'no-cache')
    assert.equal(header(request, 'last-event-id'), undefined)
  })

  it('takes cookies along to its own origin', async () => {
    const cookie = uniqueKey()
    await fetch(address('/cookies/set', { name: cookie, value: 'x' }))
    assert.include(header(await seen(address('/request')), 'cookie'), `${cookie}=x`)
  })

  it('takes cookies to another origin with withCredentials alone', async () => {
    const cookie = uniqueKey()
    await fetch(address('/cookies/set', { name: cookie, value: 'x' }))
    const url = (cors) => address('/request', { cors }, secondOrigin)
    const without = await seen(url('*'))
    assert.notInclude(header(without, 'cookie') ?? '', cookie)
    source.close()
    const withThem = await seen(url('credentials'), { withCredentials: true })
    assert.include(header(withThem, 'cookie'), `${cookie}=x`)
  })

  it('gives the origin of another server', async () => {
    const url = address('/raw', { cors: '*', body: 'data: a\n\n', end: 'hold' }, secondOrigin)
    source = new EventSource(url)
    assert.equal((await next(source, 'message')).origin, secondOrigin)
  })

  if (name === 'native') return

  it('posts a body with a header, and does not repeat it when the stream ends', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/echo', { key }), {
      method: 'POST',
      headers: { Authorization: 'Bearer token', 'Content-Type': 'text/plain;charset=UTF-8' },
      body: 'drei Wörter zurück',
    })
    const events = record(source)
    const tokens = []
    source.onmessage = ({ data }) => data !== '[DONE]' && tokens.push(JSON.parse(data).token)
    await eventually(() => source.readyState === 2)
    assert.equal(tokens.join(''), 'drei Wörter zurück')
    assert.equal(events.at(-1), 'error (2)')
    assert.lengthOf(await requestsOf(key), 1)
  })

  it('tells why a connection was refused', async () => {
    source = new EventSource(address('/echo'), { method: 'POST', body: 'a' })
    const event = await next(source, 'error')
    assert.deepEqual([event.reason, event.status, event.retryIn], ['status', 401, null])
  })

  it('resumes from the last event ID that it is given', async () => {
    const request = await seen(address('/request'), { lastEventId: '41' })
    assert.equal(request.lastEventId, '41')
  })
}
