// @ts-check
/** What a source receives that shares a connection: each rule of `docs/sharing.md`, in simulated time. */

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'

import { loadSharing, range, sendSlowly, textOf, worldWith } from './sharing/simulation.mjs'

/** @type {any} */
let sharing
before(async () => {
  sharing = await loadSharing()
})

/** @param {number} first @param {number} last @param {string} [data] */
const textOfRange = (first, last, data) => textOf(range(first, last).map((id) => ({ id: String(id), data: data ?? String(id) })))

/** A reception, and what it tells. @param {string | undefined} lastEventId */
function receptionAt(lastEventId) {
  const { Reception, Seen, itemsOf } = sharing
  /** @type {unknown[]} */
  const log = []
  const effects = {
    deliver: (/** @type {any[]} */ items) => log.push(...items.map((item) => (typeof item === 'string' ? item : item.data))),
    open: () => log.push('open'),
    lose: (/** @type {any} */ { reason }) => log.push(reason),
  }
  const place = lastEventId === undefined ? undefined : { lastEventId, isExact: true }
  const seen = new Seen(itemsOf)
  const reception = new Reception(effects, seen, place)
  const receive = (/** @type {string} */ messages) =>
    reception.deliver({ batch: { messages, remarks: '' }, items: itemsOf({ messages, remarks: '' }) })
  return { reception, receive, log, seen }
}

const at = (/** @type {number | string} */ id, isExact = true) => ({ lastEventId: String(id), isExact })

describe('a receiver', () => {
  it('that is as far as the one that leads goes on', () => {
    const { reception, receive, log } = receptionAt(undefined)
    assert.ok(reception.goOnFrom(at(3), true))
    receive(textOfRange(4, 6))
    assert.ok(reception.goOnFrom(at(6), true))
    receive(textOfRange(7, 7))
    assert.deepEqual(log, ['open', '4', '5', '6', '7'])
  })

  it('that is ahead drops what it has seen', () => {
    const { reception, receive, log } = receptionAt(undefined)
    reception.goOnFrom(at(3), true)
    receive(textOfRange(4, 9))
    assert.ok(reception.goOnFrom(at(5), true))
    receive(textOfRange(6, 7))
    receive(textOfRange(8, 11))
    assert.deepEqual(log, ['open', ...range(4, 11).map(String)])
    // It was ahead of where it has begun itself.
    assert.ok(reception.goOnFrom(at(3), true))
    receive(textOfRange(4, 12))
    assert.deepEqual(log.at(-1), '12')
    assert.equal(log.length, 10)
  })

  it('drops nothing but that, if the server leaves some of it out', () => {
    const { reception, receive, log } = receptionAt(undefined)
    reception.goOnFrom(at(3), true)
    receive(textOfRange(4, 9))
    reception.goOnFrom(at(5), true)
    receive(textOf([{ id: '7', data: '7' }, { id: '20', data: '20' }, { id: '8', data: 'another 8' }]))
    assert.deepEqual(log.slice(-2), ['20', 'another 8'])
  })

  it('that is behind is told so', () => {
    const { reception, receive } = receptionAt(undefined)
    reception.goOnFrom(at(3), true)
    receive(textOfRange(4, 5))
    assert.equal(reception.goOnFrom(at(7), true), false)
    // Nor does it know where that is.
    assert.equal(reception.goOnFrom(at('', false), true), false)
  })

  it('cannot tell where it is behind a message without an ID, which is told', () => {
    const { reception, receive, log } = receptionAt(undefined)
    reception.goOnFrom(at(3), true)
    receive(textOf([{ id: '4', data: 'a' }, { id: '4', data: 'b' }]))
    assert.deepEqual(reception.place, at(4, false))
    assert.ok(reception.goOnFrom(at(4), true))
    assert.deepEqual(log, ['open', 'a', 'b', 'handover', 'open'])
    // In a batch of its own, too.
    receive(textOf([{ id: '5', data: 'c' }]))
    assert.deepEqual(reception.place, at(5))
    receive(textOf([{ id: '5', data: 'd' }]))
    assert.deepEqual(reception.place, at(5, false))
  })

  it('keeps in mind 256 Ki code units of what it has seen, and no more', () => {
    const { reception, receive, seen } = receptionAt(undefined)
    reception.goOnFrom(at(0), true)
    for (const id of range(1, 1_000)) {
      receive(textOfRange(id, id, 'x'.repeat(1_000)))
      assert.ok(seen.length <= sharing.MEMORY)
    }
    assert.equal(sharing.MEMORY, 256 * 1024)
    assert.ok(seen.after('800'))
    assert.equal(seen.after('500'), undefined)
    assert.equal(seen.after('0'), undefined)
    // One that is larger than all of it.
    receive(textOfRange(1_001, 1_001, 'x'.repeat(sharing.MEMORY)))
    assert.equal(seen.length, 0)
    assert.deepEqual(reception.place, at(1_001))
  })
})

