// @ts-check
/** `wasm-eventsource/eventsource-parser` beside the real package: the same input, the same calls. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { createParser as createTheirs, ParseError as TheirError } from 'eventsource-parser'
import fc from 'fast-check'

/** A path that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/eventsource-parser.js'
const { createParser: createOurs, ParseError: OurError } = await import(PACKAGE)

const vectors = JSON.parse(readFileSync(new URL('../vectors.json', import.meta.url), 'utf8'))

/**
 * What a parser calls back, in order, and what it throws.
 * @param {any} create
 * @param {(parser: any) => void} use
 * @param {object} [config]
 */
function callsOf(create, use, config) {
  /** @type {unknown[][]} */
  const calls = []
  /** @type {(name: string) => (value: unknown) => void} */
  const record = (name) => (value) => calls.push([name, value])
  const parser = create({
    onEvent: (/** @type {any} */ { id, event, data }) => calls.push(['event', id, event, data]),
    onId: record('id'),
    onRetry: record('retry'),
    onComment: record('comment'),
    onError: (/** @type {any} */ { name, type, field, value, line, message }) =>
      calls.push(['error', name, type, field, value, line, type.startsWith('max') || message]),
    ...config,
  })
  try {
    use(parser)
  } catch (error) {
    calls.push(['throws', /** @type {Error} */ (error).name])
  }
  return calls
}

/**
 * Both parsers call back the same.
 * @param {(parser: any) => void} use
 * @param {object} [config]
 */
function assertSame(use, config) {
  const ours = callsOf(createOurs, use, config)
  assert.deepEqual(ours, callsOf(createTheirs, use, config))
  return ours
}

/** @param {string[]} pieces */
const feed = (...pieces) => (/** @type {any} */ parser) => pieces.forEach((piece) => parser.feed(piece))

/**
 * The text, cut at these places.
 * @param {string} text
 * @param {number[]} places
 */
function cut(text, places) {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length]
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end))
}

const word = fc.constantFrom('', ' ', 'a', 'x y', '7', '12', '0', '+5', '-1', '1e3', '€', '🐳', ':', '\0', '\uFEFF', 'data')
const name = fc.constantFrom('data', 'event', 'id', 'retry', '', 'dat', 'datas', 'Data', ' data', 'unknown', 'a field of more than twenty characters')
const separator = fc.constantFrom(':', ': ', ':  ', '')
const line = fc.tuple(name, separator, word, word).map(([name, separator, a, b]) => name + (separator && separator + a + b))
const end = fc.constantFrom('\n', '\n', '\r', '\r\n')
const stream = fc
  .tuple(
    fc.constantFrom('', '', '\uFEFF', '\uFEFF\uFEFF'),
    fc.array(fc.oneof(fc.tuple(line, end), fc.tuple(fc.constant(''), end)), { maxLength: 30 }),
    line,
  )
  .map(([start, lines, rest]) => start + lines.map((pair) => pair.join('')).join('') + rest)

/**
 * All calls but those for unknown fields, which the real one makes only where it sees the whole line.
 * @param {unknown[][]} calls
 */
const withoutUnknown = (calls) => calls.filter(([, , type]) => type !== 'unknown-field')

