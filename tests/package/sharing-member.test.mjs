// @ts-check
/**
 * The rules of one member, one by one: what it does about each thing that happens to it. What comes of them
 * among many members is in `sharing-rules.test.mjs` and `sharing-receivers.test.mjs`.
 */

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'

import { loadSharing, textOf } from './sharing/simulation.mjs'

/** @type {any} */
let sharing
before(async () => {
  sharing = await loadSharing()
})

const UNIX_TIME = 1_700_000_000_000
const FAILURE = { reason: 'network', status: undefined, error: undefined, attempt: 1, retryIn: 3_000 }
const FINAL = { ...FAILURE, reason: 'status', status: 410, retryIn: null }

/** @param {number | string} id */
const at = (id, isExact = true) => ({ lastEventId: String(id), isExact })

/** A message of each ID; one without an ID has none of its own. @param {(number | string)[]} ids */
function batchOf(...ids) {
  const messages = textOf(ids.map((id) => ({ id: String(id), data: `m${id}` })))
  return { messages, remarks: '' }
}

/**
 * What the member `leader` posts, which all of these tests follow where they follow one.
 * @param {object} [members]
 */
function stateOf(members) {
  const standing = sharing.freshStanding(null)
  const stream = { from: 'leader', epoch: UNIX_TIME, count: 0, ...at(0), isOpen: true, isVisible: true, isLocked: false }
  return { type: 'state', ...stream, time: 3_000, standing, delay: 0, ...members }
}

/** @param {number} count @param {object} text @param {object} [members] */
function heard(count, text, members) {
  return { type: 'batch', from: 'leader', epoch: UNIX_TIME, count, ...text, origin: 'o', times: 3_000, ...members }
}

/** @param {object} failure @param {object} [members] */
function lossOf(failure, members) {
  return { type: 'loss', from: 'leader', epoch: UNIX_TIME, failure, isComplete: false, standing: sharing.freshStanding(null), ...members }
}

/** A message in short. @param {any} message */
function inShort(message) {
  const { type, asks, count, heir } = message
  if (type === 'hello') return asks ? 'asks' : 'is there'
  if (type === 'batch') return `batch ${count}`
  return type === 'leave' ? `leaves to ${heir || 'nobody'}` : type
}

/** What a source has received: messages with these IDs. @param {(number | string)[]} ids */
function seenOf(...ids) {
  const seen = new sharing.Seen(sharing.itemsOf)
  seen.add(batchOf(...ids).messages)
  return seen
}

/**
 * A member, and what it asks for.
 * @param {{ id?: string, place?: object, isVisible?: boolean, seen?: object }} [options]
 */
function memberOf({ id = 'm', place, isVisible = true, seen = seenOf() } = {}) {
  /** @type {string[]} */
  const log = []
  /** @type {any[]} */
  const posted = []
  const state = { waiting: 0, unixTime: UNIX_TIME, isHeldBack: false, watched: '', wakes: 0, onLoss: () => {} }
  const effects = {
    post: (/** @type {any} */ message) => {
      posted.push(message)
      log.push(inShort(message))
    },
    connect: (/** @type {any} */ { lastEventId, firstDelay }) =>
      log.push(`connects behind ${lastEventId || 'nothing'}${firstDelay > 0 ? ` in ${firstDelay}` : ''}`),
    disconnect: () => log.push('disconnects'),
    holdBack: (/** @type {boolean} */ isHeldBack) => (state.isHeldBack = isHeldBack),
    hold: () => log.push('holds'),
    release: (/** @type {number} */ delay) => log.push(`releases in ${delay}`),
    watch: (/** @type {string | undefined} */ leader) => (state.watched = leader ?? ''),
    open: () => log.push('open'),
    deliver: (/** @type {any[]} */ items) => log.push(...(items.length > 0 ? items.map((item) => item.data ?? item) : ['nothing'])),
    lose: (/** @type {any} */ { reason }, /** @type {boolean} */ isComplete) => {
      log.push(`${reason}${isComplete ? ', complete' : ''}`)
      state.onLoss()
    },
    waiting: () => state.waiting,
    wake: () => (state.wakes += 1),
    unixTime: () => state.unixTime,
  }
  const { Member, itemsOf } = sharing
  const member = new Member({ id, random: 0, isVisible, time: 3_000, place, seen, cut: itemsOf }, effects, 0)
  /** What has been asked for since the last call. */
  const did = () => log.splice(0)
  /** Its own connection receives messages. @param {number} now @param {object} text */
  const receive = (now, text) => member.handleBatch(text, itemsOf(text), 'o', 3_000, now)
  return { member, did, posted, state, receive }
}

/** @typedef {Parameters<typeof memberOf>[0]} Options */

/** One that leads, connected, having received message 1. @param {Options} [options] */
function leaderOf(options) {
  const one = memberOf(options)
  one.member.tick(100)
  one.member.handleOpen(100)
  one.receive(100, batchOf(1))
  one.did()
  return one
}

/** One that follows `leader`, open, behind ID 0. @param {Options} [options] @param {object} [members] */
function followerOf(options, members) {
  const one = memberOf(options)
  one.member.receive(stateOf(members), 10)
  one.did()
  return one
}

/** One that reads alone, as it has missed the first of two batches of `leader`. */
function readerOf() {
  const one = followerOf({ place: at(0) })
  one.member.receive(heard(2, batchOf(2)), 20)
  assert.deepEqual(one.did(), ['connects behind 0'])
  return one
}

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
