/** The last event ID: what the next request tells the server. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, requestsOf, uniqueKey } from './support.mjs'
import { expectedIn } from './variants.mjs'

export default function (page) {
  const { EventSource } = page
  let source
  afterEach(() => source?.close())

  /**
   * Reads the bodies, one a connection, until the server says 204.
   * Returns the `Last-Event-ID` of each request but the first, which has none, and the
   * `lastEventId` of each message.
   */
  async function idsOf(...body) {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, body: [`retry: 100\n${body[0]}`, ...body.slice(1), ''] }))
    const messages = []
    source.addEventListener('message', ({ lastEventId }) => messages.push(lastEventId))
    await eventually(() => source.readyState === 2, 15_000)
    const [first, ...requests] = (await requestsOf(key)).map(({ lastEventId }) => lastEventId)
    assert.equal(first, null)
    // The last two asked for the empty body and for the 204.
    assert.deepEqual(requests.at(-1), requests.at(-2))
    return { requests: requests.slice(0, -1), messages }
  }
  /** The UTF-8 bytes of a text, as the log shows them: a character each. */
  const bytes = (text) => String.fromCharCode(...new TextEncoder().encode(text))

  it('is that of the last event, and stays over events and connections without one [spec 75, 89, 91]', async () => {
    const { requests, messages } = await idsOf('data: 0\n\nid: 1\ndata: 1\n\ndata: 2\n\n', 'data: 3\n\n', 'id: 4\ndata: 4\n\n')
    assert.deepEqual(requests, ['1', '1', '4'])
    assert.deepEqual(messages, ['', '1', '1', '1', '4'])
  })

  it('is taken from an id without data, too [spec 90]', async () => {
    const { requests, messages } = await idsOf('id: 1\n\n', 'data: a\n\n')
    const expected = expectedIn(page, { requests: ['1', '1'], messages: ['1'] }, [
      {
        of: 'native',
        engines: ['firefox', 'webkit'],
        expected: { requests: [null, null], messages: [''] },
        why: 'they forget an ID without data',
      },
    ])
    assert.deepEqual({ requests, messages }, expected)
  })

  for (const [title, id] of [['id', 'id'], ['id:', 'id:'], ['id: with nothing but its space', 'id: ']]) {
    it(`is not sent again once “${title}” has emptied it [spec 92, 93]`, async () => {
      const { requests, messages } = await idsOf('id: 1\ndata: a\n\n', `${id}\ndata: b\n\n`, 'data: c\n\n')
      assert.deepEqual(requests, ['1', null, null])
      assert.deepEqual(messages, ['1', '', ''])
    })
  }

  it('is left alone by an id with NUL in it [spec 94]', async () => {
    const { requests, messages } = await idsOf('id: 1\ndata: a\n\nid: 2\0\ndata: b\n\nid: \x002\ndata: c\n\n')
    const expected = expectedIn(page, { requests: ['1'], messages: ['1', '1', '1'] }, [
      {
        of: 'native',
        engines: ['firefox'],
        expected: { requests: ['1'], messages: ['1'] },
        why: 'Firefox drops the field that follows, too: here the data',
      },
    ])
    assert.deepEqual({ requests, messages }, expected)
  })

  for (const id of ['…', 'ä', 'é\u0301', '日本', '🦀', '\u00a0', '\ufeff']) {
    const name = [...id].map((character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`)
    it(`is sent in UTF-8 if it is ${name.join(' ')} [spec 95, 98]`, async () => {
      const { requests, messages } = await idsOf(`id: ${id}\ndata: a\n\n`)
      assert.deepEqual(messages, [id])
      assert.deepEqual(
        requests,
        expectedIn(page, [bytes(id)], [
          {
            of: 'ours',
            engines: ['webkit'],
            expected: [bytes(bytes(id))],
            why: 'DIFFERENCE: WebKitGTK encodes the characters of a header, which are bytes, in UTF-8',
          },
        ]),
      )
    })
  }

  it('loses one space of the field, and those around it on the wire [spec 96]', async () => {
    const { requests, messages } = await idsOf('id:  x y  \ndata: a\n\n')
    assert.deepEqual(messages, [' x y  '])
    assert.deepEqual(requests, ['x y'])
  })

  it('is an empty header if it is only spaces [spec 96]', async () => {
    const { requests, messages } = await idsOf('id:   \ndata: a\n\n')
    assert.deepEqual(messages, ['  '])
    assert.deepEqual(requests, [''])
  })

  it('may have a tab within [spec 97]', async () => {
    const { requests, messages } = await idsOf('id: a\tb\ndata: a\n\n')
    assert.deepEqual(messages, ['a\tb'])
    assert.deepEqual(requests, ['a\tb'])
  })

  it('may be long [spec 91]', async () => {
    const id = 'x'.repeat(2_000)
    const { requests } = await idsOf(`id: ${id}\ndata: a\n\n`)
    assert.deepEqual(requests, [id])
  })
}
