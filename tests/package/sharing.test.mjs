// @ts-check
/** The protocol of sources that share a connection, at random and in simulated time: see `sharing/simulation.mjs`. */

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'

import fc from 'fast-check'

import { loadSharing, range, World } from './sharing/simulation.mjs'

/** @type {any} */
let sharing
before(async () => {
  sharing = await loadSharing()
})

/** What is done to a page, or by the server. */
const ACTIONS = /** @type {const} */ ([
  ...['open', 'open', 'close', 'crash', 'freeze', 'thaw', 'hide', 'show', 'cache', 'slow', 'drain'],
  ...['send', 'send', 'send', 'send', 'burst', 'cut', 'down', 'up', 'wait'],
])

/** @typedef {{ action: typeof ACTIONS[number], page: number, delay: number }} Deed */

const DEEDS = fc.array(
  fc.record({
    action: fc.constantFrom(...ACTIONS),
    page: fc.nat(20),
    delay: fc.oneof(fc.nat(5), fc.nat(300), fc.nat(9_000)),
  }),
  { minLength: 10, maxLength: 80 },
)

/** @param {World} world @param {Deed} deed */
function perform(world, { action, page: index, delay }) {
  const pages = world.pages.filter((page) => page.isThere)
  const page = pages[index % Math.max(1, pages.length)]
  const isAwake = page !== undefined && !page.isFrozen && page.memberId !== ''
  if (action === 'open' && pages.length < 8) world.open({ isVisible: index % 3 > 0 }, `m${Math.floor(world.chance() * 1e6)}`)
  else if (action === 'send') world.send()
  else if (action === 'burst') world.send(50)
  else if (action === 'cut') world.cut()
  else if (action === 'down') world.isDown = true
  else if (action === 'up') world.isDown = false
  else if (action === 'crash') page?.crash()
  else if (action === 'freeze' && isAwake) page.freeze()
  else if (action === 'thaw') page?.thaw()
  else if (isAwake && pages.length > 1 && action === 'close') page.close()
  else if (isAwake && action === 'cache') page.cache(delay)
  else if (isAwake && action === 'hide') page.show(false)
  else if (isAwake && action === 'show') page.show(true)
  else if (isAwake && action === 'slow') page.isSlow = true
  else if (isAwake && action === 'drain') page.drain()
  world.run(delay)
}

/** Lets all that is wrong come to an end. @param {World} world */
function settle(world) {
  world.isDown = false
  for (const page of world.pages) if (page.isThere) page.thaw()
  world.run(30_000)
  for (const page of world.pages) if (page.isThere && page.memberId !== '') page.drain()
  for (let times = 0; times < 10; times++) {
    world.send()
    world.run(2_000)
  }
}

/** Each event once, in order. @param {World} world */
function assertContinuity(world) {
  for (const page of world.pages) {
    const { numbers } = page
    const first = Number(numbers[0])
    if (numbers.length > 0) assert.deepEqual(numbers, range(first, first + numbers.length - 1), page.id)
  }
}

for (const hasLocks of [true, false]) {
  describe(hasLocks ? 'at random' : 'at random, without locks', () => {
    it('loses nothing, doubles nothing, and comes back to one connection', () => {
      fc.assert(
        fc.property(DEEDS, fc.nat(), fc.constantFrom(1, 10, 80), (deeds, seed, latency) => {
          const world = new World(sharing, { seed, hasLocks, latency })
          world.open()
          for (const deed of deeds) perform(world, deed)
          settle(world)
          assertContinuity(world)
          const pages = world.pages.filter((page) => page.isThere)
          for (const page of pages) assert.equal(page.numbers.at(-1), world.events, `${page.id} is behind`)
          if (pages.length > 0) assert.equal(world.connections.size, 1)
        }),
        { numRuns: Number(process.env.SHARING_RUNS ?? 300), seed: Number(process.env.SHARING_SEED ?? 20) },
      )
    })
  })
}
