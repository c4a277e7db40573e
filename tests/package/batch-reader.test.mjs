// @ts-check
/** What the engine hands over, read in JavaScript: the messages that the oracle finds, on the host. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import fc from 'fast-check'

import { importSources } from './sources.mjs'

const { BatchReader, appendMessages, decodeBatch } = await importSources('decoding/batch-reader.ts', 'decoding/batch.ts')
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** How many bytes the engine looks at to tell whether a batch begins in ASCII. */
const LOOKED_AT = 64

/** @typedef {{ stream: Buffer, length: number }} Case */
/** @typedef {{ batches: Buffer[], messages: { type: string, data: string, lastEventId: string }[] }} Expected */

/**
 * What the host makes of streams in chunks.
 * @param {Case[]} cases
 * @returns {Expected[]}
 */
function askTheHost(cases) {
  const { status, stdout, stderr } = spawnSync('cargo', ['run', '--quiet', '--package', 'eventsource-batches'], {
    cwd: ROOT,
    encoding: 'utf8',
    input: cases.map(({ stream, length }) => `${JSON.stringify([stream.toString('hex'), length])}\n`).join(''),
    maxBuffer: 2 ** 30,
  })
  assert.equal(status, 0, stderr)
  const answers = stdout.trimEnd().split('\n').map((line) => JSON.parse(line))
  assert.equal(answers.length, cases.length)
  return answers.map(([batches, messages]) => ({
    batches: batches.map((/** @type {string} */ hex) => Buffer.from(hex, 'hex')),
    messages: messages.map((/** @type {string[]} */ [type, data, lastEventId]) => ({ type, data, lastEventId })),
  }))
}

/** A source: a reader, and what it has read. */
class Source {
  #reader = new BatchReader()
  /** @type {unknown[]} */
  messages = []

  /** @param {Buffer} batch */
  take(batch) {
    const beginsInAscii = batch.subarray(0, LOOKED_AT).every((byte) => byte < 0x80)
    appendMessages(this.#reader.read(new Uint8Array(batch), beginsInAscii), this.messages)
  }

  startStream() {
    this.#reader.startStream()
  }
}

/** @param {string} target */
function corpus(target) {
  const folder = `${ROOT}fuzz/corpus/${target}`
  return readdirSync(folder).sort().map((file) => readFileSync(`${folder}/${file}`))
}

/** @param {Buffer[]} streams @param {number[]} lengths */
const inChunks = (streams, lengths) => streams.flatMap((stream) => lengths.map((length) => ({ stream, length })))

/** Streams with long data and every kind of character, whole and cut, the same in each run. */
function randomStreams() {
  const piece = fc.constantFrom('a', 'é', '語', '🦀', '\n', '\n\n', '\r', '\r\n\r\n', 'data:', 'data: ', 'id: 1', 'id', 'event: t', ':', '\n\ndata: x\n\n')
  const bytes = fc.oneof(
    { weight: 9, arbitrary: piece.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('a', 'é', '語', '🦀'), fc.nat(20_000)).map(([text, count]) => Buffer.from(text.repeat(count))) },
  )
  const stream = fc.array(bytes, { maxLength: 40 }).map((parts) => Buffer.concat(parts))
  return fc.sample(stream, { numRuns: 400, seed: 92 })
}

/** @param {Case[]} cases */
function check(cases) {
  for (const [index, { batches, messages }] of askTheHost(cases).entries()) {
    const source = new Source()
    for (const batch of batches) source.take(batch)
    assert.deepEqual(source.messages, messages, `${JSON.stringify(cases[index]?.stream.toString('latin1').slice(0, 400))} in chunks of ${cases[index]?.length}`)
  }
}

describe('a batch that is read', () => {
  it('has the messages of the streams that fuzzing has found to matter', () => {
    const streams = ['event_stream', 'batch'].flatMap(corpus)
    assert.ok(streams.length > 50, `${streams.length} streams`)
    check(inChunks(streams, [1, 7, 16_384]))
  })

  it('has the messages of random streams, of long data, and of all characters', () => {
    check(inChunks(randomStreams(), [1_000, 16_384, 60_000]))
  })

  it('is that of one stream, however many are read at once', () => {
    const cases = inChunks(randomStreams(), [3_000])
    const expected = askTheHost(cases)
    for (let first = 0; first + 1 < expected.length; first += 2) {
      const pair = expected.slice(first, first + 2)
      const sources = pair.map(() => new Source())
      const most = Math.max(...pair.map(({ batches }) => batches.length))
      for (let number = 0; number < most; number += 1) {
        for (const [which, { batches }] of pair.entries()) {
          const batch = batches[number]
          if (batch !== undefined) sources[which]?.take(batch)
        }
      }
      for (const [which, { messages }] of pair.entries()) assert.deepEqual(sources[which]?.messages, messages)
    }
  })

  it('begins with what the batches before have left unfinished, behind finished messages or not', () => {
    const source = new Source()
    for (const text of ['a\r\rbe', 'gin', '', 'ning\r\rb', '\r\r', 'c\r\r']) source.take(Buffer.from(text))
    const messages = ['a', 'beginning', 'b', 'c'].map((data) => ({ type: 'message', data, lastEventId: '' }))
    assert.deepEqual(source.messages, messages)
  })

  it('has a byte order mark in its text', () => {
    const source = new Source()
    // With this its decoder is at the beginning of a text, where it might take one off.
    decodeBatch(Buffer.from('a'))
    source.take(Buffer.from(`\uFEFF${'a'.repeat(100)}\r\r`))
    assert.deepEqual(source.messages, [{ type: 'message', data: `\uFEFF${'a'.repeat(100)}`, lastEventId: '' }])
  })

  it('leaves nothing to another stream of a character that is cut off', () => {
    for (const cut of [[0xc3], [0xf0, 0x9f], [0xf0, 0x9f, 0x80]]) {
      const bytes = Uint8Array.from([...Buffer.from('\u00e9'.repeat(50)), ...cut])
      assert.equal(decodeBatch(bytes, true), `${'\u00e9'.repeat(50)}\uFFFD`)
      assert.equal(decodeBatch(Buffer.from('\u00e9'), true), '\u00e9')
    }
  })

  it('forgets what a stream has left unfinished when another one begins', () => {
    const source = new Source()
    source.take(Buffer.from('a\r\rbegin'))
    source.startStream()
    source.take(Buffer.from('b\rt\n7\r'))
    assert.deepEqual(source.messages, [
      { type: 'message', data: 'a', lastEventId: '' },
      { type: 't', data: 'b', lastEventId: '7' },
    ])
  })
})
