// @ts-check
/** The locks of sources that share a connection, against a manager that does what that of a browser does. */

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { loadSharing } from './sharing/simulation.mjs'

/** @type {any} */
let sharing
before(async () => {
  sharing = await loadSharing()
})

/** @typedef {{ name: string, give: () => void }} Request */

/** The requests for each name, the one that has it first. @type {Map<string, Request[]>} */
const queues = new Map()

const manager = {
  /** @param {string} name @param {{ signal: AbortSignal }} options @param {() => Promise<void> | undefined} callback */
  async request(name, { signal }, callback) {
    const queue = queues.get(name) ?? []
    queues.set(name, queue)
    await new Promise((resolve, reject) => {
      const request = { name, give: () => resolve(undefined) }
      queue.push(request)
      signal.addEventListener('abort', () => {
        const index = queue.indexOf(request)
        // One that has been given is not taken back.
        if (index > 0) queue.splice(index, 1)
        reject(signal.reason)
      })
      if (queue.length === 1) request.give()
    })
    try {
      await callback()
    } finally {
      queue.shift()
      queue[0]?.give()
    }
  },
  async query() {
    return { held: [...queues.values()].flatMap(([first]) => (first ? [{ name: first.name }] : [])) }
  },
}

const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
/** @param {unknown} value */
const setNavigator = (value) => Object.defineProperty(globalThis, 'navigator', { value, configurable: true })
beforeEach(() => {
  queues.clear()
  setNavigator({ locks: manager })
})
after(() => {
  if (descriptor) Object.defineProperty(globalThis, 'navigator', descriptor)
  else Reflect.deleteProperty(globalThis, 'navigator')
})

const lengthOf = (/** @type {string} */ name) => queues.get(name)?.length ?? 0

describe('locks', () => {
  it('are held once, until they are given back', async () => {
    const locks = new sharing.Locks('g/')
    let held = 0
    assert.equal(await locks.isAnyHeld(), false)
    for (let times = 0; times < 3; times++) locks.hold('a', () => (held += 1))
    await sleep(1)
    assert.deepEqual([held, lengthOf('g/a')], [1, 1])
    assert.equal(await locks.isAnyHeld(), true)
    assert.equal(await new sharing.Locks('another/').isAnyHeld(), false)
    locks.release(0)
    await sleep(1)
    assert.equal(await locks.isAnyHeld(), false)
    locks.hold('a', () => (held += 1))
    await sleep(1)
    assert.equal(held, 2)
  })

  it('are given back later where that is wanted', async () => {
    const locks = new sharing.Locks('g/')
    locks.hold('a', () => {})
    await sleep(1)
    locks.release(30)
    await sleep(10)
    assert.equal(lengthOf('g/a'), 1)
    await sleep(40)
    assert.equal(lengthOf('g/a'), 0)
  })

  it('are waited for in the order of asking, one leader at a time, and kept', async () => {
    const [leader, first, second] = [1, 2, 3].map(() => new sharing.Locks('g/'))
    /** @type {string[]} */
    const log = []
    leader.hold('a', () => {})
    first.watch('a', (/** @type {string} */ free) => log.push(`first ${free}`))
    first.watch('a', (/** @type {string} */ free) => log.push(`first again ${free}`))
    second.watch('a', (/** @type {string} */ free) => log.push(`second ${free}`))
    await sleep(1)
    assert.equal(lengthOf('g/a'), 3)
    leader.release(0)
    await sleep(1)
    assert.deepEqual([log, lengthOf('g/a')], [['first a'], 2])
    // What is watched instead gives up what was.
    second.watch('b', () => {})
    await sleep(1)
    assert.deepEqual([log, lengthOf('g/a'), lengthOf('g/b')], [['first a'], 1, 1])
    first.watch(undefined, () => {})
    second.watch(undefined, () => {})
    await sleep(1)
    assert.deepEqual([lengthOf('g/a'), lengthOf('g/b')], [0, 0])
    assert.deepEqual([...queues.keys()], ['g/a', 'g/b'], 'no other name has been asked for')
  })

  it('that nobody has are given back by nobody', async () => {
    const locks = new sharing.Locks('g/')
    locks.release(0)
    locks.release(1)
    await sleep(5)
    assert.equal(queues.size, 0)
  })

  it('that were asked for and are not wanted any more go to the next', async () => {
    const [leader, first, second] = [1, 2, 3].map(() => new sharing.Locks('g/'))
    /** @type {string[]} */
    const log = []
    leader.hold('a', () => {})
    first.watch('a', () => log.push('first'))
    second.watch('a', () => log.push('second'))
    await sleep(1)
    // In the same moment.
    leader.release(0)
    first.watch(undefined, () => {})
    await sleep(1)
    assert.deepEqual(log, ['second'])
    assert.equal(lengthOf('g/a'), 1)
  })

  it('are nothing that anything depends on where there are none', async () => {
    for (const value of [undefined, {}, { locks: { request: () => Promise.reject(new Error('a')), query: manager.query } }]) {
      setNavigator(value)
      const locks = new sharing.Locks('g/')
      locks.hold('a', () => assert.fail())
      locks.watch('b', () => assert.fail())
      assert.equal(await locks.isAnyHeld(), false)
      locks.watch(undefined, () => {})
      locks.release(0)
      await sleep(1)
    }
  })
})