describe('who reads alone', () => {
  it('goes on with the others once it has come to what it has heard', () => {
    const { world } = worldWith(sharing, 2)
    sendSlowly(world)
    const late = world.open({ lastEventId: '5' })
    sendSlowly(world)
    assert.deepEqual(late.log, ['open', ...range(6, 40)])
    assert.equal(world.requests, 2)
    assert.equal(world.connections.size, 1)
  })

  it('does so where nothing more comes', () => {
    const { world } = worldWith(sharing, 2)
    sendSlowly(world)
    const late = world.open({ lastEventId: '5' })
    world.run(1_000)
    assert.deepEqual(late.numbers, range(6, 20))
    assert.equal(world.connections.size, 1)
  })

  it('is one that has missed a batch', () => {
    const { world, page } = worldWith(sharing, 2)
    sendSlowly(world)
    const { receive } = page(1)
    page(1).receive = (data) => (data.type === 'batch' && data.messages.includes('25\r') ? undefined : receive.call(page(1), data))
    sendSlowly(world)
    assert.deepEqual(page(1).log, ['open', ...range(1, 40)])
    assert.equal(world.requests, 2)
    assert.equal(world.connections.size, 1)
  })

  it('is one that is told of a batch that has not come, though nothing follows', () => {
    const { world, page } = worldWith(sharing, 2)
    const { receive } = page(1)
    page(1).receive = (data) => (data.type === 'batch' ? undefined : receive.call(page(1), data))
    sendSlowly(world)
    page(1).receive = receive
    assert.deepEqual(page(1).numbers, [])
    page(1).show(true)
    world.run(2_000)
    // Nobody had received anything before those.
    assert.deepEqual(page(1).signals, ['open', 'handover', 'open'])
    page(1).receive = (data) => (data.type === 'batch' ? undefined : receive.call(page(1), data))
    sendSlowly(world)
    page(1).receive = receive
    page(1).show(true)
    world.run(2_000)
    assert.deepEqual(page(1).numbers, range(21, 40))
    assert.equal(world.connections.size, 1)
  })

  it('is told nothing of the connection of the others', () => {
    const { world, page } = worldWith(sharing, 2)
    sendSlowly(world, 400)
    const late = world.open({ lastEventId: '5' })
    world.run(120)
    page(0).show(true)
    page(0).connection?.end('ended')
    world.run(20)
    assert.deepEqual(page(1).signals, ['open', 'ended'])
    world.run(20_000)
    assert.deepEqual(late.log, ['open', ...range(6, 400)])
    assert.equal(world.connections.size, 1)
    sendSlowly(world)
    assert.equal(late.numbers.at(-1), 420)
  })

  it('goes on doing so when the one that leads tells again how things stand', () => {
    const { world, page } = worldWith(sharing, 2)
    sendSlowly(world, 400)
    const late = world.open({ lastEventId: '5' })
    world.run(120)
    sendSlowly(world, 5)
    page(0).show(true)
    world.run(20)
    assert.equal(world.connections.size, 2)
    assert.equal(world.requests, 2)
    world.run(5_000)
    assert.deepEqual(late.log, ['open', ...range(6, 405)])
    assert.equal(world.requests, 2)
  })

  it('is none that has missed one without an ID, which is told', () => {
    const { world, page } = worldWith(sharing, 2, { hasIds: false })
    sendSlowly(world)
    const { receive } = page(1)
    page(1).receive = (data) => (data.type === 'batch' && data.messages.includes('25\r') ? undefined : receive.call(page(1), data))
    sendSlowly(world)
    assert.deepEqual(page(1).signals, ['open', 'handover', 'open'])
    assert.equal(world.requests, 1)
  })

  it('leads if it has to, with the connection that it has', () => {
    const { world, page } = worldWith(sharing, 1)
    sendSlowly(world, 400)
    const late = world.open({ lastEventId: '5' })
    world.run(120)
    assert.equal(world.connections.size, 2)
    page(0).crash()
    sendSlowly(world)
    world.run(5_000)
    assert.deepEqual(late.log, ['open', ...range(6, 420)])
    assert.equal(world.requests, 2)
  })

  it('keeps of what it hears no more than there is room for', () => {
    const { Overheard, itemsOf } = sharing
    const overheard = new Overheard(at(0), 100)
    const add = (/** @type {number} */ id, /** @type {string} */ data) => {
      const text = { messages: textOfRange(id, id, data), remarks: '' }
      overheard.add({ batch: text, items: itemsOf(text) })
    }
    add(1, 'a')
    add(2, 'b')
    const dataBehind = (/** @type {number} */ id) =>
      overheard.behind(at(id))?.flatMap((/** @type {any} */ { items }) => items.map((/** @type {any} */ { data }) => data))
    assert.deepEqual([0, 1, 2].map(dataBehind), [['a', 'b'], ['b'], []])
    assert.equal(dataBehind(7), undefined)
    add(3, 'x'.repeat(90))
    assert.deepEqual(dataBehind(0), undefined)
    assert.deepEqual(dataBehind(2), ['x'.repeat(90)])
    assert.deepEqual(dataBehind(3), [])
    add(4, 'x'.repeat(200))
    assert.deepEqual([2, 3, 4].map(dataBehind), [undefined, undefined, []])
  })

  it('counts comments among what there is room for, all of which it keeps', () => {
    const { Overheard, itemsOf } = sharing
    const text = { messages: textOf([{ id: '1', data: 'abc' }]), remarks: '\nd\r' }
    const room = text.messages.length + text.remarks.length
    for (const [capacity, isKept] of /** @type {const} */ ([[room, true], [room - 1, false]])) {
      const overheard = new Overheard(at(0), capacity)
      overheard.add({ batch: text, items: itemsOf(text) })
      assert.equal(overheard.behind(at(0)) !== undefined, isKept, `${capacity}`)
    }
  })

  it('goes on behind the last message with an ID, with the batches that follow, and their comments', () => {
    const { Overheard, itemsOf } = sharing
    const overheard = new Overheard(at('', false), 1_000)
    const batches = [[{ id: '5', data: 'a' }, { id: '6', data: 'b' }], [{ id: '5', data: 'c' }, { id: '5', data: 'd' }], [{ id: '7', data: 'e' }]]
    for (const [index, messages] of batches.entries()) {
      const text = { messages: textOf(messages), remarks: index === 1 ? '\ncomment\r\n' : '' }
      overheard.add({ batch: text, items: itemsOf(text) })
    }
    const behind = (/** @type {number} */ id) =>
      overheard.behind(at(id)).flatMap((/** @type {any} */ { items }) => items.map((/** @type {any} */ item) => item.data ?? item))
    assert.deepEqual(behind(5), ['comment', 'd', 'e'])
    assert.deepEqual(behind(6), ['c', 'comment', 'd', 'e'])
    assert.deepEqual(behind(7), [])
  })

  it('takes what has no ID of its own for what comes behind the one that has', () => {
    const { Overheard, itemsOf } = sharing
    const text = { messages: textOf([{ id: '1', data: 'a' }, { id: '1', data: 'b' }, { id: '2', data: 'c' }]), remarks: '' }
    const overheard = new Overheard(at('', false), 1_000)
    overheard.add({ batch: text, items: itemsOf(text) })
    const [{ items }] = overheard.behind(at(1))
    assert.deepEqual(items.map((/** @type {any} */ { data }) => data), ['b', 'c'])
    assert.equal(overheard.behind(at(1, false)), undefined)
    // Whether the first one had one cannot be told, if it has begun behind the same.
    const later = new Overheard(at(1, false), 1_000)
    later.add({ batch: text, items: itemsOf(text) })
    assert.equal(later.behind(at(1)), undefined)
  })
})

