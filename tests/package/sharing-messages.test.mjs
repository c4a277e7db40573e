// @ts-check
/** What comes over the channel of sources that share a connection is checked like input from outside. */

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'

import { loadSharing, textOf } from './sharing/simulation.mjs'

/** @type {any} */
let sharing
before(async () => {
  sharing = await loadSharing()
})

const NOW = 1_700_000_000_000
const YEAR = 365 * 24 * 60 * 60 * 1_000

/** @param {unknown} data */
const read = (data) => sharing.readMessage(data, { now: NOW, isReason: (/** @type {string} */ reason) => `${reason}` === 'ended' })

const FAILURE = {
  reason: 'ended',
  status: undefined,
  error: undefined,
  attempt: 1,
  retryIn: 3000,
  url: 'https://a.test/',
  isCrossOrigin: false,
  sentLastEventId: true,
}

const STANDING = { reconnectionTime: 500, losses: 2, failures: 1, lastDelay: 600 }

/** One of each kind. */
const MESSAGES = {
  hello: { type: 'hello', from: 'a', asks: true },
  state: {
    type: 'state',
    from: 'a',
    epoch: NOW,
    count: 0,
    lastEventId: 'ä 1',
    isExact: true,
    isOpen: true,
    time: 3000,
    standing: { reconnectionTime: null, losses: 0, failures: 0, lastDelay: null },
    delay: 0,
    isVisible: true,
    isLocked: false,
  },
  batch: {
    type: 'batch',
    from: 'a',
    epoch: NOW,
    count: 1,
    messages: textOf([{ id: '1', data: 'a\nb' }, { id: '1', data: '' }]),
    remarks: ' a comment\r\n\n',
    origin: 'https://a.test',
    times: [3000, 100],
  },
  loss: { type: 'loss', from: 'a', epoch: NOW, failure: FAILURE, isComplete: false, standing: STANDING },
  leave: { type: 'leave', from: 'a', heir: '' },
  end: { type: 'end', from: 'a' },
}

