/** Sources that nobody holds: those that nobody can hear are collected, and their requests end. */

import { assert } from '/node_modules/chai/index.js'
import { garbageCollection } from './garbage-collection.mjs'
import { address, eventually, milliseconds, requestsOf, uniqueKey } from './support.mjs'

const HELD = { body: 'retry: 50\nid: 7\ndata: a\n\n', end: 'hold' }
/** Each request ends, and is followed by another one. */
const ENDING = { body: 'retry: 50\nid: 7\ndata: a\n\n' }

export default function ({ EventSource }) {
  /** What is to outlive the sources. */
  const kept = []
  afterEach(() => kept.splice(0).forEach((controller) => controller.abort()))

  /** Makes a source, does something with it, and lets go of it. Returns the key of its requests. */
  function drop(parameters, { path = '/raw', init, act = () => {} } = {}) {
    const key = uniqueKey()
    act(new EventSource(address(path, { key, ...parameters }), init))
    return key
  }
  const hasBegun = (key, count = 1) => eventually(async () => (await requestsOf(key)).length >= count)

  /** Collects until the requests of all keys are over, and nothing follows. */
  async function areOver(keys) {
    let before = -1
    await eventually(async () => {
      await garbageCollection()
      await milliseconds(300)
      const requests = (await Promise.all(keys.map(requestsOf))).flat()
      const isSettled = requests.length === before && requests.every(({ endedAt }) => endedAt !== null)
      before = requests.length
      return isSettled
    }, 80_000)
  }

  const DROPPED = {
    'that nobody has listened to, open': () => drop(HELD),
    'that nobody has listened to, connecting': () => drop({}, { path: '/hang' }),
    'that nobody has listened to, waiting to reconnect': () => drop(ENDING),
    'whose listener was removed': () =>
      drop(HELD, {
        act(source) {
          const listener = () => {}
          source.addEventListener('message', listener)
          source.removeEventListener('message', listener)
        },
      }),
    'whose handler was set to null': () =>
      drop(HELD, {
        act(source) {
          source.onmessage = () => {}
          source.onmessage = null
        },
      }),
    'whose listener has been called once': () =>
      drop(HELD, { act: (source) => source.addEventListener('message', () => {}, { once: true }) }),
    'whose listener was removed by its signal': () =>
      drop(HELD, {
        act(source) {
          const controller = new AbortController()
          source.addEventListener('message', () => controller.abort(), { signal: controller.signal })
        },
      }),
    'whose own signal lives on': () => {
      const controller = new AbortController()
      kept.push(controller)
      return drop(HELD, { init: { signal: controller.signal } })
    },
    'that resumes after a reload': () => drop(HELD, { init: { resume: true } }),
  }
  // Not more at once than a browser has connections to a server.
  const names = Object.keys(DROPPED)
  for (const some of [names.slice(0, 5), names.slice(5)]) {
    it(`a source is collected, and its request ends: one ${some.join('; one ')} [spec 125]`, async function () {
      this.timeout(100_000)
      const keys = some.map((name) => DROPPED[name]())
      for (const key of keys) await hasBegun(key)
      await areOver(keys)
      for (const { signal } of kept) assert.equal(signal.aborted, false)
      for (const { endedBy } of await requestsOf(keys[0])) assert.equal(endedBy, 'client')
    })
  }

  it('a source with a listener of any type, a loop or onComment lives on, though nobody holds it [spec 124]', async function () {
    this.timeout(100_000)
    const heard = { listener: 0, loop: 0, comment: 0 }
    const controller = new AbortController()
    const { signal } = controller
    kept.push(controller)
    const parameters = { body: 'retry: 50\n: a comment\nevent: named\ndata: a\n\n' }
    drop(parameters, {
      init: { signal },
      act: (source) => source.addEventListener('named', () => (heard.listener += 1)),
    })
    drop(parameters, {
      init: { signal },
      act: async (source) => {
        for await (const _ of source) heard.loop += 1
      },
    })
    drop(parameters, { init: { signal, onComment: () => (heard.comment += 1) } })
    const goOn = async () => {
      const before = { ...heard }
      await eventually(() => Object.keys(heard).every((what) => heard[what] >= before[what] + 3))
    }
    await goOn()
    await garbageCollection()
    await garbageCollection()
    await goOn()
  })
}
