// @ts-check
/** Who leads, among sources that share a connection: each rule of `docs/sharing.md`, in simulated time. */

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'

import { loadSharing, range, sendSlowly, World, worldWith } from './sharing/simulation.mjs'

/** @type {any} */
let sharing
before(async () => {
  sharing = await loadSharing()
})

/** @param {Partial<ConstructorParameters<typeof World>[1]>} [options] */
const worldOf = (options) => new World(sharing, { seed: 1, ...options })

/** @param {World} world */
const leaders = (world) => world.leaders.map((page) => page.id)

/** What stands in the way of a page's back/forward cache. @param {World} world */
const lockRequests = (world) => [...world.locks.values()].flat().length

describe('the first one', () => {
  it('connects after 100 ms, once nobody has answered', () => {
    const world = worldOf()
    world.open()
    world.run(99)
    assert.equal(world.requests, 0)
    world.run(2)
    assert.equal(world.requests, 1)
  })

  it('waits for 2 s where a lock tells that somebody leads', () => {
    const world = worldOf()
    const page = world.open()
    page.member.expectAnswer(world.now)
    world.run(1_999)
    assert.equal(world.requests, 0)
    world.run(2)
    assert.equal(world.requests, 1)
  })

  it('asks for no lock before there is a second one', () => {
    const { world } = worldWith(sharing, 1)
    world.run(20_000)
    assert.equal(lockRequests(world), 0)
    world.open()
    world.run(300)
    assert.equal(lockRequests(world), 2)
  })
})

describe('those that come at the same time', () => {
  for (const seed of range(1, 20)) {
    it(`hold one connection, seed ${seed}`, () => {
      const world = worldOf({ seed })
      for (let count = 0; count < 20; count++) {
        world.open()
        world.run(world.chance() * 3)
      }
      world.run(1_000)
      assert.equal(world.requests, 1)
      assert.equal(leaders(world).length, 1)
    })
  }

  for (const ids of [['a', 'b'], ['b', 'a']]) {
    it(`know of each other, in the order ${ids}`, () => {
      const world = worldOf({ latency: 0 })
      for (const id of ids) world.open({}, id)
      world.run(1_000)
      // The one has its lock, and the other waits for it.
      assert.equal(lockRequests(world), 2)
    })
  }

  it('hold one, also where the one with the lower ID has said hello before the other came', () => {
    const world = worldOf({ latency: 0 })
    world.open()
    world.open()
    world.run(1_000)
    assert.equal(world.requests, 1)
  })
})