describe('a message', () => {
  for (const [type, message] of Object.entries(MESSAGES)) {
    it(`of the type ${type} is taken as it is, if it has all of its members`, () => {
      assert.equal(read(message), message)
      for (const name of Object.keys(message)) {
        const { [name]: _, ...rest } = /** @type {Record<string, unknown>} */ (message)
        assert.equal(read(rest), undefined, name)
        // A type that none of them has.
        assert.equal(read({ ...message, [name]: Symbol.iterator }), undefined, name)
        assert.equal(read({ ...message, [name]: { length: 1 } }), undefined, name)
      }
    })
  }

  it('is an object of a type that there is', () => {
    for (const data of [undefined, null, 1, 'hello', [], {}, { type: 'toString', from: 'a' }, { type: '__proto__', from: 'a' }, { type: ['end'], from: 'a' }]) {
      assert.equal(read(data), undefined)
    }
  })

  it('is of a member with an ID', () => {
    for (const from of ['', 'x'.repeat(33), 1]) assert.equal(read({ ...MESSAGES.end, from }), undefined)
    assert.ok(read({ ...MESSAGES.end, from: 'x'.repeat(32) }))
  })

  it('is of no time far in the future, after which nobody could lead any more', () => {
    for (const epoch of [NOW + YEAR + 1, Infinity, NaN, -1, 1.5, '1', Number.MAX_SAFE_INTEGER]) {
      assert.equal(read({ ...MESSAGES.state, epoch }), undefined)
      assert.equal(read({ ...MESSAGES.batch, epoch }), undefined)
      assert.equal(read({ ...MESSAGES.loss, epoch }), undefined)
    }
    assert.ok(read({ ...MESSAGES.state, epoch: NOW + YEAR }))
  })

  it('has no ID that no stream could have sent', () => {
    for (const lastEventId of ['a\nb', 'a\rb', 'a\0']) assert.equal(read({ ...MESSAGES.state, lastEventId }), undefined)
  })

  it('has numbers that can be what they are for', () => {
    const changes = [
      ...['1', -1, NaN, Infinity, undefined].map((time) => ({ reconnectionTime: time })),
      ...['1', -1, 0.5, Infinity, undefined, null].map((losses) => ({ losses })),
      ...['1', -1, 0.5, Infinity, undefined, null].map((failures) => ({ failures })),
      ...['1', -1, NaN, Infinity, undefined].map((lastDelay) => ({ lastDelay })),
    ]
    for (const standing of [[], 'abcd', null, ...changes.map((change) => ({ ...STANDING, ...change }))]) {
      assert.equal(read({ ...MESSAGES.state, standing }), undefined)
      assert.equal(read({ ...MESSAGES.loss, standing }), undefined)
    }
    for (const time of [-1, NaN, Infinity, '1', null]) {
      assert.equal(read({ ...MESSAGES.state, time }), undefined)
      assert.equal(read({ ...MESSAGES.state, delay: time }), undefined)
      assert.equal(read({ ...MESSAGES.batch, times: time }), undefined)
      assert.equal(read({ ...MESSAGES.batch, times: [time, 1] }), undefined)
    }
    for (const count of [-1, 0.5, '1']) assert.equal(read({ ...MESSAGES.batch, count }), undefined)
  })

  it('has a text that messages can be cut from', () => {
    for (const messages of ['a', 'a\r', 'a\rb\rc\r', 'a\r\rb', '\r\r\r', 'a\r\r\n']) {
      assert.equal(read({ ...MESSAGES.batch, messages, remarks: '', times: 1 }), undefined, JSON.stringify(messages))
    }
    for (const messages of ['', '\r\r', 'a\r\n1\r']) {
      assert.ok(read({ ...MESSAGES.batch, messages, remarks: '', times: 1 }), JSON.stringify(messages))
    }
    // As many messages between comments as there are, and as many times.
    for (const remarks of ['\n', '\n\n\n', 'a\r']) assert.equal(read({ ...MESSAGES.batch, remarks }), undefined)
    for (const times of [[], [1], [1, 2, 3]]) assert.equal(read({ ...MESSAGES.batch, times }), undefined)
  })

  it('tells of a loss that there can be', () => {
    for (const wrong of [
      ...[{ reason: 'forged' }, { reason: 1 }, { reason: ['ended'] }, { status: 'a' }, { error: {} }, { attempt: -1 }, { attempt: undefined }],
      ...[{ retryIn: -1 }, { retryIn: undefined }, { url: 1 }, { isCrossOrigin: 1 }, { sentLastEventId: 'a' }],
    ]) {
      assert.equal(read({ ...MESSAGES.loss, failure: { ...FAILURE, ...wrong } }), undefined, JSON.stringify(wrong))
    }
    assert.ok(read({ ...MESSAGES.loss, failure: { reason: 'ended', attempt: 1, retryIn: null } }))
  })
})

describe('deadlines', () => {
  it('are taken when they have come, the earliest first, and once', () => {
    /** @type {number[]} */
    const timers = []
    const deadlines = new sharing.Deadlines((/** @type {number} */ at) => timers.push(at))
    deadlines.set('b', 20)
    deadlines.set('a', 10)
    deadlines.set('c', 30)
    // What is put off does not set the timer anew.
    deadlines.set('a', 12)
    assert.deepEqual(timers, [20, 10])
    assert.deepEqual(deadlines.take(10), [])
    assert.equal(timers.at(-1), 12)
    assert.deepEqual(deadlines.take(25), ['a', 'b'])
    assert.equal(timers.at(-1), 30)
    deadlines.delete('c')
    assert.deepEqual(deadlines.take(40), [])
  })
})

describe('peers', () => {
  it('are those that were heard of last, 256 of them', () => {
    const peers = new sharing.Peers()
    assert.equal(peers.areThere, false)
    assert.equal(peers.last, '')
    for (let index = 0; index < 300; index++) peers.add(`m${index}`)
    peers.add('m100')
    const least = new sharing.Peers()
    for (let index = 0; index < 256; index++) least.add(`m${index}`)
    for (let index = 1; index < 256; index++) least.delete(`m${index}`)
    assert.equal(least.last, 'm0')
    assert.equal(peers.last, 'm100')
    for (let index = 0; index < 300; index++) {
      if (index < 44) continue
      peers.delete(`m${index}`)
    }
    assert.equal(peers.areThere, false)
  })
})
