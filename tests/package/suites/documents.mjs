/** The class in documents of every kind: their base URL, their realm, their end. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'

export default function ({ name }) {
  const frames = []
  afterEach(() => frames.splice(0).forEach((frame) => frame.remove()))

  /** Opens a document in a frame and returns its window, which has the class. */
  async function open(attributes) {
    const frame = Object.assign(document.createElement('iframe'), attributes)
    frames.push(frame)
    const loaded = next(frame, 'load')
    document.body.append(frame)
    await loaded
    const { contentDocument, contentWindow } = frame
    if (name === 'polyfill') {
      const script = contentDocument.createElement('script')
      script.src = `${location.origin}/pkg/polyfill.js`
      const ready = next(script, 'load')
      contentDocument.head.append(script)
      await ready
    }
    return contentWindow
  }
  const resolved = (window, url) => {
    const source = new window.EventSource(url)
    source.close()
    return source.url
  }
  const message = async (source) => {
    const event = await next(source, 'message')
    source.close()
    return event
  }

  it('resolves URLs against the base URL that the document names [spec 5]', async () => {
    const window = await open({ srcdoc: '<base href="/a/b/c"><p>' })
    assert.equal(resolved(window, 'd'), `${location.origin}/a/b/d`)
    assert.equal(resolved(window, '?e'), `${location.origin}/a/b/c?e`)
    assert.equal(resolved(window, ''), `${location.origin}/a/b/c`)
  })

  it('goes by the base URL that the document has at the time [spec 5, 8]', async () => {
    const window = await open({ srcdoc: '<base href="/a/"><p>' })
    const source = new window.EventSource('x')
    source.close()
    window.document.querySelector('base').href = '/b/'
    assert.equal(source.url, `${location.origin}/a/x`)
    assert.equal(resolved(window, 'x'), `${location.origin}/b/x`)
    window.document.querySelector('base').href = 'https://a.test/c/'
    assert.equal(resolved(window, 'x'), 'https://a.test/c/x')
    window.document.querySelector('base').remove()
    assert.equal(resolved(window, 'x'), new URL('x', document.baseURI).href)
  })

  for (const [kind, attributes] of [
    ['about:srcdoc', { srcdoc: '<p>text' }],
    ['about:blank', { src: 'about:blank' }],
  ]) {
    it(`receives a stream in ${kind}, which has the base URL of its parent [spec 5]`, async () => {
      const window = await open(attributes)
      assert.equal(window.location.href, kind)
      assert.equal(resolved(window, 'x?y'), new URL('x?y', document.baseURI).href)
      const path = `/raw?${new URLSearchParams({ body: 'data: a\n\n', end: 'hold' })}`
      const event = await message(new window.EventSource(path))
      assert.deepEqual([event.data, event.origin], ['a', location.origin])
    })
  }

  it('belongs to the document whose class it is, whoever calls the constructor [spec 5, 22]', async () => {
    const window = await open({ src: '/tests/package/pages/empty.html' })
    assert.equal(resolved(window, 'x'), `${location.origin}/tests/package/pages/x`)
    const source = new window.EventSource(address('/raw', { body: 'data: a\n\n', end: 'hold' }))
    assert.instanceOf(source, window.EventTarget)
    assert.notInstanceOf(source, EventTarget)
    const opened = await next(source, 'open')
    const event = await message(source)
    assert.instanceOf(opened, window.Event)
    assert.instanceOf(event, window.MessageEvent)
    assert.notInstanceOf(event, MessageEvent)
    const errorOf = (url) => {
      try {
        new window.EventSource(url)
      } catch (error) {
        return error
      }
    }
    assert.instanceOf(errorOf('http://['), window.DOMException)
  })

  it('does not mind what document.domain was set to [spec 21]', async () => {
    const { Function } = await open({ src: '/tests/package/pages/empty.html' })
    // From then on the page may not look into the frame.
    const connect = Function(
      'url',
      `document.domain = document.domain
       new EventSource(url).onmessage = ({ data, origin }) => parent.postMessage({ data, origin }, '*')`,
    )
    const posted = next(window, 'message')
    connect(address('/raw', { body: 'data: a\n\n', end: 'hold' }))
    assert.deepEqual((await posted).data, { data: 'a', origin: location.origin })
  })

  it('ends the request, fires nothing and asks no more when its document is gone [spec 82]', async () => {
    const window = await open({ src: '/tests/package/pages/empty.html' })
    const key = uniqueKey()
    const source = new window.EventSource(
      address('/raw', { key, body: 'retry: 100\ndata: a\n\n', end: 'hold' }),
    )
    const events = record(source)
    await eventually(() => events.length === 2)
    frames.pop().remove()
    await eventually(async () => (await requestsOf(key))[0].endedAt !== null)
    await milliseconds(300)
    assert.equal(events.join(), 'open (1),message "a" (1)')
    assert.lengthOf(await requestsOf(key), 1)
    source.close()
    assert.equal(source.readyState, 2)
  })

  it(
    name === 'native'
      ? 'is closed when its document is gone [spec 82]'
      : 'does not get to be closed when its document is gone, and its script with it [spec 82]',
    async () => {
      const window = await open({ src: '/tests/package/pages/empty.html' })
      const key = uniqueKey()
      const source = new window.EventSource(address('/raw', { key, body: 'data: a\n\n', end: 'hold' }))
      await next(source, 'message')
      frames.pop().remove()
      await eventually(async () => (await requestsOf(key))[0].endedAt !== null)
      await milliseconds(100)
      assert.equal(source.readyState === 2, name === 'native')
    },
  )
}
