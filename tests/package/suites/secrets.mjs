/** What the user adds to requests goes nowhere else, and no request is sent that the user would not. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'

export default function ({ EventSource, secondOrigin }) {
  let source
  afterEach(() => source?.close())
  const header = (request, name) => request.headers.find(([key]) => key === name)?.[1]
  const isPreflight = ({ method }) => method === 'OPTIONS'

  describe('after a redirect to another origin', () => {
    /** Connects three times by way of a redirect. What was asked here, and there. */
    async function askedIn(init) {
      const [here, there] = [uniqueKey(), uniqueKey()]
      const body = ['retry: 100\nid: 1\ndata: 1\n\n', 'data: 2\n\n']
      const to = address('/raw', { key: there, cors: '*', body }, secondOrigin)
      const url = address('/redirect/307', { key: here, to })
      source = new EventSource(url, init)
      await eventually(() => source.readyState === 2, 10_000)
      const [first, second] = await Promise.all([here, there].map(requestsOf))
      return { here: first, there: second.filter((request) => !isPreflight(request)), url }
    }

    for (const [whose, init] of Object.entries({
      'a fetch of the user’s that adds a token': (calls) => ({
        fetch: (url, init) => {
          calls.push(url)
          return fetch(url, { ...init, headers: { ...init.headers, Authorization: 'Bearer secret' } })
        },
      }),
      'a function for headers': () => ({ headers: () => ({ Authorization: 'Bearer secret' }) }),
      headers: () => ({ headers: { Authorization: 'Bearer secret' } }),
    })) {
      it(`the first URL is asked again with ${whose}, and the token goes nowhere else`, async () => {
        const calls = []
        const { here, there, url } = await askedIn(init(calls))
        // Two streams, and the 204 that stops it: each is reached by its own redirect.
        assert.deepEqual([here.length, there.length], [3, 3])
        assert.isTrue(here.every((request) => header(request, 'authorization') === 'Bearer secret'))
        assert.deepEqual(there.map((request) => header(request, 'authorization')), Array(3).fill(undefined))
        assert.isTrue(calls.every((called) => called === url), `${calls}`)
      })
    }
  })

  describe('the probe that finds out whether the server answers', () => {
    /** Waits for the error of a URL of another origin. What the server has seen by then. */
    async function seenOf(init, path = '/raw', parameters = {}) {
      const key = uniqueKey()
      source = new EventSource(address(path, { key, ...parameters }, secondOrigin), {
        reconnect: { delay: 60_000 },
        ...init,
      })
      const { reason } = await next(source, 'error')
      // Whatever is still on its way has come by then.
      await milliseconds(100)
      return { reason, requests: await requestsOf(key) }
    }

    it('tells a refusal by CORS, with one more request', async () => {
      const { reason, requests } = await seenOf({})
      assert.deepEqual([reason, requests.length], ['cors', 2])
    })

    it('is not sent with mode same-origin, with which nothing is sent at all', async () => {
      const { requests } = await seenOf({ mode: 'same-origin' })
      assert.equal(requests.length, 0)
    })

    it('does not follow a redirect where redirect is ‘error’', async () => {
      const key = uniqueKey()
      const to = address('/raw', { key, cors: '*' }, secondOrigin)
      const { requests } = await seenOf({ redirect: 'error' }, '/redirect/307', { to, cors: '*' })
      assert.equal(requests.length, 1)
      assert.deepEqual(await requestsOf(key), [])
    })

    it('tells no referrer where the user wants none told', async () => {
      for (const init of [{ referrerPolicy: 'no-referrer' }, { referrer: '' }]) {
        const { requests } = await seenOf(init)
        assert.isNotEmpty(requests)
        assert.deepEqual(requests.map((request) => header(request, 'referer')), requests.map(() => undefined))
      }
    })

    it('sends cookies where the request has sent them, and only there', async () => {
      const cookie = uniqueKey()
      await fetch(address('/cookies/set', { name: cookie, value: 'x' }))
      for (const [init, isSent] of [
        [{}, false],
        [{ credentials: 'omit' }, false],
        [{ withCredentials: true }, true],
        [{ credentials: 'include' }, true],
      ]) {
        const { requests } = await seenOf(init)
        assert.isNotEmpty(requests)
        const sent = requests.map((request) => (header(request, 'cookie') ?? '').includes(`${cookie}=x`))
        assert.deepEqual(sent, requests.map(() => isSent), JSON.stringify(init))
      }
    })

    it('is not sent where no request could be made', async () => {
      const { reason, requests } = await seenOf({ headers: () => ({ 'a b': 'c' }) })
      assert.equal(reason, 'request')
      assert.deepEqual(requests, [])
    })
  })

  describe('the last event ID as a query parameter', () => {
    const QUERY = "flag&q=a%20b&sig=A~b'(c)*&empty=&&x=%zz+%2B"

    /** The queries of three requests, the latter two with an ID, and what the browser makes of this one. */
    async function queriesOf(query, id = '7') {
      const key = uniqueKey()
      const body = [`retry: 100\nid: ${id}\ndata: a\n\n`, '']
      const url = `${address('/raw', { key, body })}&${query}#fragment`
      source = new EventSource(url, { sendLastEventId: { query: 'from' } })
      const events = record(source)
      await eventually(() => source.readyState === 2)
      assert.equal(source.url, url.replace("'", '%27'))
      assert.include(events[1], 'message "a"')
      return { queries: (await requestsOf(key)).map(({ query }) => query), first: new URL(url).search.slice(1) }
    }

    it('leaves the rest of the URL as it is, byte for byte', async () => {
      const { queries, first } = await queriesOf(QUERY)
      assert.deepEqual(queries, [first, `${first}&from=7`, `${first}&from=7`])
    })

    it('is encoded', async () => {
      const { queries, first } = await queriesOf(QUERY, 'ä&1 +#=')
      const [, ...later] = queries
      assert.lengthOf(later, 2)
      for (const query of later) {
        assert.isTrue(query.startsWith(`${first}&from=`), query)
        assert.equal(new URLSearchParams(query).get('from'), 'ä&1 +#=')
      }
    })

    it('replaces the one that the URL has, and no other', async () => {
      const { queries, first } = await queriesOf(`from=3&${QUERY}&from2=4&xfrom=5`)
      assert.equal(queries[0], first)
      const [, ...later] = queries
      assert.lengthOf(later, 2)
      for (const query of later) {
        const parts = query.split('&')
        assert.deepEqual(parts.filter((part) => part.startsWith('from=')), ['from=7'])
        assert.deepEqual(
          parts.filter((part) => part !== 'from=7'),
          first.split('&').filter((part) => part !== 'from=3'),
        )
      }
    })
  })
}
