/** The option `share`, within one page and its frames and workers. Whole tabs are in `tabs.test.mjs`. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, record, requestsOf, uniqueKey } from './support.mjs'

const CLOSED = 2

export default function ({ EventSource }) {
  const sources = []
  const make = (url, share, init) => {
    const source = new EventSource(url, { share, ...init })
    sources.push(source)
    return source
  }
  afterEach(() => {
    for (const source of sources.splice(0)) source.close()
  })

  /** Resolves when the source is open. */
  const opened = (source) => (source.readyState === 1 ? Promise.resolve() : next(source, 'open'))
  /** A leader, and one that follows it. */
  const makeTwo = async (url, share = true, init = undefined) => {
    const leader = make(url, share, init)
    await opened(leader)
    const follower = make(url, share, init)
    await opened(follower)
    return [leader, follower]
  }
  /** The IDs of the messages of a source, from now on. */
  const idsOf = (source) => {
    const ids = []
    source.addEventListener('price', (event) => ids.push(Number(event.lastEventId)))
    return ids
  }
  const assertConsecutive = (ids) => {
    assert.isAbove(ids.length, 0)
    assert.deepEqual(ids, Array.from(ids, (_, index) => ids[0] + index))
  }
  // Firefox opens a stream with its first byte.
  const held = (key, parameters) => address('/raw', { key, body: ':\n\n', end: 'hold', ...parameters })
  const ticker = (key, parameters = {}) => address('/ticker', { key, interval: 10, summaries: false, ...parameters })
  const connectionsOf = async (key) => (await requestsOf(key)).filter(({ endedAt }) => endedAt === null).length
  /**
   * Waits until so many are open. Where the page is busy, one that comes may not be answered in time, and then has one
   * of its own for a moment.
   */
  const untilConnections = (key, count) =>
    eventually(async () => (await connectionsOf(key)) === count, 10_000).catch(async () =>
      assert.fail(`not ${count} connections: ${JSON.stringify(await requestsOf(key))}`),
    )

  describe('what may be shared', () => {
    const refused = (init, pattern, url = '/raw') =>
      assert.throws(() => new EventSource(url, init), TypeError, pattern)

    it('is a GET', () => {
      refused({ share: true, method: 'POST' }, /share: only a GET/)
      refused({ share: 'a', method: 'POST', body: 'a' }, /share: only a GET/)
    })

    it('is no request that may differ from tab to tab, unless a name says who shares', () => {
      refused({ share: true, headers: { a: 'b' } }, /share: with headers, say who may share/)
      refused({ share: true, headers: () => ({}) }, /share: with headers/)
      refused({ share: true, fetch: (url, init) => fetch(url, init) }, /share: with fetch/)
      refused({ share: true, credentials: 'omit' }, /share: with credentials/)
      refused({ share: true }, /share: with a user name/, location.origin.replace('//', '//user:password@') + '/raw')
      for (const init of [{ headers: { a: 'b' } }, { fetch }, { credentials: 'omit' }]) {
        assert.isTrue(make('/raw', 'user-1', init).shared)
      }
    })

    it('has a name that is not empty', () => {
      for (const share of ['', 1, {}, null]) {
        if (share === null) assert.isFalse(make('/raw?body=:%0A%0A&end=hold', share).shared)
        else refused({ share }, /share: must be a boolean, or a name/)
      }
    })
  })

  it('is told by an attribute', async () => {
    assert.isFalse(make('/raw?body=:%0A%0A&end=hold', false).shared)
    assert.isFalse(make('/raw?body=:%0A%0A&end=hold', undefined).shared)
    const source = make('/raw?body=:%0A%0A&end=hold', true)
    assert.isTrue(source.shared)
    await opened(source)
    assert.isTrue(source.shared)
    source.close()
    assert.isFalse(source.shared)
  })

  it('holds one connection for all', async () => {
    const key = uniqueKey()
    const [leader, follower] = await makeTwo(ticker(key))
    const third = make(ticker(key), true)
    const all = [leader, follower, third].map(idsOf)
    await eventually(() => all.every((ids) => ids.length > 30))
    assert.lengthOf(await requestsOf(key), 1)
    for (const ids of all) assertConsecutive(ids)
  })

  it('tells who joins late that the stream is open, and of the state as it is', async () => {
    const key = uniqueKey()
    const url = held(key, { body: 'retry: 1234\nid: 7\ndata: a\n\n' })
    const leader = make(url, true)
    await next(leader, 'message')
    const follower = make(url, true)
    const { response } = await next(follower, 'open')
    assert.isUndefined(response)
    assert.equal(follower.readyState, 1)
    assert.equal(follower.reconnectionTime, 1234)
    assert.lengthOf(await requestsOf(key), 1)
  })

  it('gives all what the stream has: types, data, IDs, origins, comments, reconnection times', async () => {
    const key = uniqueKey()
    const body =
      'retry: 10\nid: 1\nevent: a\ndata: x\ndata: y\n\n: one\n: zwei ü\nretry: 20\ndata: 🐳\n\nid\ndata\n\n: end\nid: 9\ndata: z\n\n'
    // The other one has joined by then.
    const url = address('/raw', { key, body: `: ${'.'.repeat(60)}\n${body}`, cuts: 62, pause: 1500, end: 'hold' })
    const seen = [[], []]
    const comments = [[], []]
    const two = seen.map((events, index) => {
      const source = make(url, true, { onComment: (text) => comments[index].push(text) })
      for (const type of ['a', 'message']) {
        source.addEventListener(type, ({ type, data, lastEventId, origin }) =>
          events.push([type, data, lastEventId, origin, source.lastEventId, source.reconnectionTime]),
        )
      }
      return source
    })
    await eventually(() => seen.every((events) => events.length === 4))
    assert.deepEqual(seen[0], seen[1])
    const { origin } = location
    assert.deepEqual(seen[1], [
      ['a', 'x\ny', '1', origin, '1', 10],
      ['message', '🐳', '1', origin, '1', 20],
      ['message', '', '', origin, '', 20],
      ['message', 'z', '9', origin, '9', 20],
    ])
    for (const texts of comments) assert.deepEqual(texts.slice(-3), ['one', 'zwei ü', 'end'])
    assert.lengthOf(await requestsOf(key), 1)
    two.forEach((source) => source.close())
  })

  it('keeps names, URLs and credentials apart', async () => {
    const key = uniqueKey()
    const url = held(key)
    const all = [
      [true, {}],
      ['anna', {}],
      ['berta', {}],
      ['anna', { withCredentials: true }],
    ].map(([share, init]) => make(url, share, init))
    await Promise.all(all.map(opened))
    assert.lengthOf(await requestsOf(key), 4)
    await opened(make(`${url}#a`, true))
    await opened(make(url, 'anna'))
    assert.lengthOf(await requestsOf(key), 5)
  })

  for (const [how, end] of [
    ['is closed', (leader) => leader.close()],
    ['is aborted', (leader, controller) => controller.abort()],
  ]) {
    it(`goes on where it was when the one that reads ${how}`, async () => {
      const key = uniqueKey()
      const controller = new AbortController()
      const leader = make(ticker(key), true, { signal: controller.signal })
      await opened(leader)
      const followers = [make(ticker(key), true), make(ticker(key), true)]
      await Promise.all(followers.map(opened))
      const lines = followers.map((source) => record(source).filter((line) => !line.startsWith('message')))
      const all = followers.map(idsOf)
      await eventually(() => all.every((ids) => ids.length > 10))
      end(leader, controller)
      const [former] = await eventually(async () => {
        const requests = await requestsOf(key)
        return requests[0].endedAt !== null && requests
      })
      assert.equal(former.endedBy, 'client')
      const { length } = all[0]
      await eventually(() => all.every((ids) => ids.length > length + 30))
      for (const ids of all) assertConsecutive(ids)
      assert.deepEqual(lines, [[], []])
      assert.equal(await connectionsOf(key), 1)
      assert.lengthOf(await requestsOf(key), 2)
    })
  }

  it('ends the connection with the last one', async () => {
    const key = uniqueKey()
    const [leader, follower] = await makeTwo(held(key))
    follower.close()
    await milliseconds(100)
    assert.equal(await connectionsOf(key), 1)
    leader.close()
    await untilConnections(key, 0)
  })

  it('tells of a gap where the server sends no IDs', async () => {
    const key = uniqueKey()
    const url = held(key, { body: 'data: a\n\n' })
    const leader = make(url, true)
    await next(leader, 'message')
    const follower = make(url, true)
    await opened(follower)
    const lines = record(follower)
    const lost = next(follower, 'error')
    leader.close()
    const { reason, retryIn, message } = await lost
    assert.deepEqual([reason, retryIn], ['handover', 0])
    assert.match(message, /IDs/)
    await next(follower, 'message')
    assert.deepEqual(lines, ['error (0)', 'open (1)', 'message "a" (1)'])
  })

  it('tells all of a loss, and of the next attempt', async () => {
    const key = uniqueKey()
    const body = ['retry: 300\nid: 1\ndata: a\n\n', 'id: 2\ndata: b\n\n']
    const url = address('/raw', { key, body, pause: 1000, cuts: 10, then: 204 })
    const two = [make(url, true), make(url, true)]
    const events = two.map(record)
    const losses = [[], []]
    two.forEach((source, index) =>
      source.addEventListener('error', ({ reason, retryIn, attempt, status }) =>
        losses[index].push([reason, retryIn, attempt, status]),
      ),
    )
    await eventually(() => two.every((source) => source.readyState === CLOSED), 10_000)
    assert.deepEqual(losses[0], [
      ['ended', 300, 1, undefined],
      ['ended', 300, 1, undefined],
      ['status', null, 2, 204],
    ])
    assert.deepEqual(losses[1], losses[0])
    assert.deepEqual(events[0], events[1])
    assert.lengthOf(await requestsOf(key), 3)
  })

  it('goes on with the row of failed attempts, and its delay', async () => {
    const key = uniqueKey()
    const url = address('/raw', { key, status: 503 })
    const reconnect = { statuses: [503], strategy: 'exponential', delay: 400 }
    const first = make(url, true, { reconnect })
    const second = make(url, true, { reconnect })
    const losses = []
    second.addEventListener('error', ({ attempt, retryIn }) => losses.push([attempt, retryIn]))
    await eventually(() => losses.length === 2)
    // Whoever of them it is that reads: it goes.
    first.close()
    await eventually(() => losses.length === 3)
    assert.deepEqual(losses, [
      [1, 400],
      [2, 800],
      [3, 1600],
    ])
    const [, former, last] = await requestsOf(key)
    assert.isAtLeast(last.startedAt - former.startedAt, 750)
  })

  it('closes all at once', async () => {
    const key = uniqueKey()
    const [leader, follower] = await makeTwo(held(key), 'user')
    const third = make(held(key), 'user')
    await opened(third)
    const loop = leader[Symbol.asyncIterator]().next()
    const told = [leader, third].map((source) => next(source, 'error'))
    const lines = record(follower)
    follower.closeForAll()
    for (const { reason, retryIn } of await Promise.all(told)) assert.deepEqual([reason, retryIn], ['left', null])
    assert.deepEqual([leader, follower, third].map(({ readyState }) => readyState), [CLOSED, CLOSED, CLOSED])
    assert.isTrue((await loop).done)
    assert.deepEqual(lines, [])
    await untilConnections(key, 0)
  })

  it('closes all at once, before it has begun itself', async () => {
    const key = uniqueKey()
    const [leader, follower] = await makeTwo(held(key), 'user')
    const told = [leader, follower].map((source) => next(source, 'error'))
    make(held(key), 'user').closeForAll()
    for (const { reason } of await Promise.all(told)) assert.equal(reason, 'left')
    await untilConnections(key, 0)
  })

  it('closes one that shares with nobody, too', async () => {
    const source = make('/raw?body=:%0A%0A&end=hold', false)
    await opened(source)
    source.closeForAll()
    assert.equal(source.readyState, CLOSED)
  })

  for (const [who, choose] of [
    ['follows', ([, follower]) => follower],
    ['reads for all', ([leader]) => leader],
  ]) {
    it(`does not let a slow loop of the one that ${who} hold back the others, and gives it all`, async () => {
      const key = uniqueKey()
      const two = await makeTwo(ticker(key, { interval: 20, padding: 64 * 1024 }))
      const slow = choose(two)
      const ids = idsOf(two.find((source) => source !== slow))
      const loop = slow[Symbol.asyncIterator]()
      const lines = record(slow)
      const taken = [Number((await loop.next()).value.lastEventId)]
      // It reads alone, by now.
      await eventually(async () => (await connectionsOf(key)) === 2, 10_000)
      const { length } = ids
      await eventually(() => ids.length > length + 40, 10_000)
      assertConsecutive(ids)
      // It takes what has come, and does so with the others again.
      await eventually(async () => {
        for (let count = 0; count < 20; count++) taken.push(Number((await loop.next()).value.lastEventId))
        return (await connectionsOf(key)) === 1
      }, 30_000)
      for (let count = 0; count < 20; count++) taken.push(Number((await loop.next()).value.lastEventId))
      assertConsecutive(taken)
      assertConsecutive(ids)
      assert.deepEqual(lines, [])
    })
  }

  it('tells a slow loop what it has missed where the server sends no IDs', async () => {
    const key = uniqueKey()
    const url = ticker(key, { interval: 20, padding: 64 * 1024, ids: false })
    const leader = make(url, true)
    const slow = make(url, true)
    const loop = slow[Symbol.asyncIterator]()
    let received = 0
    leader.addEventListener('price', () => (received += 1))
    await eventually(() => received > 40, 10_000)
    const told = [next(slow, 'error'), next(slow, 'open')]
    let taken = 0
    const take = async () => {
      for await (const message of loop) if (message.type === 'price') taken += 1
    }
    void take()
    const [{ reason }] = await Promise.all(told)
    assert.equal(reason, 'slow')
    assert.isBelow(taken, received)
    assert.lengthOf(await requestsOf(key), 1)
  })

  it('is closed before it has begun', async () => {
    const key = uniqueKey()
    make(held(key), true).close()
    const source = make(held(key), true)
    await Promise.resolve()
    source.close()
    await milliseconds(300)
    assert.deepEqual(await requestsOf(key), [])
  })

  it('is nothing that a message can forge which is not of the one that reads', async () => {
    const key = uniqueKey()
    const url = ticker(key)
    const two = await makeTwo(url)
    const all = two.map(idsOf)
    const lines = two.map((source) => record(source))
    const channel = new BroadcastChannel(`wasm-eventsource/1/${JSON.stringify([url, false, null])}`)
    const heard = []
    channel.onmessage = ({ data }) => heard.push(data)
    await eventually(() => heard.some(({ type }) => type === 'batch'))
    const batch = heard.find(({ type }) => type === 'batch')
    const forged = { ...batch, messages: 'forged\r\n999\r', times: 1 }
    const numberless = { ...forged }
    delete numberless.count
    for (const message of [
      ...[null, undefined, 1, 'batch', [], {}, { type: 'batch' }, { type: '__proto__' }, { type: 'toString', from: 'a' }],
      // Of another one, of another time, or of a kind that cannot be cut.
      ...[{ ...forged, from: 'nobody' }, { ...forged, epoch: forged.epoch - 1 }, { ...forged, epoch: Infinity }],
      ...[numberless, { ...forged, messages: 'forged' }, { ...forged, messages: 'a\rb\rc\r' }, { ...forged, times: [1, 2] }],
      ...[{ ...forged, messages: 1 }, { ...forged, remarks: '\n\n\n' }, { ...forged, origin: undefined }],
      { type: 'state', from: 'nobody', epoch: Number.MAX_SAFE_INTEGER, count: 0 },
      { type: 'loss', from: batch.from, epoch: batch.epoch, failure: { reason: 'forged' }, isComplete: true },
      { type: 'leave', from: 'nobody', heir: 'nobody' },
    ]) {
      channel.postMessage(message)
    }
    const { length } = all[1]
    await eventually(() => all.every((ids) => ids.length > length + 50))
    channel.close()
    for (const ids of all) assertConsecutive(ids)
    for (const events of lines) assert.isTrue(events.every((line) => line.startsWith('message')))
    assert.lengthOf(await requestsOf(key), 1)
  })

  it('works between a page, a frame and a worker', async () => {
    const key = uniqueKey()
    const url = ticker(key)
    const own = make(url, true)
    await opened(own)
    const script = `<script src="/pkg/polyfill.js"><\/script><script>
      const source = new EventSource(${JSON.stringify(url)}, { share: true })
      source.addEventListener('price', (event) => parent.postMessage(['frame', Number(event.lastEventId)], '*'))
    <\/script>`
    const frame = document.createElement('iframe')
    frame.src = address('/raw', { type: 'text/html', body: `<!doctype html>${script}` })
    document.body.append(frame)
    const fromFrame = new Promise((resolve) =>
      addEventListener('message', ({ data }) => Array.isArray(data) && data[0] === 'frame' && resolve(), { once: false }),
    )
    const worker = new Worker(
      address('/raw', {
        type: 'text/javascript',
        body: `importScripts('/pkg/polyfill.js')
          const source = new EventSource(${JSON.stringify(url)}, { share: true })
          source.addEventListener('price', (event) => postMessage(Number(event.lastEventId)))`,
      }),
    )
    const fromWorker = new Promise((resolve, reject) => {
      worker.onmessage = resolve
      worker.onerror = reject
    })
    await Promise.all([fromFrame, fromWorker])
    assert.lengthOf(await requestsOf(key), 1)
    // The frame and the worker go on without the page.
    own.close()
    await next(worker, 'message')
    frame.remove()
    await next(worker, 'message')
    worker.terminate()
    await untilConnections(key, 0)
  })

  it('has a connection of its own where pages have no channel, or no origin', async () => {
    const { BroadcastChannel } = globalThis
    const key = uniqueKey()
    try {
      delete globalThis.BroadcastChannel
      const two = [make(held(key), true), make(held(key), true)]
      assert.deepEqual(two.map(({ shared }) => shared), [false, false])
      await Promise.all(two.map(opened))
      assert.lengthOf(await requestsOf(key), 2)
    } finally {
      globalThis.BroadcastChannel = BroadcastChannel
    }
  })

  it('goes on where the page was left, with resume', async () => {
    const key = uniqueKey()
    const url = ticker(key)
    const leader = make(url, true)
    await opened(leader)
    const ids = idsOf(leader)
    await eventually(() => ids.length > 40)
    // One that is behind reads what it has missed by itself, until it has caught up.
    const late = make(url, true, { lastEventId: '5' })
    const lateIds = idsOf(late)
    await eventually(() => lateIds.length > 60)
    assertConsecutive(lateIds)
    assert.equal(lateIds[0], 6)
    await untilConnections(key, 1)
    const { length } = lateIds
    await eventually(() => lateIds.length > length + 20)
    assertConsecutive(lateIds)
  })

  it('has the one that reads write to a storage that all have', async () => {
    const storages = [new Map(), new Map()]
    const key = uniqueKey()
    const two = storages.map((items) =>
      make(ticker(key), true, {
        resume: {
          key: 'k',
          storage: {
            getItem: () => null,
            setItem: (name, value) => items.set(name, value),
            removeItem: (name) => items.delete(name),
          },
        },
      }),
    )
    const all = two.map(idsOf)
    await eventually(() => all.every((ids) => ids.length > 10))
    assert.deepEqual(storages.map(({ size }) => size).sort(), [0, 1])
  })
}
