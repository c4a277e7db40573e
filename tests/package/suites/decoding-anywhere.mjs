/**
 * What the decoder, the stream, `eventsFrom` and `json` do, in any runtime: pages, workers, Node, Deno,
 * Bun. Nothing is imported; whoever runs this brings the package and the functions that make tests.
 */

const encoder = new TextEncoder()

/** @param {boolean} condition */
function assert(condition, message = 'it does not hold') {
  if (!condition) throw new Error(message)
}

function assertEqual(actual, expected) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value))
  if (a !== b) throw new Error(`${a}\nis not\n${b}`)
}

function thrownBy(action) {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

async function rejectionOf(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

async function all(iterable) {
  const items = []
  for await (const item of iterable) items.push(item)
  return items
}

/** What a promise resolves to, if it does so within so many ms. */
function within(limit, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limit} ms`)), limit)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** A stream of these chunks. */
function streamOf(...chunks) {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

const bytesOf = ({ hex, stream }) =>
  hex === undefined
    ? encoder.encode(stream)
    : Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16))

const dataOf = (events) => events.map(({ data }) => data)
const streamOfText = (text) => streamOf(encoder.encode(text))
const headers = { 'Content-Type': 'text/event-stream' }

/**
 * @param {{ describe: Function, it: Function }} runner
 * @param {any} api the package
 * @param {any[]} vectors
 */
export function defineDecoding({ describe, it }, api, vectors) {
  const { EventSource, EventStreamDecoder, EventStreamDecoderStream, EventTooLargeError } = api
  const { eventsFrom, json, EventSourceError, MalformedJsonError } = api

  describe('EventStreamDecoder', () => {
    for (const { name, messages, reconnectionTime, ...vector } of vectors) {
      it(`vector, whole and in pieces: ${name}`, () => {
        const bytes = bytesOf(vector)
        for (const size of [bytes.length || 1, 1, 2, 3, 7]) {
          const decoder = new EventStreamDecoder()
          const events = []
          for (let start = 0; start < bytes.length; start += size) {
            events.push(...decoder.decode(bytes.slice(start, start + size)))
          }
          assertEqual(events, messages)
          if (reconnectionTime !== undefined) assertEqual(decoder.reconnectionTime, reconnectionTime)
        }
      })
    }

    it('takes any bytes: an ArrayBuffer, and any view of one, shared or not', () => {
      const bytes = encoder.encode('....data: ab\n\n....')
      const { buffer } = bytes
      const shared = globalThis.SharedArrayBuffer && new SharedArrayBuffer(18)
      if (shared) new Uint8Array(shared).set(bytes)
      for (const chunk of [
        buffer.slice(4, 14),
        new Uint8Array(buffer, 4, 10),
        new Uint8ClampedArray(buffer, 4, 10),
        new Uint16Array(buffer, 4, 5),
        new DataView(buffer, 4, 10),
        ...(shared ? [shared.slice(4, 14), new Uint8Array(shared, 4, 10), new DataView(shared, 4, 10)] : []),
      ]) {
        assertEqual(dataOf(new EventStreamDecoder().decode(chunk)), ['ab'])
      }
      assertEqual(new EventStreamDecoder().decode(new Uint8Array()), [])
    })

    it('says what to pass when it is given no bytes', () => {
      const decoder = new EventStreamDecoder()
      for (const chunk of ['data: a\n\n', 1, null, undefined, {}, [1, 2], { byteLength: 3 }]) {
        const error = thrownBy(() => decoder.decode(chunk))
        assert(error instanceof TypeError, String(error))
        assert(/must be bytes/.test(error.message), error.message)
      }
      assertEqual(dataOf(decoder.decode(encoder.encode('data: a\n\n'))), ['a'])
    })

    it('decodes what several pieces and several decoders have in memory at once', () => {
      const text = (number) => `data: ${`${number} `.repeat(20_000)}\n\ndata: €${number}\n\n`
      const decoders = [1, 2, 3].map((number) => ({
        number,
        decoder: new EventStreamDecoder(),
        bytes: encoder.encode(text(number).repeat(5)),
        data: [],
      }))
      for (let start = 0; start < decoders[0].bytes.length; start += 50_000) {
        for (const { decoder, bytes, data } of decoders) {
          data.push(...dataOf(decoder.decode(bytes.slice(start, start + 50_000))))
        }
      }
      for (const { number, data } of decoders) {
        const once = [`${number} `.repeat(20_000), `€${number}`]
        assertEqual(data, [...once, ...once, ...once, ...once, ...once])
      }
    })

    it('keeps to itself what a malformed character leaves of another stream', () => {
      const [first, second] = [new EventStreamDecoder(), new EventStreamDecoder()]
      const malformed = Uint8Array.from([
        ...encoder.encode(`data: é${'x'.repeat(16 * 1024)}`),
        ...[0xf0, 0x9f, 0x98, 0xc3],
      ])
      for (const end of [16 * 1024, malformed.length]) {
        assertEqual(second.decode(malformed.slice(end === malformed.length ? 16 * 1024 : 0, end)), [])
        const [event] = first.decode(encoder.encode('id: é\ndata: {"ü":1}\n\n'))
        assertEqual(event, { type: 'message', data: '{"ü":1}', lastEventId: 'é' })
        assertEqual(first.lastEventId, 'é')
      }
      const [{ data }] = second.decode(encoder.encode('\n\n'))
      assertEqual(data, `é${'x'.repeat(16 * 1024)}\uFFFD\uFFFD`)
    })

    it('decodes events of any length, cut anywhere, between short ones', () => {
      const text = 'aé語🦀\n'
      const broken = [0xc3, 0x20, 0xf0, 0x9f, 0x0a, 0xe8, 0xaa, 0x41, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6]
      const data = [
        ...encoder.encode(text.repeat(3_000)),
        ...Array.from({ length: 3_000 }, () => broken).flat(),
      ]
      const lines = (bytes) => bytes.flatMap((byte) => (byte === 10 ? [10, ...field('data: ')] : byte))
      const field = (name) => [...encoder.encode(name)]
      const stream = Uint8Array.from([
        ...field('data: 1\n\nid: 2\nevent: long\ndata: '),
        ...lines(data),
        ...field('\n\ndata: 3\n\n'),
      ])
      const expected = [
        { type: 'message', data: '1', lastEventId: '' },
        { type: 'long', data: new TextDecoder().decode(Uint8Array.from(data)), lastEventId: '2' },
        { type: 'message', data: '3', lastEventId: '2' },
      ]
      for (const size of [7, 1_460, 16_383, 16_384, 16_385, stream.length]) {
        const decoder = new EventStreamDecoder()
        const events = []
        for (let start = 0; start < stream.length; start += size) {
          events.push(...decoder.decode(stream.slice(start, start + size)))
        }
        assertEqual(events, expected)
      }
    })

    it('drops the beginning of a long event where a stream ends', async () => {
      const long = `data: ${'x'.repeat(40_000)}`
      const decoder = new EventStreamDecoder()
      assertEqual(decoder.decode(encoder.encode(`id: 1\n\n${long}`)), [])
      decoder.reset()
      const [event] = decoder.decode(encoder.encode('data: a\n\n'))
      assertEqual(event, { type: 'message', data: 'a', lastEventId: '1' })

      const bodies = [`retry: 1\n${long}`, 'data: a\n\n']
      const fetch = async () => new Response(streamOfText(bodies.shift()), { headers })
      const source = new EventSource('http://127.0.0.1/', { fetch, reconnect: { minDelay: 0 } })
      const { value } = await source[Symbol.asyncIterator]().next()
      source.close()
      assertEqual(value.data, 'a')
    })

    it('tells the last event ID and the reconnection time', () => {
      const decoder = new EventStreamDecoder({ lastEventId: '7€' })
      const decode = (text) => decoder.decode(encoder.encode(text))
      assertEqual([decoder.lastEventId, decoder.reconnectionTime], ['7€', undefined])
      assertEqual(decode('data: a\n\n'), [{ type: 'message', data: 'a', lastEventId: '7€' }])
      decode('id: 8\nretry: 1500\n')
      assertEqual([decoder.lastEventId, decoder.reconnectionTime], ['7€', 1500])
      decode('\n')
      assertEqual(decoder.lastEventId, '8')
      decode('id\nretry: x\n\n')
      assertEqual([decoder.lastEventId, decoder.reconnectionTime], ['', 1500])
    })

    it('begins a new stream at reset(), and keeps the last event ID and the reconnection time', () => {
      const decoder = new EventStreamDecoder()
      decoder.decode(encoder.encode('id: 1\nretry: 5\n\nid: 2\nevent: x\ndata: unfinished'))
      decoder.reset()
      const events = decoder.decode(encoder.encode('\uFEFFdata: a\n\n'))
      assertEqual(events, [{ type: 'message', data: 'a', lastEventId: '1' }])
      assertEqual(decoder.reconnectionTime, 5)
    })

    it('throws where an event is too large, and loses none that came before', () => {
      const decoder = new EventStreamDecoder({ maxEventSize: 10 })
      const error = thrownBy(() =>
        decoder.decode(encoder.encode('data: a\n\ndata: b\n\ndata: 12345678901\n\ndata: c\n\n')),
      )
      assert(error instanceof EventTooLargeError && error instanceof RangeError)
      assertEqual(error.name, 'EventTooLargeError')
      assertEqual(dataOf(error.events), ['a', 'b'])
      assert(thrownBy(() => decoder.decode(encoder.encode('data: d\n\n'))) === error)
      decoder.reset()
      assertEqual(dataOf(decoder.decode(encoder.encode('data: 1234567890\n\n'))), ['1234567890'])
    })

    it('counts what is unfinished, over chunks, and a line that never ends', () => {
      const decoder = new EventStreamDecoder({ maxEventSize: 100 })
      const piece = encoder.encode('data: 123456789')
      assert(thrownBy(() => {
        for (let count = 0; count < 100; count++) decoder.decode(piece)
      }) instanceof EventTooLargeError)
    })

    it('counts all of a long event', () => {
      const decode = (text) =>
        new EventStreamDecoder({ maxEventSize: 100_000 }).decode(encoder.encode(text))
      assertEqual(decode(`data: ${'x'.repeat(100_000)}\n\n`).length, 1)
      assert(thrownBy(() => decode(`data: ${'x'.repeat(100_001)}`)) instanceof EventTooLargeError)
    })

    it('refuses wrong options, and names them', () => {
      for (const [options, type, name] of [
        [{ maxEventSize: '1' }, TypeError, 'maxEventSize'],
        [{ maxEventSize: 0 }, RangeError, 'maxEventSize'],
        [{ maxEventSize: NaN }, RangeError, 'maxEventSize'],
        [{ lastEventId: 7 }, TypeError, 'lastEventId'],
        [{ lastEventId: 'a\rb' }, TypeError, 'lastEventId'],
      ]) {
        for (const make of [
          () => new EventStreamDecoder(options),
          () => new EventStreamDecoderStream(options),
        ]) {
          const error = thrownBy(make)
          assert(error instanceof type && error.message.startsWith(`${name}: `), String(error))
        }
      }
      new EventStreamDecoder({ maxEventSize: Infinity })
    })
  })

  describe('EventStreamDecoderStream', () => {
    it('is a TransformStream, bytes in, events out', async () => {
      const stream = new EventStreamDecoderStream({ lastEventId: '1' })
      assert(stream instanceof TransformStream)
      const events = streamOf(encoder.encode('data: a\n\nda'), encoder.encode('ta: b\n\n')).pipeThrough(stream)
      const reader = events.getReader()
      assertEqual((await reader.read()).value, { type: 'message', data: 'a', lastEventId: '1' })
      assertEqual((await reader.read()).value.data, 'b')
      assertEqual((await reader.read()).done, true)
    })

    it('fails where an event is too large, and where a chunk is not bytes', async () => {
      const read = (stream) => stream.pipeThrough(new EventStreamDecoderStream({ maxEventSize: 3 })).getReader().read()
      const error = await rejectionOf(read(streamOfText('data: a\n\ndata: 1234\n\n')))
      assert(error instanceof EventTooLargeError)
      assertEqual(dataOf(error.events), ['a'])
      assert((await rejectionOf(read(streamOf('data: a\n\n')))) instanceof TypeError)
    })

    it('takes a chunk only when the events of the one before have been read', async () => {
      let pulled = 0
      const body = new ReadableStream(
        {
          pull(controller) {
            pulled += 1
            controller.enqueue(encoder.encode('data: a\n\n'.repeat(100)))
          },
        },
        { highWaterMark: 0 },
      )
      const reader = body.pipeThrough(new EventStreamDecoderStream()).getReader()
      for (let count = 0; count < 250; count++) await reader.read()
      await new Promise((resolve) => setTimeout(resolve, 20))
      assert(pulled <= 5, `${pulled} chunks for 250 events of 100 a chunk`)
      await reader.cancel()
    })
  })

  describe('eventsFrom', () => {
    it('takes a response, and a stream', async () => {
      const text = 'id: 1\ndata: a\n\ndata: b\n\n'
      const response = new Response(text, { headers: { 'Content-Type': 'Text/Event-Stream; charset=utf-8' } })
      const expected = [
        { type: 'message', data: 'a', lastEventId: '1' },
        { type: 'message', data: 'b', lastEventId: '1' },
      ]
      assertEqual(await all(eventsFrom(response)), expected)
      assertEqual(await all(eventsFrom(streamOfText(text))), expected)
      assertEqual(await all(eventsFrom(new Response(null, { headers }))), [])
    })

    it('says what is wrong with a response, and leaves its body unread', async () => {
      for (const [status, type, reason] of [
        [500, 'text/event-stream', 'status'],
        [201, 'text/event-stream', 'status'],
        [200, 'text/html', 'content-type'],
        [200, 'text/event-streams', 'content-type'],
      ]) {
        const response = new Response('why', { status, headers: { 'Content-Type': type } })
        const error = await rejectionOf(eventsFrom(response).next())
        assert(error instanceof EventSourceError)
        assertEqual([error.name, error.reason, error.retryIn], ['EventSourceError', reason, null])
        assertEqual(error.status, reason === 'status' ? status : undefined)
        assert(error.response === response && error.message.length > 20)
        assertEqual(await error.response.text(), 'why')
      }
    })

    it('goes by the last valid one of all content types, as fetch does [spec 32, 33, 35, 36]', async () => {
      for (const [type, isRead] of [
        ['text/event-stream', true],
        ['\tTEXT/Event-Stream ; charset=windows-1251', true],
        ['text/event-stream;', true],
        ['text/event-stream; x="a, text/html"', true],
        ['text/event-stream; x="a\\", text/html"', true],
        ['text/event-stream; x="a, text/html', true],
        ['text/html, text/event-stream', true],
        ['text/event-stream, bogus', true],
        ['text/event-stream, */*', true],
        ['text/event-stream,', true],
        ['text/event-stream, text/html', false],
        ['text/event-stream; x="a\\\\", text/html', false],
        ['text/event-stream, */html', false],
        ['', false],
        ['text', false],
        ['text/', false],
        ['/event-stream', false],
        ['text/event-streams', false],
        ['text/event-stream/', false],
        ['text/event stream', false],
        ['text /event-stream', false],
        ['text/event-stream foo', false],
        ['text/event-stream\u00A0', false],
        ['application/json; x=text/event-stream', false],
      ]) {
        const response = { status: 200, headers: { get: () => type }, body: streamOfText('data: a\n\n') }
        const events = await all(eventsFrom(response)).catch(({ reason }) => reason)
        assertEqual(events.length === 1 || events, isRead || 'content-type')
      }
    })

    it('refuses what it cannot read, and says why', async () => {
      const used = new Response('data: a\n\n', { headers })
      await used.text()
      const locked = streamOfText('')
      locked.getReader()
      for (const [source, message] of [
        [used, /been read already/],
        [locked, /read by somebody else/],
        [Promise.resolve(used), /await it/],
        ['data: a\n\n', /expects a Response/],
        [undefined, /expects a Response/],
      ]) {
        const error = await rejectionOf(eventsFrom(source).next())
        assert(error instanceof TypeError && message.test(error.message), String(error))
      }
    })

    it('reads only when it is asked, and cancels the body when the loop is left', async () => {
      let pulled = 0
      let cancelled = 0
      const body = new ReadableStream(
        {
          pull(controller) {
            pulled += 1
            controller.enqueue(encoder.encode('data: a\n\ndata: b\n\n'))
          },
          cancel() {
            cancelled += 1
          },
        },
        { highWaterMark: 0 },
      )
      const events = eventsFrom(body)
      assertEqual(pulled, 0)
      let count = 0
      for await (const _ of events) if (++count === 3) break
      assertEqual([pulled, cancelled], [2, 1])
    })

    it('can be left while it waits for a server that is silent', async () => {
      for (const leave of ['return', 'throw']) {
        let cancelled = 0
        const body = new ReadableStream({ cancel: () => void (cancelled += 1) })
        const events = eventsFrom(body)
        const waiting = [events.next(), events.next()]
        // Once with the body being read, once before the first read.
        if (leave === 'return') await new Promise((resolve) => setTimeout(resolve, 10))
        const mine = new Error('mine')
        const left = leave === 'return' ? events.return() : rejectionOf(events.throw(mine))
        const results = await within(1_000, Promise.all([...waiting, left]))
        const done = { done: true }
        assertEqual(results.slice(0, 2), [done, done])
        assertEqual(results[2] === mine || results[2], leave === 'return' ? done : true)
        assertEqual(cancelled, 1)
        assertEqual(body.locked, false)
        assertEqual(await events.next(), done)
      }
    })

    it('reads nothing when it is left before it has begun', async () => {
      const body = streamOfText('data: a\n\n')
      const events = eventsFrom(body)
      assertEqual(await events.return(), { done: true })
      assertEqual(await events.next(), { done: true })
      assertEqual(await all(eventsFrom(body)), [{ type: 'message', data: 'a', lastEventId: '' }])
    })

    it('yields what came before an event that is too large, and before the body fails', async () => {
      const seen = []
      const text = 'data: a\n\ndata: b\n\ndata: 123456\n\n'
      const error = await rejectionOf(
        (async () => {
          for await (const { data } of eventsFrom(streamOfText(text), { maxEventSize: 5 })) seen.push(data)
        })(),
      )
      assert(error instanceof EventTooLargeError)
      assertEqual(seen, ['a', 'b'])

      const fault = new Error('mine')
      const failing = new ReadableStream(
        {
          pull(controller) {
            if (seen.length === 2) controller.enqueue(encoder.encode('data: c\n\n'))
            else controller.error(fault)
          },
        },
        { highWaterMark: 0 },
      )
      const failure = await rejectionOf(
        (async () => {
          for await (const { data } of eventsFrom(failing)) seen.push(data)
        })(),
      )
      assert(failure === fault)
      assertEqual(seen, ['a', 'b', 'c'])
    })
  })

  describe('json', () => {
    const events = (...data) => data.map((data) => ({ type: 'message', data, lastEventId: '' }))

    it('parses the data, skips keep-alives without any, and ends at the sentinel', async () => {
      const messages = events('{"a":1}', '', ' ', '[2]', '[DONE]', '3')
      assertEqual(await all(json(messages, { until: '[DONE]' })), [{ a: 1 }, [2]])
      assertEqual(await all(json(events('1', 'null', '"x"'))), [1, null, 'x'])
    })

    it('throws an error that carries the message and the cause', async () => {
      const messages = events('1', `{"a":${'x'.repeat(100)}`)
      const error = await rejectionOf(all(json(messages)))
      assert(error instanceof MalformedJsonError && error instanceof SyntaxError)
      assertEqual(error.name, 'MalformedJsonError')
      assert(error.event === messages[1] && error.cause instanceof SyntaxError)
      assert(error.message.length < 120, error.message)
    })

    it('leaves the messages when it ends, when it fails, and when it is left', async () => {
      for (const end of ['[DONE]', '{', 'break']) {
        let left = 0
        const messages = {
          async *[Symbol.asyncIterator]() {
            try {
              yield* events('1', end, '2')
            } finally {
              left += 1
            }
          },
        }
        const loop = (async () => {
          for await (const _ of json(messages, { until: '[DONE]' })) if (end === 'break') break
        })()
        await loop.catch((error) => assert(error instanceof MalformedJsonError, String(error)))
        assertEqual(left, 1)
      }
    })

    it('can be left while it waits for a message', async () => {
      const silent = async () => new Response(new ReadableStream(), { headers })
      const source = new EventSource('http://127.0.0.1/', { fetch: silent })
      for (const messages of [eventsFrom(new ReadableStream()), source]) {
        const values = json(messages)
        const waiting = values.next()
        await new Promise((resolve) => setTimeout(resolve, 10))
        const results = await within(1_000, Promise.all([waiting, values.return()]))
        assertEqual(results, [{ done: true }, { done: true }])
      }
      assertEqual(source.readyState, 2)
    })

    it('closes the source that it reads from', async () => {
      const fetch = async () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(encoder.encode('data: {"a":1}\n\ndata: [DONE]\n\n')),
          }),
          { headers },
        )
      const source = new EventSource('http://127.0.0.1/', { fetch })
      assertEqual(await all(json(source, { until: '[DONE]' })), [{ a: 1 }])
      assertEqual(source.readyState, 2)
    })
  })
}
