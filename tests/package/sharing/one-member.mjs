// @ts-check
/** One member of a group by itself, in each of its roles, and what it may hear. */

import assert from 'node:assert/strict'

import { loadSharing, textOf } from './simulation.mjs'

/** The modules of the protocol. */
export const sharing = await loadSharing()

export const UNIX_TIME = 1_700_000_000_000
export const FAILURE = { reason: 'network', status: undefined, error: undefined, attempt: 1, retryIn: 3_000 }
export const FINAL = { ...FAILURE, reason: 'status', status: 410, retryIn: null }

/** @param {number | string} id */
export const at = (id, isExact = true) => ({ lastEventId: String(id), isExact })

/** A message of each ID; one without an ID has none of its own. @param {(number | string)[]} ids */
export function batchOf(...ids) {
  const messages = textOf(ids.map((id) => ({ id: String(id), data: `m${id}` })))
  return { messages, remarks: '' }
}

/**
 * What the member `leader` posts, which all of these tests follow where they follow one.
 * @param {object} [members]
 */
export function stateOf(members) {
  const standing = sharing.freshStanding(null)
  const stream = { from: 'leader', epoch: UNIX_TIME, count: 0, ...at(0), isOpen: true, isVisible: true, isLocked: false }
  return { type: 'state', ...stream, time: 3_000, standing, delay: 0, ...members }
}

/** @param {number} count @param {object} text @param {object} [members] */
export function heard(count, text, members) {
  return { type: 'batch', from: 'leader', epoch: UNIX_TIME, count, ...text, origin: 'o', times: 3_000, ...members }
}

/** @param {object} failure @param {object} [members] */
export function lossOf(failure, members) {
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
export function seenOf(...ids) {
  const seen = new sharing.Seen(sharing.itemsOf)
  seen.add(batchOf(...ids).messages)
  return seen
}

/**
 * A member, and what it asks for.
 * @param {{ id?: string, place?: object, isVisible?: boolean, seen?: object }} [options]
 */
export function memberOf({ id = 'm', place, isVisible = true, seen = seenOf() } = {}) {
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
export function leaderOf(options) {
  const one = memberOf(options)
  one.member.tick(100)
  one.member.handleOpen(100)
  one.receive(100, batchOf(1))
  one.did()
  return one
}

/** One that follows `leader`, open, behind ID 0. @param {Options} [options] @param {object} [members] */
export function followerOf(options, members) {
  const one = memberOf(options)
  one.member.receive(stateOf(members), 10)
  one.did()
  return one
}

/** One that reads alone, as it has missed the first of two batches of `leader`. */
export function readerOf() {
  const one = followerOf({ place: at(0) })
  one.member.receive(heard(2, batchOf(2)), 20)
  assert.deepEqual(one.did(), ['connects behind 0'])
  return one
}
