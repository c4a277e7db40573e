// @ts-check
/** Options from arbitrary values: each is refused by name, or leads to what the engine can take. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import fc from 'fast-check'

import { importSources } from './sources.mjs'

const { readOptions } = await importSources('options/read-options.ts')

const NAMES = ['body', 'cache', 'connectTimeout', 'credentials', 'duplex', 'fetch', 'headers', 'idleTimeout', 'integrity']
  .concat(['keepalive', 'lastEventId', 'maxEventSize', 'method', 'mode', 'onComment', 'pauseWhenHidden', 'priority'])
  .concat(['reconnect', 'redirect', 'referrer', 'referrerPolicy', 'resume', 'sendLastEventId', 'share', 'signal', 'withCredentials'])
const RECONNECT_NAMES = ['decide', 'delay', 'factor', 'jitter', 'maxAttempts', 'maxDelay', 'minDelay', 'repeat', 'resetAfter', 'statuses', 'strategy']

/** A value that throws where it is made text of, or looked at, but by what fast-check knows its own by. */
const error = new Error('by the user')
const fail = () => {
  throw error
}
const throwing = new Proxy({}, { get: (_, name) => (typeof name === 'symbol' ? undefined : fail()), ownKeys: fail })

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 1, 99.5, 100, 3_000, 2 ** 31, 2 ** 53, 1e300))
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'GET', 'post', 'half', 'cors', 'follow', 'full', 'linear', 'exponential', '\0', 'a\nb', '\uD800'))
const value = fc.oneof(
  { weight: 3, arbitrary: number },
  { weight: 3, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom(undefined, null, true, false, 1n, Symbol('a'), () => {}, async () => ({}), new Map([['a', 'b']]), new AbortController().signal, Object.create(null), throwing) },
  { weight: 2, arbitrary: fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true, withTypedArray: true, withSparseArray: true }) },
)
/** @param {string[]} names @param {import('fast-check').Arbitrary<unknown>} values */
const dictionary = (names, values) => fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 5 })
const options = fc
  .tuple(dictionary(NAMES, value), fc.option(dictionary(RECONNECT_NAMES, fc.oneof(value, number))))
  .map(([all, reconnect]) => (reconnect === null ? all : { ...all, reconnect }))

describe('arbitrary options', () => {
  const { warn } = console
  // There are many names that are no options.
  before(() => void (console.warn = () => {}))
  after(() => void (console.warn = warn))

  it('are refused by name, or lead to what the engine can take', () => {
    let taken = 0
    let refused = 0
    fc.assert(
      fc.property(options, (given) => {
        /** @type {any} */
        let read
        try {
          read = readOptions(given)
        } catch (thrown) {
          refused += 1
          // What a value of the user's throws comes out.
          if (thrown !== error) checkError(thrown, given)
          return
        }
        taken += 1
        checkSource(read.source)
      }),
      { numRuns: 20_000, seed: 92 },
    )
    assert.ok(taken > 1_000 && refused > 1_000, `${taken} taken, ${refused} refused`)
  })

  it('name the option that a number is wrong for', () => {
    const names = ['connectTimeout', 'idleTimeout', 'maxEventSize', ...['delay', 'factor', 'maxAttempts', 'maxDelay', 'minDelay', 'resetAfter'].map((name) => `reconnect.${name}`)]
    fc.assert(
      fc.property(fc.constantFrom(...names), number, (path, value) => {
        const [name, member] = path.split('.')
        const given = member === undefined ? { [`${name}`]: value } : { reconnect: { [member]: value } }
        try {
          checkSource(readOptions(given).source)
        } catch (thrown) {
          assert.ok(thrown instanceof RangeError && thrown.message.startsWith(`${path}: must be `), String(thrown))
        }
      }),
      { numRuns: 5_000, seed: 92 },
    )
  })
})

/**
 * It names the option that is wrong. But what converts the parts of a value, or makes the request, fails as
 * JavaScript and `fetch` do.
 * @param {any} thrown
 * @param {any} given
 */
function checkError(thrown, given) {
  assert.ok(thrown instanceof TypeError || thrown instanceof RangeError, String(thrown))
  const [, name, member] = /^(\w+)(?:\.(\w+))?: /.exec(thrown.message) ?? []
  if (member !== undefined) assert.ok(name === 'reconnect' && RECONNECT_NAMES.includes(member), thrown.message)
  else if (name !== undefined) assert.ok(NAMES.includes(name), thrown.message)
  else {
    const hasParts = [given.headers, given.integrity, given.reconnect?.statuses].some((value) => typeof value === 'object' && value !== null)
    assert.ok(hasParts || thrown.message.startsWith('Request constructor'), thrown.message)
  }
}

/** What src/npm.rs, and behind it the core, relies on. @param {any} source */
function checkSource(source) {
  for (const [name, least] of Object.entries({ connectTimeout: 1, idleTimeout: 1, maxEventSize: 1, factor: 0, delay: 0, minDelay: 0, maxDelay: 0, maxAttempts: 1, resetAfter: 0 })) {
    assert.equal(typeof source[name], 'number', name)
    assert.ok(source[name] >= least, `${name}: ${source[name]}`)
  }
  for (const name of ['factor', 'delay', 'minDelay', 'resetAfter', 'maxEventSize']) assert.ok(Number.isFinite(source[name]), name)
  assert.ok(source.minDelay <= source.maxDelay)
  for (const name of ['isGet', 'mayLeak', 'mayProbe', 'keepsComments', 'pauseWhenHidden', 'asksTheUser', 'repeats']) assert.equal(typeof source[name], 'boolean', name)
  assert.ok(['constant', 'linear', 'exponential'].includes(source.strategy))
  assert.ok(['none', 'full', 'equal', 'decorrelated'].includes(source.jitter))
  assert.equal(typeof source.lastEventId, 'string')
  assert.doesNotMatch(source.lastEventId, /[\0\r\n]/)
  if (source.statuses !== undefined) {
    assert.ok(source.statuses instanceof Uint16Array)
    for (const status of source.statuses) assert.ok(status >= 200 && status < 600, `${status}`)
  }
  if (source.query !== undefined) assert.equal(typeof source.query, 'string')
  if (source.fetch !== undefined) assert.equal(typeof source.fetch, 'function')
  // No request is impossible that could have been told to be so.
  const { duplex, ...init } = source.init
  new Request('data:,', { ...init, headers: typeof source.headers === 'function' ? undefined : source.headers })
}
