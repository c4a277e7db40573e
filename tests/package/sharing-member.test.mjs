// @ts-check
/**
 * The rules of one member, one by one: what it does about each thing that happens to it. What comes of them
 * among many members is in `sharing-rules.test.mjs` and `sharing-receivers.test.mjs`.
 */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  FAILURE,
  FINAL,
  UNIX_TIME,
  at,
  batchOf,
  followerOf,
  heard,
  leaderOf,
  lossOf,
  memberOf,
  readerOf,
  sharing,
  stateOf,
} from './sharing/one-member.mjs'

describe('a member that joins', () => {
  it('asks who leads, and leads where nobody answers', () => {
    const { member, did } = memberOf()
    assert.deepEqual(did(), ['asks'])
    member.tick(99)
    assert.deepEqual(did(), [])
    member.tick(100)
    assert.deepEqual(did(), ['state', 'connects behind nothing'])
    assert.equal(member.isLeading, true)
  })

  it('waits longer where somebody is known to lead, but not once it leads itself', () => {
    const { member, did } = memberOf()
    member.expectAnswer(50)
    member.tick(2_049)
    assert.deepEqual(did(), ['asks'])
    member.tick(2_050)
    assert.deepEqual(did(), ['state', 'connects behind nothing'])
    member.expectAnswer(2_100)
    member.tick(9_999)
    assert.deepEqual(did(), [])
  })

  it('lets the one with the lower ID go first, and answers the others that ask', () => {
    for (const [from, asks, expected] of /** @type {const} */ ([['a', true, []], ['z', true, ['is there']], ['z', false, []]])) {
      const { member, did } = memberOf()
      did()
      member.receive({ type: 'hello', from, asks }, 50)
      assert.deepEqual(did(), expected, from)
      member.tick(100)
      assert.deepEqual(did(), from === 'a' ? [] : ['state', 'connects behind nothing'])
      member.tick(550)
      assert.deepEqual(did(), from === 'a' ? ['state', 'connects behind nothing'] : [])
    }
  })

  it('does nothing about a lock, a batch, a loss or a farewell before it knows who leads', () => {
    const { member, did } = memberOf()
    did()
    member.handleLock('leader', 10)
    member.receive(heard(1, batchOf(1)), 10)
    member.receive(lossOf(FAILURE), 10)
    member.receive({ type: 'leave', from: 'leader', heir: 'm' }, 10)
    member.handleDrained(10)
    member.setStanding(sharing.freshStanding(7), 7, 10)
    assert.deepEqual(did(), [])
    assert.equal(member.isLeading, false)
    assert.equal(member.time, 3_000)
  })

  it('hears nothing of itself', () => {
    const { member, did } = leaderOf()
    member.receive({ type: 'hello', from: 'm', asks: true }, 200)
    assert.deepEqual(did(), [])
  })
})

