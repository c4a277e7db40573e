// @ts-check
/**
 * One member that reads over a connection of its own while another one leads: to catch up with the others, or to
 * lead in its place; and what it does about messages that it has received before.
 */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { FAILURE, UNIX_TIME, at, batchOf, followerOf, heard, lossOf, readerOf, seenOf, sharing, stateOf } from './sharing/one-member.mjs'
import { textOf } from './sharing/simulation.mjs'

describe('a member that reads alone', () => {
  it('goes on with what it has heard, once it has come to that', () => {
    const { member, did, posted, receive } = readerOf()
    const before = posted.length
    member.receive(heard(3, batchOf(3)), 30)
    receive(40, batchOf(1))
    assert.deepEqual(did(), ['m1'])
    receive(50, batchOf(2))
    assert.deepEqual(did(), ['m2', 'disconnects', 'm3'])
    assert.equal(posted.length, before, 'it has told nobody of what was its own')
  })

  it('waits for nothing before its first request, which others have to wait for', () => {
    const { member, did } = followerOf({ place: at(0) }, { isOpen: false, delay: 500 })
    member.receive(heard(2, batchOf(2)), 20)
    assert.deepEqual(did(), ['connects behind 0'])
  })

  it('does not go on with what it has heard before it missed something', () => {
    const one = readerOf()
    one.member.receive(heard(4, batchOf(4)), 30)
    one.receive(40, batchOf(1, 2))
    assert.deepEqual(one.did(), ['m1', 'm2'], 'the third is missing')
    one.receive(50, batchOf(3, 4))
    assert.deepEqual(one.did(), ['m3', 'm4', 'disconnects'])

    const other = readerOf()
    other.member.receive(stateOf({ count: 3, ...at(3) }), 30)
    other.receive(40, batchOf(1, 2))
    assert.deepEqual(other.did(), ['m1', 'm2'])
    other.receive(50, batchOf(3))
    assert.deepEqual(other.did(), ['m3', 'disconnects'])
  })

  it('reads as slowly as its loops want, over the connection that it has', () => {
    const one = readerOf()
    one.state.waiting = sharing.CAPACITY + 1
    one.receive(30, batchOf(1))
    assert.deepEqual(one.did(), ['m1'])
    assert.equal(one.state.isHeldBack, true)
    one.receive(40, batchOf(2))
    assert.deepEqual(one.did(), ['m2'], 'it is in no hurry to hear again')
  })

  it('keeps to its connection when another one leads, and when it leads itself', () => {
    const one = readerOf()
    one.member.handleOpen(30)
    one.receive(35, batchOf(1))
    one.did()
    one.member.receive(stateOf({ from: 'z', epoch: UNIX_TIME + 1, ...at(5) }), 40)
    assert.deepEqual(one.did(), ['is there'])
    one.member.receive({ type: 'leave', from: 'z', heir: 'm' }, 50)
    assert.deepEqual(one.did(), ['state'])
    assert.deepEqual([one.posted.at(-1).isOpen, one.posted.at(-1).lastEventId], [true, '1'])
    one.receive(60, batchOf(2))
    assert.deepEqual(one.did(), ['batch 1', 'm2'])
  })

  it('is slow, hears on, and leaves the lead to others', () => {
    const one = followerOf({ place: at(0) }, { isLocked: true })
    one.state.waiting = sharing.CAPACITY + 1
    one.member.receive(heard(1, batchOf(1)), 20)
    assert.deepEqual(one.did(), ['m1', 'connects behind 1'])
    assert.equal(one.state.isHeldBack, true)
    one.member.receive({ type: 'leave', from: 'leader', heir: 'm' }, 30)
    one.member.tick(60_000)
    assert.deepEqual(one.did(), [])
    one.member.handleLock('leader', 60_000)
    assert.deepEqual(one.did(), [])
    assert.equal(one.state.watched, '')
    one.state.waiting = 0
    one.member.handleDrained(60_000)
    assert.deepEqual(one.did(), ['asks', 'disconnects'], 'there is nothing that it has missed')
    assert.equal(one.state.isHeldBack, false)
  })

  it('is told no more of the connection of the others', () => {
    const { member, did } = readerOf()
    member.receive(lossOf(FAILURE), 30)
    assert.deepEqual(did(), [])
    member.receive(stateOf({ count: 2, isOpen: true }), 40)
    assert.deepEqual(did(), [])
  })
})

