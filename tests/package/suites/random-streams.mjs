/**
 * Streams that are put together at random, cut anywhere: the class and the browser's own dispatch
 * the same events. The streams depend on the seed alone, so a failure can be repeated.
 */

import { assert } from '/node_modules/chai/index.js'
import { address, next, toHex } from './support.mjs'

const SEED = 92
const STREAMS = 300
/** Browsers open six connections to a server; each stream takes two. */
const AT_ONCE = 3

// What is there more than once comes more often.
const NAMES = [
  ...['', 'data', 'data', 'data', 'data', 'data', 'id', 'id', 'id', 'event', 'event', 'retry', 'foo'],
  ...['dat', 'datax', 'DATA', ' data', 'data ', '\0data', 'data\0', 'ids', 'é', '\uFEFF', '\uFEFFdata'],
]
const COLONS = ['', ':', ':', ':', ': ', ': ', ': ', ':  ', ' :', ':\t', '::', ': :']
const VALUES = [
  ...['', 'a', 'b', 'b c ', 'data: d', ' ', ':', '\t', '0', '1', '2', '0042', '+5', '-5', '1.5', '1e3'],
  ...['\0', 'a\0', '\0b', '\v\f\x1E\x7F', '\x85', '\u2028', 'é', '…', '\u{1F600}', '\uFEFF'],
  // Malformed UTF-8: cut off, alone, overlong, a surrogate, too large, never used.
  ...[[0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0x80], [0xc0, 0x8a], [0xed, 0xa0, 0x80]],
  ...[[0xf4, 0x90, 0x80, 0x80], [0xff]],
]
const ENDS = [
  ...['', '\n', '\n', '\n', '\r', '\r', '\r\n', '\r\n', '\n\n', '\n\n', '\r\r', '\r\r'],
  ...['\r\n\r\n', '\r\n\r\n', '\n\r', '\r\n\n', '\r\n\r', '\n\r\n', '\r\r\n', '\n\n\n'],
]

export default function ({ EventSource, engine }) {
  const Native = EventSource.native ?? globalThis.EventSource

  // The other engines depart from the standard in what these streams are full of: see the vectors.
  if (engine !== 'chromium') return

  it(`dispatch the same events as those of the browser (seed ${SEED}) [spec 50, 91, 102, 103, 105, 110, 113, 117]`, async function () {
    this.timeout(60_000)
    assert.notEqual(EventSource, Native)
    const random = mulberry32(SEED)
    let dispatched = 0
    for (let number = 0; number < STREAMS; number += AT_ONCE) {
      const streams = Array.from({ length: AT_ONCE }, () => randomStream(random))
      await Promise.all(
        streams.map(async ({ bytes, every }, index) => {
          const url = address('/raw', { hex: toHex(bytes), pause: 0, ...(every && { every }) })
          const types = typesOf(bytes)
          const [ours, theirs] = await Promise.all([
            eventsOf(EventSource, url, types),
            eventsOf(Native, url, types),
          ])
          assert.deepEqual(ours, theirs, `stream ${number + index}: ${url}`)
          dispatched += theirs.length
        }),
      )
    }
    assert.isAbove(dispatched, STREAMS / 2, 'most streams dispatch something')
  })
}

/** The events of a stream up to its end. */
async function eventsOf(EventSource, url, types) {
  const source = new EventSource(url)
  const events = []
  for (const type of types) {
    source.addEventListener(type, ({ type, data, lastEventId }) => {
      if (data !== undefined) events.push([type, data, lastEventId])
    })
  }
  let event
  do event = await next(source, 'error')
  while (event.data !== undefined)
  source.close()
  return events
}

/** Every type that the stream can possibly name, and more. */
function typesOf(bytes) {
  const text = new TextDecoder().decode(bytes)
  const types = new Set(['message'])
  for (const [, value] of text.matchAll(/event:([^\r\n]*)/g)) {
    types.add(value)
    types.add(value.replace(/^ /, ''))
  }
  return types
}

function randomStream(random) {
  const pick = (list) => list[Math.floor(random() * list.length)]
  // Chromium takes a line end right after a byte order mark for text, so there is a line between.
  const parts = random() < 0.25 ? ['\uFEFF', ': a byte order mark\n'] : []
  for (let lines = Math.floor(random() * 12); lines > 0; lines--) {
    parts.push(pick(NAMES), pick(COLONS), pick(VALUES), pick(ENDS))
  }
  const encoder = new TextEncoder()
  const bytes = parts.flatMap((part) => [...(typeof part === 'string' ? encoder.encode(part) : part)])
  return { bytes: Uint8Array.from(bytes), every: Math.floor(random() * 8) }
}

/** A generator of numbers from 0 to 1 with 32 bits of state. */
function mulberry32(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