describe('a member that leads', () => {
  it('answers who asks, and holds its lock as soon as there is somebody to hold it for', () => {
    const { member, did } = leaderOf()
    member.receive({ type: 'hello', from: 'z', asks: false }, 200)
    assert.deepEqual(did(), ['holds'])
    member.receive({ type: 'hello', from: 'z', asks: true }, 200)
    assert.deepEqual(did(), ['holds', 'state'])
    member.handleHold(210)
    assert.deepEqual(did(), ['state'])
    member.receive({ type: 'hello', from: 'z', asks: true }, 220)
    assert.deepEqual(did(), ['state'], 'it has it already')
  })

  it('tells of a reconnection time that is new, and of nothing else that its policy comes to', () => {
    const { member, did, posted } = leaderOf()
    member.setStanding({ ...sharing.freshStanding(null), losses: 2 }, 3_000, 200)
    assert.deepEqual(did(), [])
    member.setStanding({ ...sharing.freshStanding(7), losses: 2 }, 7, 200)
    assert.deepEqual(did(), ['state'])
    assert.equal(member.time, 7)
    assert.equal(posted.at(-1).time, 7)
    assert.equal(posted.at(-1).standing.losses, 2)
  })

  it('counts no loss any more once a message has come, which a comment is not', () => {
    const { member, posted, receive } = leaderOf()
    const ask = () => {
      member.receive({ type: 'hello', from: 'z', asks: true }, 300)
      return posted.at(-1).standing
    }
    member.setStanding({ reconnectionTime: 7, losses: 2, failures: 1, lastDelay: 9 }, 7, 200)
    receive(200, { messages: '', remarks: ' a\r' })
    assert.deepEqual(ask(), { reconnectionTime: 7, losses: 2, failures: 1, lastDelay: 9 })
    receive(200, batchOf(2))
    assert.deepEqual(ask(), sharing.freshStanding(7))
  })

  it('tells of its losses, and of what is left of the delay', () => {
    const { member, did, posted } = leaderOf()
    member.handleLoss(FAILURE, false, 200)
    assert.deepEqual(did(), ['loss', 'network'])
    member.receive({ type: 'hello', from: 'z', asks: true }, 1_200)
    assert.deepEqual([posted.at(-1).isOpen, posted.at(-1).delay], [false, 2_000])
    member.handleOpen(3_300)
    assert.deepEqual([posted.at(-1).isOpen, posted.at(-1).delay], [true, 0])
  })

  it('is over with a failure of the server, and leaves it to others where the page is to blame', () => {
    const one = leaderOf()
    one.member.handleLoss(FINAL, true, 200)
    assert.deepEqual(one.did(), ['loss', 'disconnects', 'releases in 1000', 'status, complete'])
    one.member.leave()
    assert.deepEqual(one.did(), [], 'no farewell')

    for (const reason of ['blocked', 'internal', 'limit', 'request']) {
      const other = leaderOf()
      other.member.receive({ type: 'hello', from: 'z', asks: false }, 150)
      other.did()
      other.member.handleLoss({ ...FINAL, reason }, false, 200)
      assert.deepEqual(other.did(), ['leaves to z', 'disconnects', 'releases in 0', reason])
    }
  })

  it('names an heir, the one heard of last, where there is no lock', () => {
    const one = leaderOf()
    for (const from of ['x', 'y', 'z']) one.member.receive({ type: 'hello', from, asks: false }, 150)
    one.member.receive({ type: 'leave', from: 'z', heir: '' }, 160)
    one.did()
    one.member.leave()
    assert.deepEqual(one.did(), ['leaves to y', 'disconnects', 'releases in 0'])

    const locked = leaderOf()
    locked.member.receive({ type: 'hello', from: 'z', asks: false }, 150)
    locked.member.handleHold(160)
    locked.did()
    locked.member.leave()
    assert.deepEqual(locked.did(), ['leaves to nobody', 'disconnects', 'releases in 0'])
  })

  it('tells one that it has passed over, once for each thing that it hears of it', () => {
    const { member, did } = leaderOf()
    for (const message of [heard(1, batchOf(1)), lossOf(FAILURE), stateOf({ epoch: 1 })]) {
      member.receive(message, 200)
      assert.deepEqual(did(), ['state'], message.type)
    }
  })

  it('gives way to a later one, and keeps its lock for as long as others may not have heard of that', () => {
    const one = leaderOf()
    one.member.receive(stateOf({ epoch: UNIX_TIME + 1, ...at(1) }), 200)
    assert.deepEqual(one.did(), ['is there', 'disconnects'])
    assert.equal(one.member.isLeading, false)
    one.member.tick(1_200)
    assert.deepEqual(one.did(), [], 'there is no lock')

    const locked = leaderOf()
    locked.member.handleHold(150)
    locked.member.receive(stateOf({ epoch: UNIX_TIME + 1, ...at(1) }), 200)
    locked.did()
    locked.member.tick(1_199)
    assert.deepEqual(locked.did(), [])
    locked.member.tick(1_200)
    assert.deepEqual(locked.did(), ['releases in 0'])
  })

  it('gives way to one of the same time with the lower ID, and to no other', () => {
    for (const [from, isBelow] of /** @type {const} */ ([['a', true], ['z', false]])) {
      const { member } = leaderOf()
      member.receive(stateOf({ from, ...at(1) }), 200)
      assert.equal(member.isLeading, !isBelow, from)
    }
  })

  it('gives back a lock that comes when it leads no more', () => {
    const { member, did } = leaderOf()
    member.receive(stateOf({ epoch: UNIX_TIME + 1, ...at(1) }), 200)
    did()
    member.handleHold(210)
    assert.deepEqual(did(), ['releases in 0'])
  })

  it('does not wait for others where it is too slow and alone, and reads for itself where it is not', () => {
    const alone = leaderOf()
    alone.state.waiting = sharing.CAPACITY + 1
    alone.receive(200, batchOf(2))
    assert.deepEqual(alone.did(), ['batch 2', 'm2'])
    assert.equal(alone.state.isHeldBack, true)
    alone.state.waiting = 0
    alone.member.handleDrained(300)
    assert.equal(alone.state.isHeldBack, false)

    const one = leaderOf()
    one.member.receive({ type: 'hello', from: 'z', asks: false }, 150)
    one.did()
    one.state.waiting = sharing.CAPACITY
    one.receive(200, batchOf(2))
    assert.deepEqual(one.did(), ['batch 2', 'm2'])
    one.state.waiting = sharing.CAPACITY + 1
    one.receive(200, batchOf(3))
    assert.deepEqual(one.did(), ['batch 3', 'm3', 'leaves to z', 'releases in 0'])
    assert.equal(one.state.isHeldBack, true)
    // What it reads now is its own.
    one.receive(210, batchOf(4))
    one.member.handleLoss(FAILURE, false, 220)
    one.member.setStanding(sharing.freshStanding(7), 7, 220)
    assert.deepEqual(one.did(), ['m4', 'network'])
    assert.equal(one.member.time, 3_000)
    one.member.setVisible(true, 230)
    assert.deepEqual(one.did(), ['asks'], 'it follows, though nobody yet')
    // Nobody has followed: it joins again, and goes on leading over the connection that it has.
    one.state.waiting = 0
    one.member.handleDrained(300)
    assert.deepEqual(one.did(), ['asks'])
    one.member.tick(400)
    assert.deepEqual(one.did(), ['state'])
    assert.equal(one.posted.at(-1).isOpen, false, 'it has been lost')
  })

  it('whose loops are too slow loses messages where nothing could be asked for again', () => {
    const { member, did, state, receive } = memberOf()
    member.tick(100)
    member.handleOpen(100)
    member.receive({ type: 'hello', from: 'z', asks: false }, 150)
    receive(160, batchOf(''))
    did()
    state.waiting = sharing.CAPACITY + 1
    receive(200, batchOf(''))
    assert.deepEqual(did(), ['batch 2', 'm'], 'which is told nothing of that yet')
    receive(210, batchOf(''))
    assert.deepEqual(did(), ['batch 3'])
    state.waiting = 0
    member.handleDrained(300)
    assert.deepEqual(did(), ['slow', 'open'])
    assert.equal(member.isLeading, true)
  })
})

