// @ts-check
/** Decoders that are fed in turns: none is to see anything of another one's stream. */

import assert from 'node:assert/strict'
import { it } from 'node:test'

import fc from 'fast-check'

/** A path that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/index.js'
const { EventStreamDecoder } = await import(PACKAGE)

const encoder = new TextEncoder()
const text = (/** @type {string} */ text) => [...encoder.encode(text)]

/** The bytes of a value: ASCII or not, long or not, and now and then malformed at its end. */
const value = fc
  .tuple(
    fc.constantFrom('', 'a', 'é', '語', '🦀', 'a é 語 🦀', '\uFEFF'),
    fc.constantFrom(0, 1, 70, 5_000, 16_380, 16_384, 20_000),
    fc.constantFrom('', 'z', 'ß'),
    fc.constantFrom([], [0xc3], [0xe8, 0xaa], [0xf0, 0x9f, 0x98], [0xf0, 0x9f, 0x98, 0xc3], [0x80], [0xff]),
  )
  .map(([start, length, end, malformed]) => [...text(start + 'x'.repeat(length) + end), ...malformed])

/** A line, with the place behind its value, where a chunk may end as well as anywhere. */
const line = fc.oneof(
  { weight: 4, arbitrary: value.map((value) => ({ bytes: [...text('data: '), ...value], end: [10] })) },
  { weight: 1, arbitrary: value.map((value) => ({ bytes: [...text('id: '), ...value], end: [10] })) },
  { weight: 1, arbitrary: value.map((value) => ({ bytes: [...text('event: '), ...value], end: [10] })) },
  { weight: 3, arbitrary: fc.constant({ bytes: [10], end: [] }) },
)

/** The chunks of a stream, cut behind values and anywhere else. */
const feed = fc
  .tuple(fc.array(fc.tuple(line, fc.boolean()), { minLength: 1, maxLength: 8 }), fc.array(fc.nat(), { maxLength: 4 }))
  .map(([lines, cuts]) => {
    /** @type {number[]} */
    const bytes = []
    /** @type {number[]} */
    const places = []
    for (const [line, isCut] of lines) {
      bytes.push(...line.bytes)
      if (isCut) places.push(bytes.length)
      bytes.push(...line.end)
    }
    bytes.push(10, 10)
    places.push(...cuts.map((cut) => cut % bytes.length), bytes.length)
    places.sort((a, b) => a - b)
    const stream = Uint8Array.from(bytes)
    return places.map((end, index) => stream.subarray(places[index - 1] ?? 0, end))
  })

it('decodes streams in turns as it decodes them one after the other', () => {
  fc.assert(
    fc.property(fc.array(feed, { minLength: 2, maxLength: 4 }), fc.infiniteStream(fc.nat(3)), (feeds, turns) => {
      const decodersOf = () => feeds.map(() => new EventStreamDecoder())
      const alone = decodersOf().map((decoder, index) =>
        feeds[index]?.flatMap((chunk) => decoder.decode(chunk)),
      )
      const inTurns = feeds.map(() => /** @type {unknown[]} */ ([]))
      const decoders = decodersOf()
      const left = feeds.map((chunks) => [...chunks])
      while (left.some((chunks) => chunks.length > 0)) {
        const index = turns.next().value % feeds.length
        const chunk = left[index]?.shift()
        if (chunk !== undefined) inTurns[index]?.push(...decoders[index].decode(chunk))
      }
      assert.deepEqual(inTurns, alone)
    }),
    { numRuns: 300 },
  )
})

it('decodes each of them as a decoder of the standard library does', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 6 }), (values) => {
      const decoders = values.map(() => new EventStreamDecoder())
      for (const part of ['data', 'blank line']) {
        values.forEach((value, index) => {
          const bytes = part === 'data' ? [...text('data: '), ...value] : [10, 10]
          const events = decoders[index].decode(Uint8Array.from(bytes))
          if (part === 'data') return assert.deepEqual(events, [])
          const data = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(value))
          assert.deepEqual(events, [{ type: 'message', data, lastEventId: '' }])
        })
      }
    }),
    { numRuns: 300 },
  )
})