describe('a member that has received before what comes', () => {
  it('follows one that is not as far, and drops what comes once more', () => {
    const { member, did } = followerOf({ place: at(5) }, { ...at(5) })
    member.receive(heard(1, batchOf(6, 7, 8)), 20)
    member.receive(stateOf({ from: 'z', epoch: UNIX_TIME + 1, ...at(5) }), 30)
    assert.deepEqual(did(), ['m6', 'm7', 'm8', 'is there'])
    const next = { from: 'z', epoch: UNIX_TIME + 1 }
    // The comment comes before a message that is dropped.
    member.receive(heard(1, { ...batchOf(6, 7), remarks: 'a\r\n\n' }, next), 40)
    assert.deepEqual(did(), [])
    member.receive(heard(2, batchOf(8), next), 50)
    assert.deepEqual(did(), [])
    member.receive(heard(3, { messages: '', remarks: 'b\r' }, next), 60)
    assert.deepEqual(did(), ['b'], 'nothing is repeated any more')
    member.receive(heard(4, batchOf(9), next), 70)
    assert.deepEqual(did(), ['m9'])
  })

  it('knows it again when it joins again', () => {
    const { member, did } = followerOf({ place: at(7), seen: seenOf(5, 6, 7) }, { ...at(6) })
    member.receive(heard(1, batchOf(7, 8)), 20)
    assert.deepEqual(did(), ['m8'])
  })

  it('takes an ID that the server gives a second time for that of another message', () => {
    const { member, did } = followerOf({ place: at(7), seen: seenOf(5, 6, 7) }, { ...at(6) })
    member.receive(heard(1, batchOf(5)), 20)
    assert.deepEqual(did(), ['m5'])
  })

  it('goes on from where it is, though that was in a message too long to be kept', () => {
    const { member, did } = followerOf({ place: at(0) })
    const messages = textOf([{ id: '1', data: 'x'.repeat(300 * 1024) }])
    member.receive(heard(1, { messages, remarks: '' }), 20)
    did()
    member.receive(stateOf({ from: 'z', epoch: UNIX_TIME + 1, ...at(1) }), 30)
    assert.deepEqual(did(), ['is there'])
  })

  it('counts no loss any more once a message has come over the channel, which a comment is not', () => {
    for (const [text, losses] of /** @type {const} */ ([[batchOf(1), 0], [{ messages: '', remarks: 'a\r' }, 2]])) {
      const standing = { reconnectionTime: 7, losses: 2, failures: 1, lastDelay: 9 }
      const { member, posted } = followerOf({}, { standing, isLocked: true })
      member.receive(heard(1, text), 20)
      member.handleLock('leader', 30)
      assert.deepEqual([posted.at(-1).standing.losses, posted.at(-1).standing.reconnectionTime], [losses, 7])
    }
  })
})

describe('a member that is visible, of one that leads and is hidden', () => {
  /** @param {object} [members] */
  const behindHidden = (members) => followerOf({}, { isVisible: false, ...members })

  it('tries to lead after a while, and leads once that has succeeded', () => {
    const { member, did, posted, receive } = behindHidden()
    member.receive(stateOf({ isVisible: false }), 4_000)
    member.tick(5_009)
    assert.deepEqual(did(), [])
    member.tick(5_010)
    assert.deepEqual(did(), ['connects behind 0'])
    member.receive(heard(1, batchOf(1)), 5_015)
    assert.deepEqual(did(), ['m1'])
    assert.equal(member.isLeading, false)
    member.handleOpen(5_020)
    assert.equal(member.isLeading, true)
    assert.deepEqual(did(), ['state'])
    // From where it has asked, for those that are behind it.
    const { isOpen, lastEventId, isVisible } = posted.at(-1)
    assert.deepEqual([isOpen, lastEventId, isVisible], [true, '0', true])
    receive(5_030, batchOf(1, 2))
    assert.deepEqual(did(), ['batch 1', 'm2'], 'the first has come before')
  })

  it('gives that up where it has to lead at once, or has missed something', () => {
    const one = behindHidden({ isLocked: true })
    one.member.tick(5_010)
    one.did()
    one.member.handleLock('leader', 5_015)
    assert.deepEqual(one.did(), ['disconnects', 'state', 'connects behind 0'])

    const other = behindHidden()
    other.member.tick(5_010)
    other.did()
    other.member.receive(stateOf({ count: 1, ...at(1), isVisible: false }), 5_015)
    assert.deepEqual(other.did(), ['disconnects', 'connects behind 0'])
  })

  it('gives that up where its loops are too slow', () => {
    const { member, did, state } = behindHidden()
    member.tick(5_010)
    did()
    state.waiting = sharing.CAPACITY + 1
    member.receive(heard(1, batchOf(1)), 5_015)
    assert.deepEqual(did(), ['m1', 'disconnects', 'connects behind 1'])
    assert.equal(state.isHeldBack, true)
  })

  it('leaves it alone where it is shown again, is hidden itself, or has just come to lead', () => {
    for (const change of [
      (/** @type {any} */ { member }) => member.receive(stateOf({ isVisible: true }), 4_000),
      (/** @type {any} */ { member }) => {
        member.receive(stateOf({ isVisible: false }), 4_000)
        member.setVisible(false, 4_000)
      },
      (/** @type {any} */ { member }) => member.receive(stateOf({ from: 'z', epoch: UNIX_TIME + 1, isVisible: false }), 4_000),
    ]) {
      const one = behindHidden()
      change(one)
      one.did()
      one.member.tick(5_010)
      assert.deepEqual(one.did(), [])
    }
  })

  it('does not try where it reads alone, where the stream is not open, or where a gap would come of it', () => {
    const hidden = behindHidden({ isOpen: false })
    const inexact = behindHidden({ ...at(''), isExact: false })
    const reader = followerOf({ place: at(0) }, { isVisible: false })
    reader.member.receive(heard(2, batchOf(2)), 20)
    for (const one of [hidden, inexact, reader]) {
      one.did()
      one.member.tick(5_010)
      one.member.receive(stateOf({ isVisible: false, isOpen: one !== hidden, ...(one === reader ? { count: 2 } : {}), ...(one === inexact ? { ...at(''), isExact: false } : {}) }), 5_015)
      assert.deepEqual(one.did().filter((entry) => entry.startsWith('connects')), [])
    }
  })

  it('tries again after a minute where its connection fails', () => {
    const { member, did } = behindHidden()
    member.tick(5_010)
    did()
    member.handleLoss(FAILURE, false, 5_020)
    assert.deepEqual(did(), ['disconnects'])
    for (let now = 9_000; now < 65_020; now += 4_000) member.receive(stateOf({ isVisible: false }), now)
    member.tick(65_019)
    assert.deepEqual(did(), [])
    member.receive(stateOf({ isVisible: false }), 65_019)
    member.tick(65_020)
    assert.deepEqual(did(), ['connects behind 0'])
  })
})
