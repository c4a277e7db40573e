// @ts-check
/** What a source that shares a connection is told, in order, as fast as its loops can take it. */

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setImmediate as nextTask } from 'node:timers/promises'

import { loadSharing, textOf } from './sharing/simulation.mjs'

/** @type {any} */
let sharing
before(async () => {
  sharing = await loadSharing()
})

/** An outlet, what it has told, and a way to let its source wait. */
function outletOf() {
  /** @type {unknown[]} */
  const log = []
  /** @type {(() => void)[]} */
  const waiting = []
  const state = { isSlow: false, drained: 0 }
  const outlet = new sharing.Outlet(
    {
      open: (/** @type {unknown} */ response) => void log.push(['open', response]),
      lose: (/** @type {any} */ { reason }) => void log.push([reason, outlet.readyState]),
      deliver: (/** @type {any[]} */ items, /** @type {string} */ origin) => {
        log.push([...items.map((item) => item.data ?? item), origin, outlet.lastEventId, outlet.times])
        return state.isSlow ? new Promise((resolve) => waiting.push(() => resolve(undefined))) : undefined
      },
    },
    '0',
    () => (state.drained += 1),
  )
  /** @param {number} id @param {unknown} [times] */
  const deliver = (id, times = 3000) => {
    const messages = textOf([{ id: String(id), data: `m${id}` }])
    outlet.deliver(sharing.itemsOf({ messages, remarks: '' }), { messages, remarks: '', origin: 'o', times })
    return messages.length
  }
  const release = async () => {
    waiting.shift()?.()
    await nextTask()
  }
  return { outlet, log, state, deliver, release }
}

describe('an outlet', () => {
  it('tells at once while nothing waits', () => {
    const { outlet, log, state, deliver } = outletOf()
    outlet.open('response')
    assert.equal(outlet.readyState, 1)
    deliver(1)
    outlet.lose({ reason: 'ended' }, false)
    assert.deepEqual(log, [['open', 'response'], ['m1', 'o', '1', 3000], ['ended', 0]])
    assert.equal(outlet.waiting, 0)
    assert.equal(outlet.room, undefined)
    assert.equal(state.drained, 0)
  })

  it('keeps what comes while the source waits, in order, and says how much', async () => {
    const { outlet, log, state, deliver, release } = outletOf()
    outlet.open(undefined)
    state.isSlow = true
    deliver(1)
    const length = deliver(2) + deliver(3)
    outlet.lose({ reason: 'ended' }, false)
    outlet.open(undefined)
    assert.equal(outlet.waiting, length)
    outlet.deliver(['a comment'], { messages: '', remarks: 'a comment\r', origin: 'o', times: 3 })
    assert.equal(outlet.waiting, length + 10)
    // As far as the source has been told.
    assert.deepEqual([outlet.readyState, outlet.lastEventId, log.length], [1, '1', 2])
    let hasRoom = false
    outlet.room.then(() => (hasRoom = true))
    await release()
    assert.equal(outlet.waiting, length / 2 + 10)
    assert.deepEqual([log.length, state.drained, hasRoom], [3, 0, false])
    state.isSlow = false
    await release()
    assert.deepEqual(log.slice(3), [['m3', 'o', '3', 3000], ['ended', 0], ['open', undefined], ['a comment', 'o', '3', 3]])
    assert.deepEqual([outlet.waiting, state.drained, hasRoom, outlet.readyState], [0, 1, true, 1])
  })

  it('tells the times of the messages that it delivers, which are the last ones of a batch', () => {
    const { outlet, log } = outletOf()
    const messages = textOf([{ id: '1', data: 'a' }, { id: '2', data: 'b' }, { id: '3', data: 'c' }])
    const items = sharing.itemsOf({ messages, remarks: '' })
    outlet.deliver(['a comment', ...items.slice(1)], { messages, remarks: '', origin: 'o', times: [1, 2, 3] })
    assert.deepEqual(log, [['a comment', 'b', 'c', 'o', '3', [2, 3]]])
    // A comment alone changes no ID.
    outlet.deliver(['another'], { messages: '', remarks: 'another\r', origin: 'o', times: 3 })
    assert.equal(outlet.lastEventId, '3')
  })

  it('says nothing of a page that is put aside, but that it is not open', async () => {
    const { outlet, log, state, deliver, release } = outletOf()
    outlet.open(undefined)
    state.isSlow = true
    deliver(1)
    deliver(2)
    outlet.suspend()
    assert.equal(outlet.readyState, 1)
    state.isSlow = false
    await release()
    assert.equal(outlet.readyState, 0)
    assert.equal(log.length, 3)
  })

  it('tells nothing more once it is closed, and holds back nobody', async () => {
    const { outlet, log, state, deliver, release } = outletOf()
    state.isSlow = true
    deliver(1)
    deliver(2)
    let hasRoom = false
    outlet.room.then(() => (hasRoom = true))
    outlet.close()
    // Nobody has asked to be told.
    outletOf().outlet.close()
    deliver(3)
    outlet.open(undefined)
    await release()
    assert.deepEqual([log.length, outlet.waiting, hasRoom, state.drained], [1, 0, true, 0])
  })
})