describe('the next one', () => {
  it('leads at once when the one that leads crashes, where there are locks', () => {
    const { world, page } = worldWith(sharing, 3)
    page(0).crash()
    world.run(30)
    assert.equal(world.connections.size, 1)
    assert.deepEqual(leaders(world), ['m001'])
  })

  it('leads at once when the one that leads leaves, where there are none', () => {
    const { world, page } = worldWith(sharing, 3, { hasLocks: false })
    page(0).close()
    world.run(30)
    assert.equal(world.connections.size, 1)
    assert.equal(leaders(world).length, 1)
    assert.equal(world.requests, 2)
  })

  it('leads after a silence of 6 s and 2 s, at most, where there are none and it crashes', () => {
    const { world, page } = worldWith(sharing, 3, { hasLocks: false })
    page(0).crash()
    world.run(6_900)
    assert.equal(world.connections.size, 0)
    world.run(1_500)
    assert.equal(world.connections.size, 1)
    assert.equal(leaders(world).length, 1)
  })

  it('leads soon where the heir has gone, too', () => {
    const { world, page } = worldWith(sharing, 3, { hasLocks: false })
    // The last one that was heard of is the heir.
    page(2).crash()
    page(0).close()
    world.run(500 + 2_000 + 200)
    assert.deepEqual(leaders(world), ['m001'])
    assert.equal(world.connections.size, 1)
  })

  it('goes on with the row of losses, the reconnection time, and what is left of the delay', () => {
    const { world, page } = worldWith(sharing, 2)
    world.isDown = true
    world.cut()
    world.run(1_000)
    assert.deepEqual(page(1).signals, ['open', 'ended'])
    page(0).crash()
    world.run(30)
    assert.deepEqual(page(1).begun?.standing, { ...sharing.freshStanding(null), losses: 1 })
    const delay = Number(page(1).begun?.firstDelay)
    assert.ok(delay > 1_900 && delay < 2_100, `${delay}`)
    world.isDown = false
    world.run(1_800)
    assert.equal(world.connections.size, 0)
    world.run(300)
    assert.equal(world.connections.size, 1)
  })

  it('begins a new row where the stream has delivered something since', () => {
    const { world, page } = worldWith(sharing, 3)
    world.cut()
    world.run(5_000)
    sendSlowly(world)
    page(0).crash()
    world.run(30)
    assert.deepEqual(page(1).begun, { lastEventId: page(1).begun?.lastEventId, standing: sharing.freshStanding(null), firstDelay: 0 })
    // The one that reads tells it to who comes later, too.
    const late = world.open()
    world.run(300)
    page(1).crash()
    page(2).crash()
    world.run(30)
    assert.deepEqual(late.begun, { lastEventId: late.begun?.lastEventId, standing: sharing.freshStanding(null), firstDelay: 0 })
  })

  it('is another one where a page is to blame', () => {
    const { world, page } = worldWith(sharing, 2)
    const failure = { reason: 'blocked', status: undefined, error: undefined, attempt: 1, retryIn: null }
    page(0).member.handleLoss(failure, false, world.now)
    world.run(100)
    assert.deepEqual(page(0).signals, ['open', 'blocked'])
    assert.deepEqual(leaders(world), ['m001'])
    assert.ok(!page(1).signals.includes('blocked'))
  })

  it('is none where the server has ended the stream for good', () => {
    const { world, page } = worldWith(sharing, 2)
    const failure = { reason: 'status', status: 204, error: undefined, attempt: 1, retryIn: null }
    page(0).member.handleLoss(failure, true, world.now)
    world.run(100)
    for (const index of [0, 1]) assert.deepEqual(page(index).signals, ['open', 'status'])
  })

  it('is none then, either, while the sources are not closed yet, as their loops are slow', () => {
    const { world, page } = worldWith(sharing, 2)
    for (const index of [0, 1]) page(index).close = () => {}
    const failure = { reason: 'status', status: 204, error: undefined, attempt: 1, retryIn: null }
    page(0).member.handleLoss(failure, true, world.now)
    world.run(20_000)
    assert.equal(world.requests, 1)
    // Nor does who comes now wait for those.
    const next = world.open()
    world.run(300)
    assert.deepEqual(next.signals, ['open'])
  })

  it('is none where all are told to leave', () => {
    const { world, page } = worldWith(sharing, 3)
    page(1).member.endForAll()
    world.run(20_000)
    assert.deepEqual([0, 1, 2].map((index) => page(index).signals), [['open', 'left'], ['open'], ['open', 'left']])
    assert.equal(world.connections.size, 0)
  })

  for (const seed of range(1, 20)) {
    it(`has heard the last word before the lock comes, seed ${seed}`, () => {
      const ended = worldWith(sharing, 3, { seed })
      const failure = { reason: 'status', status: 204, error: undefined, attempt: 1, retryIn: null }
      ended.page(0).member.handleLoss(failure, true, ended.world.now)
      const left = worldWith(sharing, 3, { seed })
      left.page(0).member.endForAll()
      for (const { world, page } of [ended, left]) {
        world.run(20_000)
        for (const index of [1, 2]) assert.equal(page(index).signals.length, 2)
        assert.equal(world.requests, 1)
      }
    })
  }

  it('leads, too, where the clock has been set back', () => {
    const { world, page } = worldWith(sharing, 3)
    sendSlowly(world)
    world.clockError = -3_600_000
    page(0).crash()
    sendSlowly(world)
    page(1).crash()
    sendSlowly(world)
    assert.deepEqual(page(2).log, ['open', ...range(1, 60)])
    assert.equal(world.requests, 3)
  })

  it('waits for what is left of the delay that the one before it has told who came late', () => {
    const { world, page } = worldWith(sharing, 1)
    world.isDown = true
    world.cut()
    world.run(1_000)
    const late = world.open()
    world.run(300)
    page(0).crash()
    world.run(100)
    const delay = Number(late.begun?.firstDelay)
    assert.ok(delay > 1_500 && delay < 1_800, `${delay}`)
  })
})

