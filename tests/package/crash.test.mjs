// @ts-check
/**
 * An engine that crashes: by a panic, an allocation beyond the memory, a recursion without an end. The module
 * of this test has a function for each, see `src/crash.rs`.
 *
 * `CRASHES` is how often each is tried in a row, and `CRASH_FIGURES` names a file that the figures are added
 * to, a line of JSON for each.
 */

import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, readdirSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { openBrowser } from './browsers.mjs'
import { CRASHING_PACKAGE, buildCrashingPackage } from './crash/build.mjs'
import { startTestServer } from './test-server.mjs'

const ROOT = new URL('../../', import.meta.url)
const CRASHES = Number(process.env.CRASHES ?? 300)
/** The ways to crash, what the error says that has come through, and how much less often it is tried. */
const WAYS = /** @type {const} */ ({
  byPanic: { title: 'a panic', cause: /unreachable/i, divisor: 1 },
  byMemory: { title: 'an allocation beyond the memory', cause: /unreachable|memory/i, divisor: 10 },
  byStack: { title: 'a recursion without an end', cause: /stack|recursion|out of bounds/i, divisor: 1 },
})

setFlagsFromString('--expose-gc')
/** @type {() => void} */
const collectGarbage = runInNewContext('gc')

/** @type {any} */
let crashing
before(async () => {
  await buildCrashingPackage()
  crashing = await import(new URL(CRASHING_PACKAGE, ROOT).href)
})

it('no published file has a way to crash it, which the file of this test has', () => {
  const name = /\bbyPanic\b/
  assert.match(readFileSync(new URL(CRASHING_PACKAGE, ROOT), 'utf8'), name)
  const scripts = readdirSync(new URL('pkg/', ROOT)).filter((file) => /\.(c?js|d\.ts)$/.test(file))
  assert.ok(scripts.length > 10, `${scripts}`)
  for (const file of scripts) assert.doesNotMatch(readFileSync(new URL(`pkg/${file}`, ROOT), 'utf8'), name, file)
})

const HEADERS = { 'Content-Type': 'text/event-stream' }

/**
 * A `fetch` whose every response has one message, numbered on from the last event ID, and stays open. What
 * it has been asked to resume from is in `asked`.
 */
function numberedFetch() {
  /** @type {(string | null)[]} */
  const asked = []
  const fetch = async (/** @type {string} */ _, /** @type {RequestInit} */ init) => {
    const id = new Headers(init.headers).get('Last-Event-ID')
    asked.push(id)
    const number = Number(id ?? 0) + 1
    const bytes = new TextEncoder().encode(`id: ${number}\ndata: ${number}\n\n`)
    const body = new ReadableStream({ start: (controller) => controller.enqueue(bytes) })
    return new Response(body, { headers: HEADERS })
  }
  return { fetch, asked }
}

/**
 * The next event of a type; fails where it does not come.
 * @param {EventTarget} target
 * @param {string} type
 * @returns {Promise<any>}
 */