describe('createParser', () => {
  it('calls back as the real one does, for any stream in one piece', () => {
    fc.assert(
      fc.property(stream, (text) => void assertSame(feed(text))),
      { numRuns: 3_000 },
    )
  })

  it('calls back as the real one does, for any stream cut anywhere', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(500), { maxLength: 8 }), (text, places) => {
        const use = feed(...cut(text, places))
        assert.deepEqual(
          withoutUnknown(callsOf(createOurs, use)),
          withoutUnknown(callsOf(createTheirs, use)),
        )
      }),
      { numRuns: 3_000 },
    )
  })

  it('calls back as the real one does without callbacks, and for the vectors', () => {
    for (const { stream, hex } of vectors) {
      const text = stream ?? Buffer.from(hex, 'hex').toString('utf8')
      assertSame(feed(text))
      const use = feed(...text)
      assert.deepEqual(
        withoutUnknown(callsOf(createOurs, use)),
        withoutUnknown(callsOf(createTheirs, use)),
      )
      assertSame(feed(text), { onId: undefined, onRetry: undefined, onComment: undefined, onError: undefined })
    }
  })

  it('gives messages the same members', () => {
    for (const text of ['data: a\n\n', 'id\nevent: message\ndata: b\n\n', 'id: 1\n\ndata: c\n\n']) {
      /** @type {unknown[]} */
      const [ours, theirs] = [createOurs, createTheirs].map((create) => {
        /** @type {unknown[]} */
        const events = []
        create({ onEvent: (/** @type {unknown} */ event) => events.push(event) }).feed(text)
        return events
      })
      assert.deepEqual(ours, theirs)
    }
  })

  it('resets as the real one does', () => {
    assertSame((parser) => {
      parser.feed('id: 1\nevent: x\ndata: a')
      parser.reset()
      parser.feed('\uFEFFdata: b\n\n')
    })
    for (const rest of ['retry: 5', ': comment', 'data: a', 'id: 1', 'retry: x', '']) {
      assertSame((parser) => {
        parser.feed(`data: before\n${rest}`)
        parser.reset({ consume: true })
        parser.feed('data: b\n\n')
      })
    }
  })

  it('refuses a function, as the real one does', () => {
    assert.throws(() => createOurs(() => {}), { name: 'TypeError', message: /createParser\(\{ onEvent/ })
  })

  it('stops where maxBufferSize is exceeded, until it is reset', () => {
    for (const use of [feed('data: 1234567890123\ndata: 1234567'), feed('data: 1234', '56', '789012345678')]) {
      assertSame((parser) => {
        use(parser)
        parser.feed('data: b\n\n')
      }, { maxBufferSize: 16 })
      assertSame((parser) => {
        use(parser)
        parser.reset()
        parser.feed('data: b\n\n')
      }, { maxBufferSize: 16 })
    }
  })

  it('has errors like those of the real one', () => {
    const options = { type: /** @type {const} */ ('unknown-field'), field: 'a', value: 'b', line: 'a: b' }
    const [ours, theirs] = [new OurError('m', options), new TheirError('m', options)]
    assert.deepEqual({ ...ours }, { ...theirs })
    assert.equal(ours.message, theirs.message)
    assert.ok(ours instanceof Error)
  })

  it('keeps a character whole whose two halves come in two pieces', () => {
    assertSame(feed('data: \uD83D', '\uDC33\n\n'))
    assertSame(feed('data: \uD83D', '', '\uDC33\n\n'))
  })

  describe('where it differs', () => {
    it('a lone surrogate becomes U+FFFD, as in any text that came over a network', () => {
      assert.deepEqual(callsOf(createOurs, feed('data: \uD83D', 'a\uDC33\n\n')), [
        ['event', undefined, undefined, '\uFFFDa\uFFFD'],
      ])
    })

    it('tells of an unknown field wherever it is cut', () => {
      const use = feed('unk', 'nown: a\n')
      assert.equal(callsOf(createTheirs, use).length, 0)
      assert.equal(callsOf(createOurs, use)[0]?.[2], 'unknown-field')
    })

    it('tells of an unfinished unknown field that is consumed', () => {
      const use = (/** @type {any} */ parser) => {
        parser.feed('{"error": 1}')
        parser.reset({ consume: true })
      }
      assert.deepEqual(callsOf(createTheirs, use), [])
      assert.deepEqual(callsOf(createOurs, use)[0]?.slice(0, 3), ['error', 'ParseError', 'unknown-field'])
    })

    it('does not take the three bytes of a byte order mark, each made a character, for one', () => {
      const use = feed('\xEF\xBB\xBFdata: a\n\n')
      assert.equal(callsOf(createTheirs, use)[0]?.[0], 'event')
      assert.equal(callsOf(createOurs, use)[0]?.[0], 'error')
    })

    it('maxBufferSize counts bytes, and events that come in one piece', () => {
      const use = feed('data: 1234567890\n\n')
      const config = { maxBufferSize: 5 }
      assert.equal(callsOf(createTheirs, use, config)[0]?.[0], 'event')
      assert.equal(callsOf(createOurs, use, config)[0]?.[2], 'max-buffer-size-exceeded')
      assert.equal(callsOf(createOurs, feed('data: €€'), config)[0]?.[2], 'max-buffer-size-exceeded')
    })

    it('is as good as new for the next piece after a callback has thrown', () => {
      const use = (/** @type {any} */ create) => {
        /** @type {string[]} */
        const seen = []
        const parser = create({
          onEvent: (/** @type {any} */ { data }) => {
            seen.push(data)
            if (data === 'a') throw new Error('mine')
          },
        })
        assert.throws(() => parser.feed('data: a\n\n'), { message: 'mine' })
        parser.feed('data: b\n\n')
        return seen
      }
      assert.deepEqual(use(createOurs), ['a', 'b'])
    })
  })
})