describe('one that is frozen', () => {
  it('keeps its lock, and another one leads within 8 s; it stops when it is back, and does not lead again', () => {
    const { world, page } = worldWith(sharing, 3)
    sendSlowly(world)
    page(0).freeze()
    world.run(8_300)
    const [leader] = leaders(world)
    assert.equal(leaders(world).length, 1)
    sendSlowly(world)
    page(0).thaw()
    world.run(1_000)
    assert.deepEqual(leaders(world), [leader])
    assert.equal(world.connections.size, 1)
    sendSlowly(world)
    for (const index of [0, 1, 2]) assert.deepEqual(page(index).numbers, range(1, 60))
  })

  it('is asked by a page that is shown, which leads after 2 s without an answer', () => {
    const { world, page } = worldWith(sharing, 2)
    page(1).show(false)
    page(0).freeze()
    world.run(10)
    page(1).show(true)
    world.run(1_990)
    assert.deepEqual(leaders(world), [])
    world.run(200)
    assert.deepEqual(leaders(world), ['m001'])
  })

  it('is not followed by many at once', () => {
    const { world, page } = worldWith(sharing, 20)
    page(0).freeze()
    world.run(10_000)
    assert.equal(leaders(world).length, 1)
    assert.equal(world.requests, 2)
  })

  it('is not followed by many that have asked at the same time', () => {
    const { world, page } = worldWith(sharing, 8)
    page(0).freeze()
    for (const index of range(1, 7)) page(index).show(true)
    world.run(3_000)
    assert.equal(leaders(world).length, 1)
    assert.equal(world.requests, 2)
  })

  it('answers in time when it is not', () => {
    const { world, page } = worldWith(sharing, 3)
    page(1).show(true)
    world.run(120_000)
    assert.deepEqual(leaders(world), ['m000'])
    assert.equal(world.requests, 1)
  })
})

describe('one that has been passed over', () => {
  it('is told when it speaks, and what it sends is not heard', () => {
    const { world, page } = worldWith(sharing, 3)
    sendSlowly(world)
    page(0).freeze()
    world.run(8_300)
    // What was on its way to it comes before what the others have said.
    world.send(5)
    world.run(100)
    page(0).thaw()
    world.run(5_000)
    sendSlowly(world)
    assert.equal(leaders(world).length, 1)
    assert.equal(world.connections.size, 1)
    for (const index of [0, 1, 2]) assert.deepEqual(page(index).numbers, range(1, 45))
  })

  it('gives back its lock a second later', () => {
    const { world, page } = worldWith(sharing, 2)
    page(0).freeze()
    world.run(8_300)
    page(0).thaw()
    const held = () => world.locks.get('m000-1').some((/** @type {any} */ { page }) => page.id === 'm000')
    world.run(500)
    assert.ok(held())
    world.run(1_000)
    assert.ok(!held())
  })
})

describe('leadership follows visibility', () => {
  /** A leader that is hidden, and one that is not. @param {{ hasIds?: boolean }} [options] */
  const withHidden = (options) => {
    const { world, page } = worldWith(sharing, 2, options)
    sendSlowly(world)
    page(0).show(false)
    return { world, page }
  }

  it('after 5 to 6 s, without a loss and without an event', () => {
    const { world, page } = withHidden()
    world.run(4_900)
    assert.equal(world.requests, 1)
    for (let index = 0; index < 60; index++) {
      world.send()
      world.run(20)
    }
    assert.deepEqual(leaders(world), ['m001'])
    assert.equal(world.connections.size, 1)
    for (const index of [0, 1]) assert.deepEqual(page(index).log, ['open', ...range(1, 80)])
  })

  it('not while the one that leads is seen again in time', () => {
    const { world, page } = withHidden()
    world.run(3_000)
    page(0).show(true)
    world.run(20_000)
    assert.deepEqual(leaders(world), ['m000'])
  })

  it('not while the other one is hidden, too', () => {
    const { world, page } = withHidden()
    world.run(3_000)
    page(1).show(false)
    world.run(20_000)
    assert.deepEqual(leaders(world), ['m000'])
    assert.equal(world.requests, 1)
  })

  it('not where a gap would come of it', () => {
    const { world, page } = withHidden({ hasIds: false })
    world.run(20_000)
    assert.deepEqual(leaders(world), ['m000'])
    assert.deepEqual(page(1).signals, ['open'])
    assert.equal(world.requests, 1)
  })

  it('not while the stream is not open: nobody asks in its place then', () => {
    const { world, page } = withHidden()
    world.isDown = true
    world.cut()
    world.run(20_000)
    assert.equal(page(1).begun, undefined)
  })

  it('once the response is there; if none comes, the other goes on, and it is tried again in a minute', () => {
    const { world, page } = withHidden()
    world.isDown = true
    world.run(20_000)
    assert.equal(world.requests, 2)
    assert.deepEqual(leaders(world), ['m000'])
    sendSlowly(world)
    assert.deepEqual(page(1).log, ['open', ...range(1, 40)])
    world.isDown = false
    world.run(60_000)
    assert.deepEqual(leaders(world), ['m001'])
    sendSlowly(world)
    assert.deepEqual(page(1).log, ['open', ...range(1, 60)])
  })
})