describe('a member that follows', () => {
  it('hears of no leader but its own, and of no time when that one had led before', () => {
    for (const others of [{ from: 'z' }, { epoch: UNIX_TIME - 1 }]) {
      const { member, did } = followerOf()
      member.receive(heard(1, batchOf(1), others), 20)
      member.receive(lossOf(FAILURE, others), 20)
      member.receive(stateOf({ epoch: UNIX_TIME - 1, ...others }), 20)
      assert.deepEqual(did(), [])
      member.receive(heard(1, batchOf(1)), 30)
      assert.deepEqual(did(), ['m1'])
    }
  })

  it('follows the same one anew where it leads anew', () => {
    const { member, did } = followerOf()
    member.receive(heard(1, batchOf(1)), 20)
    member.receive(stateOf({ epoch: UNIX_TIME + 5, ...at(1) }), 30)
    assert.deepEqual(did(), ['m1', 'is there'])
    member.receive(heard(1, batchOf(2), { epoch: UNIX_TIME + 5 }), 40)
    assert.deepEqual(did(), ['m2'])
  })

  it('has the reconnection time of the leader', () => {
    const { member, did } = followerOf({}, { time: 7 })
    assert.equal(member.time, 7)
    member.setStanding(sharing.freshStanding(8), 8, 20)
    assert.equal(member.time, 7)
    assert.deepEqual(did(), [])
  })

  it('leads when the lock of its leader comes, and with no other lock', () => {
    const { member, did } = followerOf({}, { isLocked: true })
    member.handleLock('z', 20)
    assert.deepEqual(did(), [])
    member.handleLock('leader', 20)
    assert.deepEqual(did(), ['state', 'connects behind 0'])
    member.handleLock('leader', 30)
    assert.deepEqual(did(), [])
  })

  it('leads at once as an heir, and asks in a while where another one is named', () => {
    for (const heir of ['m', 'z', '']) {
      const { member, did } = followerOf()
      member.receive({ type: 'leave', from: 'z', heir: 'm' }, 20)
      assert.deepEqual(did(), [], 'that one was not its leader')
      member.receive({ type: 'leave', from: 'leader', heir }, 20)
      assert.deepEqual(did(), heir === 'm' ? ['state', 'connects behind 0'] : [], heir)
      member.tick(519)
      assert.deepEqual(did(), [])
      member.tick(520)
      assert.deepEqual(did(), heir === 'm' ? [] : ['asks'])
    }
  })

  it('asks after a silence, and leads where no answer comes, unless another one does', () => {
    const { member, did } = followerOf()
    member.tick(5_009)
    assert.deepEqual(did(), [])
    member.tick(5_010)
    assert.deepEqual(did(), ['asks'])
    member.tick(7_009)
    assert.deepEqual(did(), [])
    member.tick(7_010)
    assert.deepEqual(did(), ['state'])
    member.tick(7_059)
    assert.deepEqual(did(), [])
    member.tick(7_060)
    assert.deepEqual(did(), ['connects behind 0'])
  })

  it('asks from where it is when it leads, after what is left of the delay, later than the one before', () => {
    const { member, did, posted, state } = followerOf({}, { isLocked: true, epoch: UNIX_TIME + 9, isOpen: false, delay: 500 })
    state.unixTime = UNIX_TIME - 1_000
    member.handleLock('leader', 110)
    assert.deepEqual(did(), ['state', 'connects behind 0 in 400'])
    const { epoch, isOpen, isVisible, delay, count } = posted.at(-1)
    assert.deepEqual([epoch, isOpen, isVisible, delay, count], [UNIX_TIME + 10, false, true, 400, 0])
  })

  it('tells its source of a gap where nobody knows where the leader was', () => {
    const { member, did } = followerOf({}, { ...at(''), isExact: false, isLocked: true })
    member.handleLock('leader', 20)
    assert.deepEqual(did(), ['state', 'connects behind nothing', 'handover'])
    member.handleOpen(30)
    assert.deepEqual(did(), ['state', 'open'])
  })

  it('does nothing more where its source is closed as it is told of a gap', () => {
    const { member, did, state } = followerOf({}, { ...at(''), isExact: false, isVisible: false })
    state.onLoss = () => member.leave()
    // It has asked, and heard nothing; and the leader has been hidden for long.
    member.tick(5_010)
    did()
    state.wakes = 0
    member.tick(10_010)
    assert.deepEqual(did(), ['state', 'handover', 'leaves to nobody', 'releases in 0'])
    member.tick(60_000)
    assert.deepEqual([did(), state.wakes], [[], 1])
  })

  it('says of itself that it is hidden, and asks when it is shown', () => {
    const { member, did } = followerOf()
    member.setVisible(false, 20)
    assert.deepEqual(did(), [])
    member.setVisible(true, 20)
    assert.deepEqual(did(), ['asks'])
  })

  it('is told of the end by one that ends all, keeps its lock a while, and takes no leave', () => {
    const { member, did } = followerOf()
    member.receive({ type: 'end', from: 'z' }, 20)
    assert.deepEqual(did(), ['releases in 1000', 'left, complete'])
    member.leave()
    assert.deepEqual(did(), [])
  })

  it('is over with a final loss, unless it reads alone', () => {
    const one = followerOf()
    one.member.receive(lossOf(FINAL, { isComplete: true }), 20)
    assert.deepEqual(one.did(), ['status, complete', 'releases in 1000'])
    one.member.leave()
    assert.deepEqual(one.did(), [])

    const reader = readerOf()
    reader.member.receive(lossOf(FINAL), 30)
    assert.deepEqual(reader.did(), [])
    reader.receive(40, batchOf(1))
    assert.deepEqual(reader.did(), ['m1'])
    reader.member.leave()
    assert.deepEqual(reader.did(), ['leaves to nobody', 'disconnects', 'releases in 0'])
  })

  it('that is gone does nothing more', () => {
    const { member, did, state } = followerOf({}, { isLocked: true })
    member.leave()
    assert.deepEqual(did(), ['leaves to nobody', 'releases in 0'])
    state.wakes = 0
    member.leave()
    member.endForAll()
    member.receive(stateOf({ epoch: UNIX_TIME + 1 }), 20)
    member.receive({ type: 'hello', from: 'z', asks: true }, 20)
    member.receive({ type: 'end', from: 'z' }, 20)
    member.handleLock('leader', 20)
    member.handleDrained(20)
    member.setVisible(true, 20)
    member.expectAnswer(20)
    member.tick(60_000)
    assert.deepEqual(did(), [])
    assert.equal(state.wakes, 0)
    assert.equal(state.watched, '')
  })

  it('that is gone tells nothing of what it has lost', () => {
    const { member, did, state } = followerOf({}, { ...at(''), isExact: false })
    state.waiting = sharing.CAPACITY + 1
    member.receive(heard(1, batchOf('')), 20)
    member.leave()
    did()
    member.handleDrained(30)
    assert.deepEqual(did(), [])
  })

  it('that ends all says so once', () => {
    const { member, did } = followerOf()
    member.endForAll()
    member.endForAll()
    member.leave()
    assert.deepEqual(did(), ['end', 'releases in 1000'])
  })
})
