/** Which responses open a connection, and which close it for good. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'
import { expectedIn } from './variants.mjs'

const REFUSING = [
  201, 202, 203, 204, 205, 206, 207, 226, 299, 304, 400, 401, 403, 404, 410, 429, 500, 502, 503, 504,
]

export default function (page) {
  const { EventSource } = page
  let source
  afterEach(() => source?.close())
  const connect = (path, parameters) => {
    source = new EventSource(address(path, parameters))
    return record(source)
  }

  for (const status of REFUSING) {
    it(`is closed by status ${status}, with one error event [spec 30, 57, 58]`, async () => {
      const events = connect(`/status/${status}`, {})
      await next(source, 'error')
      await milliseconds(30)
      assert.deepEqual(events, ['error (2)'])
      assert.equal(source.readyState, 2)
    })
  }

  for (const status of [204, 503]) {
    it(`is closed by status ${status} that comes when it reconnects, for good [spec 30, 31, 58, 66]`, async () => {
      const key = uniqueKey()
      const events = connect('/raw', { key, body: ['retry: 100\ndata: a\n\n', 'data: b\n\n'], then: status })
      await eventually(() => source.readyState === 2, 10_000)
      await milliseconds(400)
      assert.deepEqual(events, [
        'open (1)',
        'message "a" (1)',
        'error (0)',
        'open (1)',
        'message "b" (1)',
        'error (0)',
        'error (2)',
      ])
      assert.lengthOf(await requestsOf(key), 3)
    })
  }

  for (const type of [
    'text/event-stream',
    'TEXT/Event-Stream',
    'text/event-stream;',
    'text/event-stream ;',
    'text/event-stream; foo=bar',
    'text/event-stream;bogus',
    'text/event-stream;charset',
    'text/event-stream; charset=utf-8',
    'text/event-stream;charset="UTF-8";x="a;b"',
  ]) {
    it(`opens with the content type ${type} [spec 32]`, async () => {
      const events = connect('/raw', { type, body: 'data: a\n\n', end: 'hold' })
      await Promise.race([next(source, 'message'), next(source, 'error')])
      assert.deepEqual(events, ['open (1)', 'message "a" (1)'])
    })
  }

  for (const type of [
    'text/event-streams',
    'x-text/event-stream',
    'text/html',
    'application/json',
    'text/plain',
    'text',
    'bogus',
    'text/event stream',
    '',
  ]) {
    it(`is closed by the content type ${type || 'that is missing'} [spec 33, 34, 57]`, async () => {
      const events = connect('/raw', { type, body: 'data: never\n\n' })
      await next(source, 'error')
      await milliseconds(30)
      assert.deepEqual(events, ['error (2)'])
    })
  }

  for (const [lines, opens] of [
    [['text/html', 'text/event-stream'], true],
    [['text/event-stream', 'text/html'], false],
    [['text/html, text/event-stream'], true],
    [['text/event-stream', 'bogus'], true],
  ]) {
    const title = lines.map((line) => `“${line}”`).join(' and ')
    it(`goes by the last valid content type of ${title} [spec 35]`, async () => {
      const header = lines.map((line) => `Content-Type: ${line}`)
      const events = connect('/raw', { header, body: 'data: a\n\n', end: opens ? 'hold' : 'close' })
      await Promise.race([next(source, 'message'), next(source, 'error')])
      const accepted = expectedIn(page, opens, [
        {
          of: 'native',
          engines: lines.at(-1) === 'text/event-stream' ? [] : ['webkit'],
          expected: false,
          why: 'WebKit compares the combined value as a whole',
        },
      ])
      assert.deepEqual(events, accepted ? ['open (1)', 'message "a" (1)'] : ['error (2)'])
    })
  }

  it('reads UTF-8, whatever charset the content type names [spec 36]', async () => {
    const type = 'text/event-stream; charset=windows-1251'
    const events = connect('/raw', { type, body: 'data: …\n\n', end: 'hold' })
    await Promise.race([next(source, 'message'), next(source, 'error')])
    const expected = expectedIn(page, ['open (1)', 'message "…" (1)'], [
      {
        of: 'native',
        engines: ['chromium'],
        expected: ['error (2)'],
        why: 'Chromium refuses every charset but UTF-8',
      },
    ])
    assert.deepEqual(events, expected)
  })

  it('opens when the headers have come, before any byte of the body [spec 37]', async () => {
    const events = connect('/raw', { body: '', end: 'hold' })
    await Promise.race([next(source, 'open'), milliseconds(1_000)])
    const expected = expectedIn(page, ['open (1)'], [
      {
        engines: ['firefox'],
        expected: [],
        why: 'DIFFERENCE: Firefox waits for the first byte, in its class and in fetch',
      },
    ])
    assert.deepEqual(events, expected)
  })
}
