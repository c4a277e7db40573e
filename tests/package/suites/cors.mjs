/** Streams of other origins: who may read them, and what is asked beforehand. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'
import { expectedIn } from './variants.mjs'

export default function (page) {
  const { EventSource, name, secondOrigin } = page
  let source
  afterEach(() => source?.close())

  for (const [cors, withCredentials] of [
    ['*', false],
    ['origin', false],
    [location.origin, false],
    ['credentials', false],
    ['credentials', true],
  ]) {
    const credentials = withCredentials ? ', with credentials' : ''
    it(`reads a stream that is shared with “${cors}”${credentials} [spec 28, 43]`, async () => {
      const key = uniqueKey()
      const url = address('/raw', { key, cors, body: 'data: a\n\n', end: 'hold' }, secondOrigin)
      source = new EventSource(url, { withCredentials })
      const events = record(source)
      await Promise.race([next(source, 'message'), next(source, 'error')])
      assert.deepEqual(events, ['open (1)', 'message "a" (1)'])
      assert.deepEqual((await requestsOf(key)).map(({ method }) => method), ['GET'])
    })
  }

  for (const [title, cors, withCredentials] of [
    ['shared with nobody', [], false],
    ['shared with an empty value', '', false],
    ['shared with another origin', 'http://example.test', false],
    ['shared with what is nearly the origin', `${location.origin}/`, false],
    ['shared with a list', `${location.origin}, http://example.test`, false],
    ['shared with the opaque origin', 'null', false],
    ['shared with everybody, but not with credentials', '*', true],
    ['shared with the origin, but not with credentials', 'origin', true],
  ]) {
    it(`never opens a stream that is ${title} [spec 28, 44, 58]`, async () => {
      const key = uniqueKey()
      const url = address('/raw', { key, cors, body: 'data: never\n\n', end: 'hold' }, secondOrigin)
      source = new EventSource(url, { withCredentials })
      const events = record(source)
      await next(source, 'error')
      await milliseconds(50)
      assert.deepEqual(events, ['error (2)'])
      // DIFFERENCE: fetch does not tell a refusal from a lost network, so ours asks once more, without
      // CORS, whether anything answers.
      assert.lengthOf(await requestsOf(key), name === 'native' ? 1 : 2)
    })
  }

  it('asks nothing beforehand, except where fetch has to for a Last-Event-ID [spec 45, 99]', async () => {
    const key = uniqueKey()
    const body = ['retry: 100\nid: 1\ndata: a\n\n', 'data: b\n\n']
    source = new EventSource(address('/raw', { key, cors: 'origin', body }, secondOrigin))
    const events = record(source)
    await eventually(() => source.readyState === 2, 10_000)
    assert.include(events, 'message "b" 1 (1)')
    const requests = await requestsOf(key)
    const expected = expectedIn(page, ['GET', 'GET', 'GET'], [
      {
        of: 'ours',
        expected: ['GET', 'OPTIONS', 'GET', 'OPTIONS', 'GET'],
        why: 'DIFFERENCE: the native class alone may send the header without a preflight',
      },
    ])
    assert.deepEqual(requests.map(({ method }) => method), expected)
    for (const { method, headers, lastEventId } of requests.slice(1)) {
      if (method === 'OPTIONS') {
        assert.deepInclude(headers, ['access-control-request-headers', 'last-event-id'])
      } else {
        assert.equal(lastEventId, '1')
      }
    }
  })

  if (name === 'native') return

  it('asks beforehand when the user adds a header, and connects if it may', async () => {
    const key = uniqueKey()
    const url = address('/raw', { key, cors: '*', body: 'data: a\n\n', end: 'hold' }, secondOrigin)
    source = new EventSource(url, { headers: { 'X-Token': 't' } })
    await next(source, 'message')
    assert.deepEqual((await requestsOf(key)).map(({ method }) => method), ['OPTIONS', 'GET'])
  })
}