describe('a member by itself', () => {
  /** @param {(member: any, posted: any[], asked: string[]) => void} test */
  const alone = (test) => () => {
    /** @type {any[]} */
    const posted = []
    /** @type {string[]} */
    const asked = []
    const note = (/** @type {string} */ what) => () => asked.push(what)
    const { Member, Seen, itemsOf } = sharing
    const effects = {
      post: (/** @type {any} */ message) => posted.push(message),
      ...Object.fromEntries(['connect', 'disconnect', 'holdBack', 'hold', 'release', 'watch', 'open', 'deliver', 'lose', 'wake'].map((name) => [name, note(name)])),
      waiting: () => 0,
      unixTime: () => 1_000,
    }
    const beginning = { id: 'm', random: 0, isVisible: true, time: 3000, place: undefined, seen: new Seen(itemsOf), cut: itemsOf }
    test(new Member(beginning, effects, 0), posted, asked)
  }
  const STATE = {
    type: 'state',
    from: 'other',
    epoch: 5_000,
    count: 0,
    ...{ lastEventId: '1', isExact: true, isOpen: true, time: 3000, delay: 0 },
    standing: { reconnectionTime: null, losses: 0, failures: 0, lastDelay: null },
    ...{ isVisible: true, isLocked: false },
  }

  it(
    'takes nothing for that of another one which bears its own ID',
    alone((member) => {
      member.tick(100)
      member.receive({ ...STATE, from: 'm' }, 110)
      assert.ok(member.isLeading)
    }),
  )

  it(
    'gives back its lock if it does not lead any more when that comes',
    alone((member, _, asked) => {
      member.tick(100)
      member.receive({ type: 'hello', from: 'other', asks: true }, 110)
      assert.equal(asked.at(-1), 'hold')
      member.receive(STATE, 120)
      asked.length = 0
      member.handleHold(130)
      assert.deepEqual(asked, ['release'])
    }),
  )

  it(
    'leads with no lock but that of the one that it follows',
    alone((member) => {
      member.receive(STATE, 10)
      member.handleLock('a third', 20)
      assert.ok(!member.isLeading)
      member.handleLock('other', 30)
      assert.ok(member.isLeading)
    }),
  )

  for (const type of ['state', 'batch', 'loss']) {
    it(
      `tells one that it has passed over of itself, when it hears a ${type} of it`,
      alone((member, posted) => {
        member.tick(100)
        posted.length = 0
        member.receive({ ...STATE, type, epoch: 999, failure: { retryIn: 0 }, messages: '', remarks: '' }, 110)
        assert.deepEqual(posted.map(({ type, epoch }) => [type, epoch]), [['state', 1_000]])
        assert.ok(member.isLeading)
      }),
    )
  }

  it(
    'drops its trial to lead if it cannot tell any more from where',
    alone((member, posted, asked) => {
      member.receive({ ...STATE, isVisible: false }, 0)
      for (let now = 1_000; now <= 6_000; now += 1_000) {
        member.receive({ ...STATE, isVisible: false }, now)
        member.tick(now)
      }
      assert.ok(asked.includes('connect'))
      const batch = { type: 'batch', from: 'other', epoch: 5_000, origin: '', remarks: '', times: 1 }
      member.receive({ ...batch, count: 1, messages: 'without an ID of its own\r\n1\r' }, 6_100)
      asked.length = posted.length = 0
      member.handleOpen(6_200)
      assert.ok(!member.isLeading)
      assert.ok(asked.includes('disconnect'))
      assert.deepEqual(posted, [])
    }),
  )
})

describe('a page that is put aside', () => {
  it('hands over the lead, gives back its locks, and joins anew', () => {
    const { world, page } = worldWith(sharing, 2)
    sendSlowly(world)
    page(0).cache(5_000)
    assert.equal(world.locks.get('m000-1').some((/** @type {any} */ { page }) => page.id === 'm000'), false)
    world.run(100)
    assert.deepEqual(leaders(world), ['m001'])
    sendSlowly(world)
    world.run(10_000)
    sendSlowly(world)
    assert.deepEqual(leaders(world), ['m001'])
    for (const index of [0, 1]) assert.deepEqual(page(index).numbers, range(1, 60))
  })
})