describe('a loop that is too slow', () => {
  /** The text of 16 events is 1 MiB. @param {number} [count] @param {{ hasIds?: boolean, hasLocks?: boolean }} [options] */
  const withLarge = (count = 2, options = {}) => {
    const all = worldWith(sharing, count, options)
    all.world.padding = ` ${'x'.repeat(32 * 1024)}`
    return all
  }

  it('does not hold back the others: its source reads alone, until it has caught up', () => {
    const { world, page } = withLarge()
    page(1).isSlow = true
    sendSlowly(world, 100)
    assert.equal(world.connections.size, 2)
    assert.deepEqual(page(0).log, ['open', ...range(1, 100)])
    // Its own connection is not read on.
    assert.ok(page(1).waiting < 2 * sharing.CAPACITY)
    page(1).drain()
    sendSlowly(world)
    assert.deepEqual(page(1).log, ['open', ...range(1, 120)])
    assert.equal(world.connections.size, 1)
  })

  it('does not lead: another one does', () => {
    const { world, page } = withLarge()
    page(0).isSlow = true
    sendSlowly(world, 100)
    assert.deepEqual(world.leaders.map(({ id }) => id), ['m001'])
    assert.deepEqual(page(1).log, ['open', ...range(1, 100)])
    page(0).drain()
    sendSlowly(world)
    for (const index of [0, 1]) assert.deepEqual(page(index).log, ['open', ...range(1, 120)])
    assert.equal(world.connections.size, 1)
  })

  it('leads again if nobody else does', () => {
    const { world, page } = withLarge()
    page(0).isSlow = true
    page(1).crash()
    sendSlowly(world, 100)
    page(0).drain()
    world.run(1_000)
    assert.deepEqual(world.leaders.map(({ id }) => id), ['m000'])
    sendSlowly(world)
    assert.deepEqual(page(0).log, ['open', ...range(1, 120)])
    // Who comes now finds it.
    world.open()
    world.run(300)
    assert.equal(world.requests, 1)
  })

  it('does not lead: another one does at once, where there are no locks, too', () => {
    const { world, page } = withLarge(3, { hasLocks: false })
    page(0).isSlow = true
    sendSlowly(world, 100)
    assert.equal(world.leaders.filter(({ id }) => id !== 'm000').length, 1)
    for (const index of [1, 2]) assert.deepEqual(page(index).log, ['open', ...range(1, 100)])
  })

  it('is waited for where its source shares with nobody, though there are no IDs', () => {
    const { world, page } = withLarge(1, { hasIds: false })
    page(0).isSlow = true
    sendSlowly(world, 100)
    page(0).drain()
    sendSlowly(world)
    assert.deepEqual(page(0).log, ['open', ...range(1, 120)])
  })

  it('leaves the lead to others when its turn comes', () => {
    const { world, page } = withLarge(3)
    page(1).isSlow = true
    sendSlowly(world, 100)
    page(0).crash()
    world.run(100)
    assert.deepEqual(world.leaders.map(({ id }) => id), ['m002'])
  })

  it('leaves the lead to others, though nobody answers', () => {
    const { world, page } = withLarge(2)
    page(1).isSlow = true
    sendSlowly(world, 100)
    page(0).freeze()
    world.run(20_000)
    assert.deepEqual(world.leaders, [])
    page(1).drain()
    world.run(10_000)
    assert.deepEqual(world.leaders.map(({ id }) => id), ['m001'])
  })

  it('is waited for where its source shares with nobody', () => {
    const { world, page } = withLarge(1)
    page(0).isSlow = true
    sendSlowly(world, 100)
    assert.ok(page(0).waiting < 1.5 * sharing.CAPACITY)
    page(0).drain()
    sendSlowly(world)
    assert.deepEqual(page(0).log, ['open', ...range(1, 120)])
    assert.equal(world.requests, 1)
  })

  for (const index of [0, 1]) {
    it(`is told what it has missed where the server sends no IDs, ${index === 0 ? 'if it leads' : 'if it follows'}`, () => {
      const { world, page } = withLarge(2, { hasIds: false })
      page(index).isSlow = true
      sendSlowly(world, 100)
      assert.deepEqual(page(1 - index).log, ['open', ...range(1, 100)])
      assert.ok(page(index).numbers.length < 60)
      page(index).drain()
      sendSlowly(world)
      assert.deepEqual(page(index).signals, ['open', 'slow', 'open'])
      assert.deepEqual(page(index).numbers.slice(-20), range(101, 120))
      assert.equal(world.requests, 1)
    })
  }
})