function next(target, type) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${type} event`)), 10_000)
    target.addEventListener(
      type,
      (event) => {
        clearTimeout(timer)
        resolve(event)
      },
      { once: true },
    )
  })
}

/** What is in use, once what can be collected is, in bytes. */
async function memoryInUse() {
  for (let times = 0; times < 4; times++) {
    collectGarbage()
    await sleep(5)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

for (const [way, { title, cause, divisor }] of Object.entries(WAYS)) {
  // Half of what memory there can be takes the browser a while to give.
  const count = Math.ceil(CRASHES / divisor)
  it(`${count} crashes in a row by ${title}: every source is told, and goes on; nothing decays`, async (t) => {
    const { EventSource, crash } = crashing
    const reconnect = { delay: 0, minDelay: 0 }
    const streams = [numberedFetch(), numberedFetch()]
    const sources = streams.map(({ fetch }) => new EventSource('http://example.test/', { fetch, reconnect }))
    await Promise.all(sources.map((source) => next(source, 'message')))

    /** @type {number[]} */
    const times = []
    const crashOnce = async () => {
      const begun = performance.now()
      const told = sources.map((source) => next(source, 'error'))
      assert.throws(() => crash(way), (error) => cause.test(String(error)))
      // One that is made while the others have not been told yet.
      const later = new EventSource('http://example.test/', { fetch: numberedFetch().fetch })
      for (const { reason, retryIn, error } of await Promise.all(told)) {
        assert.deepEqual([reason, retryIn, error], ['internal', 0, undefined])
      }
      await Promise.all([...sources, later].map((source) => next(source, 'message')))
      later.close()
      times.push(performance.now() - begun)
    }
    const few = Math.ceil(count / 5)
    let before = 0
    for (let crashes = 1; crashes <= count; crashes++) {
      await crashOnce()
      if (crashes === few) before = await memoryInUse()
    }
    const growth = (await memoryInUse()) - before
    for (const source of sources) source.close()

    for (const { asked } of streams) {
      const expected = Array.from({ length: count + 1 }, (_, index) => (index === 0 ? null : `${index}`))
      assert.deepEqual(asked, expected, 'each event comes once, in order')
    }
    const [first, last] = [times.slice(0, few), times.slice(-few)].map(median)
    const line = JSON.stringify({
      ...{ test: 'crash', kind: title, crashes: count, ms_per_crash_first: first, ms_per_crash_last: last },
      heap_growth_bytes: growth,
    })
    t.diagnostic(line)
    if (process.env.CRASH_FIGURES) appendFileSync(process.env.CRASH_FIGURES, `${line}\n`)
    assert.ok(Number(last) < 3 * Number(first) + 5, line)
    // An instance that stayed would alone be more than this for each crash.
    assert.ok(growth < 2_000_000 + 1_000 * count, line)
  })
}

/** @param {number[]} values */
function median(values) {
  return Number(values.sort((a, b) => a - b)[values.length >> 1]?.toFixed(2))
}

it('a source is failed for good by what crashes one engine after the other, with no message in between', async () => {
  const { EventSource, crash } = crashing
  const source = new EventSource('http://example.test/', {
    reconnect: { delay: 0, minDelay: 0 },
    fetch: () => new Promise(() => {}),
  })
  await sleep(20)
  /** @type {unknown[]} */
  const retries = []
  source.addEventListener('error', (/** @type {any} */ { reason, retryIn, error }) =>
    retries.push([reason, retryIn, error?.message]),
  )
  for (let crashes = 0; crashes < 2; crashes++) {
    assert.throws(() => crash('byPanic'))
    await sleep(50)
  }
  assert.equal(source.readyState, 2)
  assert.deepEqual(retries[0], ['internal', 0, undefined])
  const [reason, retryIn, message] = /** @type {any[]} */ (retries[1])
  assert.deepEqual([reason, retryIn], ['internal', null])
  assert.match(message, /wasm-eventsource has crashed/)
  assert.equal(retries.length, 2)
})

it('the reconnection time that the server has set outlives the engine', async () => {
  const { EventSource, crash } = crashing
  const texts = ['retry: 0\ndata: a\n\n', 'data: b\n\n', 'retry: 1\n']
  const source = new EventSource('http://example.test/', {
    reconnect: { minDelay: 0 },
    fetch: async () => {
      const bytes = new TextEncoder().encode(texts.shift() ?? 'data: c\n\n')
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(bytes) }), { headers: HEADERS })
    },
  })
  await next(source, 'message')
  const crashNow = async () => {
    const loss = next(source, 'error')
    assert.throws(() => crash('byPanic'))
    // Another engine may not be there yet.
    assert.equal(source.reconnectionTime, 0)
    return (await loss).retryIn
  }
  assert.equal(await crashNow(), 0)
  await next(source, 'message')
  // Nothing has been said of it since.
  assert.equal(source.reconnectionTime, 0)
  assert.equal(await crashNow(), 0)
  await next(source, 'open')
  await sleep(10)
  assert.equal(source.reconnectionTime, 1)
  source.close()
})

/** In a page: what two open sources tell, what they ask again, and what a new one receives. */
const PAGE = `<!doctype html><script type="module">
  window.crashIn = async (way) => {
    const { EventSource, crash } = await import('/${CRASHING_PACKAGE}')
    const next = (source, type) => new Promise((resolve) => source.addEventListener(type, resolve, { once: true }))
    const address = (key, ...bodies) => '/raw?' + new URLSearchParams([['key', key], ['end', 'hold'], ...bodies.map((body) => ['body', body])])
    const keys = [way + Math.random(), way + Math.random()]
    const sources = keys.map((key) => new EventSource(address(key, 'id: 7\\ndata: a\\n\\n', 'data: b\\n\\n'), { reconnect: { delay: 100 } }))
    await Promise.all(sources.map((source) => next(source, 'message')))
    const losses = sources.map((source) => next(source, 'error'))
    let thrown
    try {
      crash(way)
    } catch (error) {
      thrown = String(error)
    }
    const fresh = new EventSource(address('', 'data: fresh\\n\\n'))
    const received = await Promise.all([...sources, fresh].map((source) => next(source, 'message')))
    const facts = {
      thrown,
      losses: (await Promise.all(losses)).map(({ reason, retryIn }) => [reason, retryIn]),
      received: received.map(({ data }) => data),
      states: [...sources, fresh].map(({ readyState }) => readyState),
    }
    for (const source of [...sources, fresh]) source.close()
    const log = (key) => fetch('/log?' + new URLSearchParams({ key })).then((response) => response.json())
    facts.asked = (await Promise.all(keys.map(log))).map((requests) => requests.map(({ lastEventId }) => lastEventId))
    return facts
  }
  window.isReady = true
</script>`

describe('in a page', () => {
  /** @type {import('./test-server.mjs').TestServer} */
  let server
  before(async () => {
    server = await startTestServer()
  })
  after(() => server.stop())

  for (const engine of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
    it(`of ${engine}, every open source is told, and the next one works`, async (t) => {
      const browser = await openBrowser(engine)
      try {
        await browser.driver.get(`${server.origin}/raw?${new URLSearchParams({ type: 'text/html', body: PAGE })}`)
        await browser.driver.wait(() => browser.driver.executeScript('return window.isReady'), 20_000)
        for (const [way, { title, cause }] of Object.entries(WAYS)) {
          await t.test(title, async () => {
            /** @type {any} */
            const { thrown, ...facts } = await browser.driver.executeAsyncScript(
              'const [way, done] = arguments; crashIn(way).then(done, (error) => done({ thrown: String(error) }))',
              way,
            )
            assert.match(String(thrown), cause)
            assert.deepEqual(facts, {
              losses: [['internal', 100], ['internal', 100]],
              received: ['b', 'b', 'fresh'],
              states: [1, 1, 1],
              asked: [[null, '7'], [null, '7']],
            })
          })
        }
      } finally {
        await browser.close()
      }
    })
  }
})
