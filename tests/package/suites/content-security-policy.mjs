/** A page whose Content-Security-Policy says where it may connect to. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'
import { expectedIn } from './variants.mjs'

export default function (page) {
  const { name, secondOrigin } = page
  let frame
  let source
  afterEach(() => {
    source?.close()
    frame?.remove()
  })

  /** The class in a document of its own, with a policy. */
  async function classUnder(policy) {
    frame = document.createElement('iframe')
    const script = name === 'polyfill' ? '<script src="/pkg/polyfill.js"></' + 'script>' : ''
    frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${policy}">${script}`
    const loaded = next(frame, 'load')
    document.body.append(frame)
    await loaded
    return frame.contentWindow.EventSource
  }

  for (const policy of [`connect-src ${location.origin}`, "connect-src 'none'", `default-src ${location.origin} 'wasm-unsafe-eval'`]) {
    it(`is closed at once by “${policy}”, and asks nothing [spec 46, 57, 58]`, async () => {
      const key = uniqueKey()
      const EventSource = await classUnder(policy)
      const url = `${address('/raw', { key, cors: '*', body: 'data: never\n\n' }, secondOrigin)}#a`
      const throws = expectedIn(page, false, [
        { of: 'native', engines: ['webkit'], expected: true, why: 'WebKit throws a SecurityError' },
      ])
      if (throws) {
        assert.throws(() => new EventSource(url), 'insecure')
        return
      }
      source = new EventSource(url)
      const events = record(source)
      const event = await next(source, 'error')
      await milliseconds(30)
      assert.deepEqual(events, ['error (2)'])
      if (name !== 'native') assert.deepEqual([event.reason, event.retryIn], ['blocked', null])
      assert.lengthOf(await requestsOf(key), 0)
    })
  }

  it('connects where the policy allows it, whatever else is blocked meanwhile [spec 46]', async () => {
    const EventSource = await classUnder(`connect-src ${location.origin}`)
    const url = address('/raw', { body: 'data: a\n\n', delay: 100, end: 'hold' })
    source = new EventSource(url)
    const events = record(source)
    await frame.contentWindow.fetch(address('/raw', {}, secondOrigin)).catch(() => {})
    await eventually(() => events.length === 2)
    assert.deepEqual(events, ['open (1)', 'message "a" (1)'])
  })

  it('tries again when another request than its own was blocked [spec 46, 70]', async () => {
    const EventSource = await classUnder(`connect-src ${location.origin}`)
    const key = uniqueKey()
    const url = address('/raw', { key, body: ['retry: 100\ndata: a\n\n', 'data: b\n\n'] })
    source = new EventSource(url)
    const events = record(source)
    await frame.contentWindow.fetch(address('/raw', {}, secondOrigin)).catch(() => {})
    await eventually(() => events.includes('message "b" (1)'))
    assert.equal(events[2], 'error (0)')
  })
}
