// @ts-check
/** The corpora: that they are what they are said to be, whatever way they are cut. */

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { CORPORA, chunks, corpus, numberedEvent } from './corpora.mjs'

/**
 * The standard's rules, as far as the corpora need them.
 * @param {string} stream
 */
function interpret(stream) {
  const messages = []
  let lastEventId = ''
  let type = ''
  /** @type {string[]} */
  let data = []
  for (const line of stream.split(/\r\n|\n/)) {
    if (line === '' && data.length > 0) {
      messages.push({ type: type || 'message', data: data.join('\n'), lastEventId })
      type = ''
      data = []
    }
    const [, name, value] = /^(\w+): (.*)$/.exec(line) ?? []
    if (name === 'data') data.push(value)
    if (name === 'event') type = value
    if (name === 'id') lastEventId = value
  }
  return messages
}

for (const name of CORPORA) {
  test(`${name} has the messages that it is said to have`, () => {
    const { messages, events, type } = corpus(name)
    assert.equal(messages.length, events.length)
    assert.ok(messages.every((message) => message.type === type))
    assert.deepEqual(interpret(new TextDecoder().decode(corpus(name).bytes)), messages)
  })

  test(`${name} is the same bytes in chunks`, () => {
    const whole = corpus(name).bytes
    for (const cut of [1400, 16384, /** @type {const} */ ('event'), null]) {
      assert.ok(Buffer.concat(chunks(corpus(name), cut)).equals(whole), String(cut))
    }
  })
}

test('chunks are of the length that was asked for, but for the last', () => {
  const lengths = chunks(corpus('ticker'), 1400).map(({ length }) => length)
  assert.ok(lengths.slice(0, -1).every((length) => length === 1400))
})

test('a token is 190 bytes, a big event 8 kB, a line as long as it is to be', () => {
  assert.ok(corpus('token').events.every(({ length }) => length === 190))
  assert.ok(corpus('big').messages.every(({ data }) => data.length === 8192))
  assert.equal(corpus('line').messages[0].data.length, 8 * 1024 * 1024)
  assert.equal(corpus(1000).messages[0].data.length, 1000)
})

test('numbered events differ, and are wide where they are to be', () => {
  assert.notEqual(numberedEvent(1, false), numberedEvent(2, false))
  assert.match(numberedEvent(1, true), /[\u{100}-\u{10FFFF}]/u)
  assert.doesNotMatch(numberedEvent(1, false), /[\u{100}-\u{10FFFF}]/u)
})
