// @ts-check
/** The queue between a source and a loop: any order of what either does, beside a plain model. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'

import { importSources } from './sources.mjs'

const { MessageQueue } = await importSources('event-source/message-queue.ts')

/** In code units: what may wait, and what a message weighs beside its data. */
const CAPACITY = 64 * 1024
const WEIGHT = 64

/** @param {number} length */
const message = (length) => ({ data: 'x'.repeat(length) })

/** What has become of a promise by now. @param {Promise<unknown>} promise */
async function stateOf(promise) {
  const pending = {}
  // The queue answers within a few microtasks, or not before something else happens.
  for (let turn = 0; turn < 5; turn += 1) await undefined
  return Promise.race([promise, pending]).then(
    (value) => (value === pending ? 'pending' : { value }),
    (reason) => ({ reason }),
  )
}

function makeQueue() {
  let left = 0
  const queue = new MessageQueue(() => (left += 1))
  return { queue, timesLeft: () => left }
}

describe('a queue of messages', () => {
  it('gives what was put in, in order, whoever is first', async () => {
    const { queue } = makeQueue()
    const [a, b, c] = [message(1), message(2), message(3)]
    queue.push(a)
    queue.push(b)
    assert.equal(queue.length, 2)
    assert.equal(queue.taken, undefined)
    assert.deepEqual(await queue.next(), { value: a, done: false })
    assert.equal(queue.taken, a)
    assert.deepEqual(await queue.next(), { value: b, done: false })
    const waiting = [queue.next(), queue.next()]
    queue.push(c)
    assert.equal(queue.taken, c)
    assert.equal(queue.length, 0)
    assert.deepEqual(await waiting[0], { value: c, done: false })
    assert.equal(await stateOf(/** @type {Promise<unknown>} */ (waiting[1])), 'pending')
    assert.equal(queue[Symbol.asyncIterator](), queue)
  })

  it('holds the source back while more than 64 Ki code units wait, and no longer', async () => {
    const { queue } = makeQueue()
    queue.push(message(CAPACITY - WEIGHT))
    assert.equal(queue.hold(), undefined)
    queue.push(message(0))
    const room = queue.hold()
    assert.equal(queue.hold(), room)
    assert.equal(await stateOf(room), 'pending')
    await queue.next()
    assert.deepEqual(await stateOf(room), { value: undefined })
    assert.equal(queue.hold(), undefined)
    // Again, and with what is left exactly at the limit.
    queue.push(message(CAPACITY - 2 * WEIGHT + 1))
    const again = queue.hold()
    assert.equal(await stateOf(again), 'pending')
    queue.push(message(CAPACITY - WEIGHT))
    await queue.next()
    assert.equal(await stateOf(again), 'pending')
    await queue.next()
    assert.deepEqual(await stateOf(again), { value: undefined })
  })

  it('takes an empty message for something', () => {
    const { queue } = makeQueue()
    for (let count = 0; count <= CAPACITY / WEIGHT; count += 1) {
      assert.equal(queue.hold(), undefined, `${count}`)
      queue.push(message(0))
    }
    assert.ok(queue.hold() instanceof Promise)
  })

  it('ends behind its last message, for all who wait', async () => {
    const { queue, timesLeft } = makeQueue()
    const waiting = [queue.next(), queue.next()]
    queue.end()
    for (const promise of waiting) assert.deepEqual(await promise, { value: undefined, done: true })
    assert.deepEqual(await queue.next(), { value: undefined, done: true })
    assert.equal(timesLeft(), 0)
    const { queue: other } = makeQueue()
    const a = message(1)
    other.push(a)
    other.end()
    assert.deepEqual(await other.next(), { value: a, done: false })
    assert.deepEqual(await other.next(), { value: undefined, done: true })
  })

  it('throws a failure once, behind the last message, whatever it is', async () => {
    for (const failure of [new Error('a'), undefined, null, 0]) {
      const { queue } = makeQueue()
      queue.push(message(1))
      queue.end([failure])
      await queue.next()
      assert.deepEqual(await stateOf(queue.next()), { reason: failure })
      assert.deepEqual(await queue.next(), { value: undefined, done: true })
      // Who waits first gets it, and all others the end.
      const { queue: other } = makeQueue()
      const states = [other.next(), other.next()].map(stateOf)
      other.end([failure])
      assert.deepEqual(await Promise.all(states), [{ reason: failure }, { value: { value: undefined, done: true } }])
      assert.deepEqual(await other.next(), { value: undefined, done: true })
    }
  })

  it('lets the source go on when it ends, and when the loop is left, which drops what waits', async () => {
    for (const leave of ['end', 'clear', 'return']) {
      const { queue, timesLeft } = makeQueue()
      queue.push(message(CAPACITY))
      const room = queue.hold()
      assert.deepEqual((await queue[leave]()) ?? { value: undefined, done: true }, { value: undefined, done: true })
      assert.deepEqual(await stateOf(room), { value: undefined }, leave)
      assert.equal(timesLeft(), leave === 'return' ? 1 : 0, leave)
      assert.equal(queue.length, leave === 'end' ? 1 : 0, leave)
      if (leave !== 'end') {
        assert.deepEqual(await queue.next(), { value: undefined, done: true })
        assert.equal(queue.hold(), undefined)
      }
    }
  })

  it('does what a plain model does, in any order', async () => {
    const action = fc.oneof(
      { weight: 4, arbitrary: fc.nat(CAPACITY).map((length) => ({ name: 'push', length })) },
      { weight: 4, arbitrary: fc.constant({ name: 'next', length: 0 }) },
      { weight: 2, arbitrary: fc.constant({ name: 'hold', length: 0 }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), fc.constantFrom('end', 'fail', 'return'), async (actions, how) => {
        const { queue } = makeQueue()
        /** @type {{ data: string }[]} */
        const pushed = []
        /** @type {Promise<unknown>[]} */
        const taken = []
        /** @type {Promise<void> | undefined} */
        let room
        const weight = () =>
          pushed.slice(taken.length).reduce((sum, { data }) => sum + data.length + WEIGHT, 0)
        for (const { name, length } of actions) {
          if (name === 'push') {
            pushed.push(message(length))
            queue.push(pushed.at(-1))
          } else if (name === 'next') taken.push(queue.next())
          else {
            const held = queue.hold()
            assert.equal(held !== undefined, weight() > CAPACITY)
            room = held ?? room
          }
          assert.equal(queue.length, Math.max(0, pushed.length - taken.length))
          if (room !== undefined) {
            const isHeld = weight() > CAPACITY
            assert.equal((await stateOf(room)) === 'pending', isHeld)
            if (!isHeld) room = undefined
          }
        }
        const failure = new Error('over')
        if (how === 'end') queue.end()
        else if (how === 'fail') queue.end([failure])
        else await queue.return()
        const states = await Promise.all(taken.map(stateOf))
        const end = { value: { value: undefined, done: true } }
        const expected = taken.map((_, index) => {
          const value = pushed[index]
          if (value !== undefined) return { value: { value, done: false } }
          return how === 'fail' && index === pushed.length ? { reason: failure } : end
        })
        assert.deepEqual(states, expected)
      }),
      { numRuns: 300, seed: 92 },
    )
  })
})