describe('where the server sends no IDs', () => {
  it('a change of the leader is a gap, which is told once', () => {
    const { world, page } = worldWith(sharing, 3, { hasIds: false })
    sendSlowly(world)
    page(0).crash()
    world.run(100)
    for (const index of [1, 2]) assert.deepEqual(page(index).signals, ['open', 'handover', 'open'])
    sendSlowly(world)
    for (const index of [1, 2]) assert.deepEqual(page(index).numbers, range(1, 40))
  })

  it('it is not told of a source that has been told of a loss', () => {
    const { world, page } = worldWith(sharing, 2, { hasIds: false })
    sendSlowly(world)
    world.cut()
    world.run(100)
    page(0).crash()
    world.run(10_000)
    assert.deepEqual(page(1).signals, ['open', 'ended', 'open'])
  })
})

describe('who joins late', () => {
  it('is told that the stream is open, and gets everything from then on', () => {
    const { world } = worldWith(sharing, 1)
    sendSlowly(world)
    const late = world.open()
    world.run(50)
    sendSlowly(world)
    assert.deepEqual(late.log, ['open', ...range(21, 40)])
  })

  it('is told nothing while the stream is not open', () => {
    const { world } = worldWith(sharing, 1)
    world.isDown = true
    world.cut()
    world.run(50)
    const late = world.open()
    world.run(1_000)
    assert.deepEqual(late.log, [])
    world.isDown = false
    world.run(5_000)
    assert.deepEqual(late.log, ['open'])
  })
})
