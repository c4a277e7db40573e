/**
 * A source of a stream of one's own: a proposal to the standard
 * (https://github.com/whatwg/html/pull/12272), which may change.
 */

import { assert } from '/node_modules/chai/index.js'
import { address, milliseconds, next, record } from './support.mjs'

const encode = (text) => new TextEncoder().encode(text)

/** A stream that a test writes, and what has become of it. */
function writable() {
  const state = { cancelled: 0 }
  const stream = new ReadableStream({
    start: (controller) => (state.controller = controller),
    cancel: () => void (state.cancelled += 1),
  })
  const write = (...chunks) => {
    for (const chunk of chunks) state.controller.enqueue(typeof chunk === 'string' ? encode(chunk) : chunk)
  }
  return { stream, state, write, end: () => state.controller.close(), fail: (error) => state.controller.error(error) }
}

const streamOf = (...chunks) => {
  const { stream, write, end } = writable()
  write(...chunks)
  end()
  return stream
}

export default function ({ EventSource }) {
  /** What a source of these chunks fires, up to its end. */
  const readAll = async (...chunks) => {
    const source = EventSource.fromReadableStream(streamOf(...chunks))
    const lines = record(source, 'a')
    await next(source, 'error')
    await milliseconds(50)
    return lines
  }

  it('is connecting, and locks the stream at once [spec 129, 130]', async () => {
    const { stream, write } = writable()
    write('id: 1\nretry: 7\ndata: a\n\n')
    const source = EventSource.fromReadableStream(stream)
    assert.instanceOf(source, EventSource)
    assert.deepEqual(
      [source.readyState, source.url, source.withCredentials, source.lastEventId, source.reconnectionTime],
      [0, 'about:event-stream', false, '', 3000],
    )
    assert.isTrue(stream.locked)
    // No event may come before the task is over, so that one can listen after an `await`, too.
    const lines = record(source)
    for (let times = 0; times < 10; times++) await null
    assert.deepEqual([source.readyState, lines], [0, []])
    await next(source, 'message')
    source.close()
  })

  it('is a static method as Web IDL makes one [spec 129]', () => {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(EventSource, 'fromReadableStream')
    assert.deepEqual([flags, value.length, value.name], [
      { writable: true, enumerable: true, configurable: true },
      1,
      'fromReadableStream',
    ])
    const { fromReadableStream } = EventSource
    const source = fromReadableStream(streamOf())
    assert.equal(source.constructor, EventSource)
    source.close()
    const { prototype } = EventSource
    for (const name of ['lastEventId', 'reconnectionTime']) {
      const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(prototype, name)
      assert.deepEqual([set, enumerable, configurable], [undefined, true, true])
      assert.throws(() => get.call({}), TypeError)
    }
    const reset = Object.getOwnPropertyDescriptor(prototype, 'reset')
    assert.deepEqual([reset.enumerable, reset.value.length], [true, 0])
    assert.throws(() => reset.value.call({}), TypeError)
  })

  it('takes no stream that is locked, and nothing that is none [spec 130]', () => {
    const locked = streamOf()
    const reader = locked.getReader()
    for (const wrong of [locked, undefined, null, 1, 'a', {}, new Response('a'), { getReader: () => reader }]) {
      assert.throws(() => EventSource.fromReadableStream(wrong), TypeError)
    }
    assert.throws(() => EventSource.fromReadableStream(), TypeError)
    // What was refused leaves nothing behind for the next source.
    const source = new EventSource('/raw')
    assert.equal(source.url, address('/raw'))
    source.close()
  })

  it('takes the stream of another realm [spec 130]', async () => {
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const stream = new frame.contentWindow.ReadableStream({
      start: (controller) => controller.enqueue(encode('data: a\n\n')),
    })
    const source = EventSource.fromReadableStream(stream)
    assert.equal((await next(source, 'message')).data, 'a')
    source.close()
    frame.remove()
  })

  it('opens, then fires messages as any source does, with the origin null [spec 131]', async () => {
    const source = EventSource.fromReadableStream(streamOf('id: 1\nevent: a\ndata: b\ndata\n\n', 'data: ä\n\n'))
    const lines = record(source, 'a')
    const events = await Promise.all([next(source, 'a'), next(source, 'message')])
    assert.deepEqual(lines.slice(0, 3), ['open (1)', 'a "b\\n" 1 (1)', 'message "ä" 1 (1)'])
    for (const event of events) {
      assert.instanceOf(event, MessageEvent)
      assert.deepEqual([event.origin, event.target], ['null', source])
    }
    const { response } = await next(EventSource.fromReadableStream(streamOf()), 'open')
    assert.isUndefined(response)
    source.close()
  })

  it('iterates over the messages, to the end of the stream', async () => {
    const messages = []
    for await (const { data, origin } of EventSource.fromReadableStream(streamOf('data: a\n\ndata: b\n\n'))) {
      messages.push(data + origin)
    }
    assert.deepEqual(messages, ['anull', 'bnull'])
  })

  it('reads no faster than a loop', async () => {
    let pulled = 0
    const stream = new ReadableStream(
      {
        pull(controller) {
          pulled += 1
          controller.enqueue(encode(`data: ${'a'.repeat(10_000)}\n\n`))
        },
      },
      { highWaterMark: 0 },
    )
    const source = EventSource.fromReadableStream(stream)
    const loop = source[Symbol.asyncIterator]()
    await milliseconds(300)
    assert.isBelow(pulled, 20)
    await loop.return()
    assert.equal(source.readyState, 2)
  })

  it('fails once at the end, however it comes, and fires nothing further [spec 132]', async () => {
    assert.deepEqual(await readAll('data: a\n\ndata: unfinished'), ['open (1)', 'message "a" (1)', 'error (2)'])
    assert.deepEqual(await readAll(), ['open (1)', 'error (2)'])
    // Though a server would be asked again soon.
    assert.deepEqual(await readAll('retry: 1\n\n'), ['open (1)', 'error (2)'])

    const { stream, write, fail } = writable()
    write('data: a\n\n')
    const source = EventSource.fromReadableStream(stream)
    const lines = record(source)
    await next(source, 'message')
    const thrown = new Error('of the stream')
    fail(thrown)
    const { reason, error, retryIn } = await next(source, 'error')
    assert.deepEqual([reason, error, retryIn], ['network', thrown, null])
    await milliseconds(50)
    assert.deepEqual(lines, ['open (1)', 'message "a" (1)', 'error (2)'])
  })

  it('takes nothing but bytes [spec 132]', async () => {
    const { stream, state } = writable()
    state.controller.enqueue('data: a\n\n')
    const source = EventSource.fromReadableStream(stream)
    const { error } = await next(source, 'error')
    assert.instanceOf(error, TypeError)
    assert.equal(source.readyState, 2)
    assert.equal(state.cancelled, 1)
  })

  it('tells the ID and the reconnection time, in a handler those of its message [spec 133]', async () => {
    const seen = []
    const { stream, write } = writable()
    const source = EventSource.fromReadableStream(stream)
    source.onmessage = ({ data }) => seen.push([data, source.lastEventId, source.reconnectionTime])
    write(
      'retry: 10\nid: 1\ndata: a\n\n' +
        'retry: 20\nretry: 30\nid: 2\ndata: b\n\n' +
        'data: c\n\nid: 3\n\nretry: x\nretry: -1\ndata: d\n\nid\nretry: 40\ndata: e\n\nid: 4\nretry: 50\n\n',
    )
    await next(source, 'message')
    await milliseconds(50)
    assert.deepEqual(seen, [
      ['a', '1', 10],
      ['b', '2', 30],
      ['c', '2', 30],
      ['d', '3', 30],
      ['e', '', 40],
    ])
    // Of what comes without a message, too.
    assert.deepEqual([source.lastEventId, source.reconnectionTime], ['4', 50])
    source.close()
    assert.deepEqual([source.lastEventId, source.reconnectionTime], ['4', 50])
  })

  it('keeps what the message said in whose handler it was closed [spec 133, 136]', async () => {
    const source = EventSource.fromReadableStream(streamOf('id: 1\nretry: 1\ndata: a\n\nretry: 2\nid: 2\ndata: b\n\n'))
    source.onmessage = () => source.close()
    await next(source, 'message')
    await milliseconds(50)
    assert.deepEqual([source.lastEventId, source.reconnectionTime], ['1', 1])
  })

  it('tells both of a source that has a URL [spec 133]', async () => {
    const url = address('/raw', { body: 'id: ä\nretry: 123\ndata: a\n\n', end: 'hold' })
    const source = new EventSource(url, { lastEventId: '0', reconnect: { delay: 77 } })
    assert.deepEqual([source.lastEventId, source.reconnectionTime], ['0', 77])
    await next(source, 'message')
    await milliseconds(50)
    assert.deepEqual([source.lastEventId, source.reconnectionTime], ['ä', 123])
    // Its responses are fresh streams by themselves.
    source.reset()
    source.close()
    assert.deepEqual([source.lastEventId, source.reconnectionTime], ['ä', 123])
    const closed = new EventSource('/raw', { signal: AbortSignal.abort(), lastEventId: '5' })
    assert.deepEqual([closed.lastEventId, closed.reconnectionTime], ['5', 3000])
  })

  it('reads streams that are piped one after the other as one [spec 134]', async () => {
    const { readable, writable } = new TransformStream()
    const source = EventSource.fromReadableStream(readable)
    const lines = record(source)
    const [open, end] = [next(source, 'open'), next(source, 'error')]
    await streamOf('id: 1\nretry: 9\ndata: a\n\ndata: b').pipeTo(writable, { preventClose: true })
    await open
    const response = await fetch(address('/raw', { body: 'b\n\nda' }))
    await response.body.pipeTo(writable, { preventClose: true })
    await streamOf('ta: c\n\n').pipeTo(writable)
    await end
    assert.deepEqual(lines, ['open (1)', 'message "a" 1 (1)', 'message "bb" 1 (1)', 'message "c" 1 (1)', 'error (2)'])
    assert.deepEqual([source.lastEventId, source.reconnectionTime], ['1', 9])
  })

  it('drops what is unfinished when it is reset, and takes a byte order mark again [spec 134, 135]', async () => {
    const { stream, write } = writable()
    const source = EventSource.fromReadableStream(stream)
    const lines = record(source)
    write('\uFEFFid: 1\nretry: 9\ndata: a\n\nid: 2\nevent: x\ndata: dropped\ndata: dro')
    await next(source, 'message')
    await milliseconds(20)
    source.reset()
    assert.deepEqual([source.lastEventId, source.reconnectionTime], ['1', 9])
    write('\uFEFFdata: b\n\n')
    await next(source, 'message')
    // A CR before the reset does not swallow an LF behind it.
    write('data: c\r')
    await milliseconds(20)
    source.reset()
    write('\n\ndata: d\n\n')
    await next(source, 'message')
    assert.deepEqual(lines, ['open (1)', 'message "a" 1 (1)', 'message "b" 1 (1)', 'message "d" 1 (1)'])
    source.close()
  })

  it('drops what came with the message in whose handler it is reset [spec 135]', async () => {
    for (const long of ['', 'a'.repeat(100_000)]) {
      const { stream, write } = writable()
      const source = EventSource.fromReadableStream(stream)
      const first = next(source, 'message')
      source.addEventListener('message', () => source.reset(), { once: true })
      write(`data: a\n\ndata: dropped ${long}`)
      assert.equal((await first).data, 'a')
      await milliseconds(50)
      source.reset()
      write('data: b\n\n')
      assert.equal((await next(source, 'message')).data, 'b')
      source.close()
    }
  })

  it('cancels the stream when it is closed, and fires nothing further [spec 136]', async () => {
    const { stream, state, write } = writable()
    const source = EventSource.fromReadableStream(stream)
    const lines = record(source)
    await next(source, 'open')
    source.addEventListener('message', () => source.close(), { once: true })
    write('data: a\n\ndata: b\n\n', 'data: c\n\n')
    await next(source, 'message')
    assert.equal(source.readyState, 2)
    await milliseconds(50)
    assert.deepEqual(lines, ['open (1)', 'message "a" (1)'])
    assert.equal(state.cancelled, 1)
  })

  it('cancels the stream also when it is closed at once [spec 136]', async () => {
    const { stream, state } = writable()
    const source = EventSource.fromReadableStream(stream)
    const lines = record(source)
    source.close()
    source.close()
    assert.equal(source.readyState, 2)
    await milliseconds(50)
    assert.deepEqual([lines, state.cancelled], [[], 1])
  })
}
