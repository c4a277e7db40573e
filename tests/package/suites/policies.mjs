/** What is tried again, how often, and when: what `reconnect` says of it, and what it leaves alone. */

import { assert } from '/node_modules/chai/index.js'
import { eventStream } from './made-up-responses.mjs'
import { address, eventually, milliseconds, next, record, requestsOf, takeFaults, uniqueKey } from './support.mjs'

const AT_ONCE = { delay: 0, minDelay: 0 }

export default function ({ EventSource }) {
  let source
  afterEach(async () => {
    source?.close()
    delete document.visibilityState
    // A test that expects none asserts it; none is left to the next suite.
    await takeFaults()
  })

  /** The errors of a source, from now on. */
  const errorsOf = (source) => {
    const errors = []
    source.addEventListener('error', ({ reason, retryIn, attempt, status }) =>
      errors.push({ reason, retryIn, attempt, status }),
    )
    return errors
  }
  const reasonsOf = (errors) => errors.map(({ reason, retryIn }) => [reason, retryIn])

  describe('a POST', () => {
    const post = (path, parameters, reconnect) => {
      const key = uniqueKey()
      source = new EventSource(address(path, { key, ...parameters }), { method: 'POST', body: 'a', reconnect })
      return { key, errors: errorsOf(source) }
    }
    const statuses = { ...AT_ONCE, statuses: [429] }

    it('is repeated after a status that is named', async () => {
      const { key } = post('/status/429', {}, statuses)
      await eventually(async () => (await requestsOf(key)).length >= 3)
    })

    for (const [end, reason] of [
      ['close', 'ended'],
      ['abort', 'network'],
    ]) {
      for (const [what, reconnect] of [
        ['with statuses', statuses],
        ['with a delay', AT_ONCE],
        ['with repeat: false', { ...statuses, repeat: false }],
        ['with a decide that has no opinion', { ...statuses, decide: () => undefined }],
      ]) {
        it(`is not repeated once its stream has begun, ${what}: ${reason}`, async () => {
          const { key, errors } = post('/raw', { body: 'data: a\n\n', end }, reconnect)
          await eventually(() => source.readyState === 2)
          await milliseconds(100)
          assert.deepEqual(reasonsOf(errors), [[reason, null]])
          assert.equal((await requestsOf(key)).length, 1)
        })
      }

      for (const [what, reconnect] of [
        ['repeat: true', { ...statuses, repeat: true }],
        ['reconnect: true', true],
      ]) {
        it(`is repeated once its stream has begun with ${what}: ${reason}`, async () => {
          const body = 'retry: 10\ndata: a\n\n'
          const { key, errors } = post('/raw', { body: [body, body], end }, reconnect)
          await eventually(() => source.readyState === 2)
          assert.deepEqual(errors.slice(0, 2).map((error) => error.reason), [reason, reason])
          assert.equal((await requestsOf(key)).length, 3)
        })
      }
    }

    it('is not repeated after a network error, as the server may have got it', async () => {
      const key = uniqueKey()
      source = new EventSource(address('/reset', { key }), { method: 'POST', body: 'a', reconnect: statuses })
      const errors = errorsOf(source)
      await eventually(() => source.readyState === 2)
      await milliseconds(100)
      assert.deepEqual(reasonsOf(errors), [['network', null]])
    })
  })

  it('a GET with repeat: false is not repeated once its stream has begun, but for statuses', async () => {
    const reconnect = { ...AT_ONCE, statuses: [503], repeat: false }
    for (const [path, parameters, expected] of [
      ['/raw', { body: 'data: a\n\n' }, 1],
      ['/status/503', {}, 3],
    ]) {
      const key = uniqueKey()
      source = new EventSource(address(path, { key, ...parameters }), { reconnect })
      await eventually(async () => (await requestsOf(key)).length >= expected)
      await milliseconds(expected === 1 ? 100 : 0)
      assert.isAtLeast((await requestsOf(key)).length, expected)
      if (expected === 1) assert.equal(source.readyState, 2)
      source.close()
    }
  })

  describe('Retry-After', () => {
    const refused = async (init) => {
      const key = uniqueKey()
      const url = address('/status/503', { key, 'retry-after': '3600' })
      source = new EventSource(url, { ...init, reconnect: { ...AT_ONCE, statuses: [503] } })
      const { retryIn } = await next(source, 'error')
      assert.isAtLeast(retryIn, 3_600_000)
      return key
    }
    const show = (visibilityState) => {
      Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }

    it('is kept to, however often the device is online again', async () => {
      const key = await refused({})
      for (let times = 0; times < 3; times++) {
        dispatchEvent(new Event('online'))
        await milliseconds(50)
      }
      assert.equal((await requestsOf(key)).length, 1)
      assert.equal(source.readyState, 0)
    })

    it('is kept to, however often the page is hidden and shown', async () => {
      const key = await refused({ pauseWhenHidden: true })
      for (let times = 0; times < 3; times++) {
        show('hidden')
        await milliseconds(30)
        show('visible')
        await milliseconds(30)
      }
      assert.equal((await requestsOf(key)).length, 1)
      assert.equal(source.readyState, 0)
    })

    it('is kept to when the page comes back from the back/forward cache', async () => {
      const key = await refused({})
      for (const type of ['pagehide', 'pageshow']) {
        dispatchEvent(new PageTransitionEvent(type, { persisted: true }))
        await milliseconds(50)
      }
      assert.equal((await requestsOf(key)).length, 1)
      assert.equal(source.readyState, 0)
    })

    for (const value of ['soon 2099', '2099', 'in 5 s', '2099-11-21', 'Nov 21 2099', '21 Nov 2099 10:00:05', '5 ']) {
      // A number is seconds, and white space around it is none of it.
      const least = { 2099: 2_099_000, '5 ': 5_000 }[value.trim() === '2099' ? 2099 : value] ?? 0
      it(`asks for ${least} ms with “${value}”`, async () => {
        const headers = { 'Retry-After': value }
        const fetch = async () => new Response('', { status: 503, headers })
        const reconnect = { ...AT_ONCE, statuses: [503] }
        source = new EventSource('https://example.test/', { fetch, reconnect })
        assert.equal((await next(source, 'error')).retryIn, least)
      })
    }

    for (const value of [
      'Thu, 21 Nov 2999 10:00:05 GMT',
      'Thu Nov 21 10:00:05 2999',
      'Fri Nov  1 10:00:05 2999',
      // Two digits mean the past where they would be more than 50 years ahead.
      new Date(Date.now() + 86_400_000).toUTCString().replace(
        /^(...), (..) (...) ..(..) (.*)$/,
        (_, day, date, month, year, time) => `${DAYS[day]}, ${date}-${month}-${year} ${time}`,
      ),
    ]) {
      it(`may be a date like “${value.replace(/\d/g, '0')}”`, async () => {
        const fetch = async () => new Response('', { status: 503, headers: { 'Retry-After': value } })
        source = new EventSource('https://example.test/', { fetch, reconnect: { ...AT_ONCE, statuses: [503] } })
        assert.isAbove((await next(source, 'error')).retryIn, 80_000_000)
      })
    }
  })

  describe('decide', () => {
    const decided = (decide, path, parameters = {}, more = {}) => {
      const key = uniqueKey()
      source = new EventSource(address(path, { key, ...parameters }), { reconnect: { ...AT_ONCE, ...more, decide } })
      return { key, errors: errorsOf(source) }
    }
    const ends = async ({ key }, requests) => {
      await eventually(() => source.readyState === 2)
      await milliseconds(100)
      assert.equal((await requestsOf(key)).length, requests)
    }

    it('cannot go on after a 204, which ends the stream', async () => {
      const run = decided(() => true, '/status/204')
      await ends(run, 1)
      assert.deepEqual(reasonsOf(run.errors), [['status', null]])
    })

    it('can go on after a 204 that is among the statuses', async () => {
      const { key } = decided(() => true, '/status/204', {}, { statuses: [204] })
      await eventually(async () => (await requestsOf(key)).length >= 3)
    })

    it('cannot go on after a status that is not among the statuses', async () => {
      const run = decided(() => true, '/status/404', {}, { statuses: [503] })
      await ends(run, 1)
      assert.deepEqual(run.errors.map(({ status, retryIn }) => [status, retryIn]), [[404, null]])
    })

    it('goes on after a status that is among the statuses', async () => {
      const { key } = decided(() => true, '/status/503', {}, { statuses: [503] })
      await eventually(async () => (await requestsOf(key)).length >= 3)
    })

    for (const answer of [undefined, Promise.resolve(undefined)]) {
      it(`leaves it to what would happen unasked with ${answer ? 'a promise of nothing' : 'nothing'}`, async () => {
        const going = decided(() => answer, '/raw', { body: ['data: a\n\n', ''] })
        await ends(going, 3)
        const final = decided(() => answer, '/status/404')
        await ends(final, 1)
        assert.deepEqual(reasonsOf(final.errors), [['status', null]])
        assert.deepEqual(await takeFaults(), [])
      })
    }

    for (const answer of [null, false]) {
      it(`gives up with ${answer}`, async () => {
        const run = decided(() => answer, '/raw', { body: 'data: a\n\n' })
        await ends(run, 1)
        assert.deepEqual(reasonsOf(run.errors), [['ended', null]])
        assert.deepEqual(await takeFaults(), [])
      })
    }

    it('is told what would happen unasked, and may say just that', async () => {
      const asked = []
      const decide = ({ status, reason, retryIn }) => {
        asked.push([status ?? reason, retryIn])
        return retryIn
      }
      await ends(decided(decide, '/raw', { body: ['data: a\n\n', ''], then: 404 }), 3)
      assert.deepEqual(asked.slice(0, 2), [['ended', 0], ['ended', 0]])
      // What no answer could change need not be asked.
      assert.isTrue(asked.length === 2 || asked[2][1] === null, JSON.stringify(asked))
    })

    it('is pending in readyState CONNECTING, though the connection was open before', async () => {
      let answer
      const { errors } = decided(() => new Promise((resolve) => (answer = resolve)), '/raw', { body: 'data: a\n\n' })
      await next(source, 'open')
      await eventually(() => answer)
      assert.equal(source.readyState, 0)
      assert.deepEqual(errors, [])
      answer(false)
      await eventually(() => source.readyState === 2)
      assert.deepEqual(reasonsOf(errors), [['ended', null]])
    })

    it('is pending in readyState CONNECTING after a connection that broke, too', async () => {
      let answer
      decided(() => new Promise((resolve) => (answer = resolve)), '/raw', { body: 'data: a\n\n', end: 'abort' })
      await eventually(() => answer)
      assert.equal(source.readyState, 0)
    })
  })

  describe('maxAttempts', () => {
    const connect = (text, maxAttempts) => {
      let count = 0
      const answer = eventStream(text)
      const fetch = () => {
        count += 1
        return answer()
      }
      source = new EventSource('https://example.test/', { fetch, reconnect: { ...AT_ONCE, maxAttempts } })
      return { count: () => count, errors: errorsOf(source) }
    }

    for (const maxAttempts of [1, 2]) {
      it(`${maxAttempts} does not count connections that have delivered a message`, async () => {
        const { count, errors } = connect('data: a\n\n', maxAttempts)
        await eventually(() => count() >= 6)
        assert.notEqual(source.readyState, 2)
        assert.deepEqual(errors.slice(0, 4).map(({ attempt, retryIn }) => [attempt, retryIn]), Array(4).fill([1, 0]))
      })

      it(`${maxAttempts} counts those that were accepted and closed without a message`, async () => {
        const { count, errors } = connect(': comment\nid: 1\nretry: 10\n\n', maxAttempts)
        await eventually(() => source.readyState === 2)
        assert.equal(count(), maxAttempts)
        assert.deepEqual(errors.at(-1).retryIn, null)
        assert.lengthOf(errors, maxAttempts)
      })
    }

    it('1 comes back from a connection that lasted, over the network', async () => {
      const key = uniqueKey()
      const url = address('/raw', { key, body: ['data: a\n\n', 'data: b\n\n'] })
      source = new EventSource(url, { reconnect: { ...AT_ONCE, maxAttempts: 1 } })
      const events = record(source)
      await eventually(() => source.readyState === 2)
      assert.deepEqual(events.filter((line) => line.startsWith('message')), ['message "a" (1)', 'message "b" (1)'])
      assert.equal((await requestsOf(key)).length, 3)
    })

    it('counts anew after a message: the delay does not grow', async () => {
      const answer = eventStream('data: a\n\n')
      const reconnect = { delay: 10, minDelay: 0, strategy: 'exponential' }
      source = new EventSource('https://example.test/', { fetch: answer, reconnect })
      const errors = errorsOf(source)
      await eventually(() => errors.length >= 4)
      assert.deepEqual(errors.slice(0, 4).map(({ retryIn }) => retryIn), [10, 10, 10, 10])
    })
  })
}

/** The names of the days in the second form of a date, by those in the first. */
const DAYS = Object.fromEntries(
  ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'].map((day) => [day.slice(0, 3), day]),
)
