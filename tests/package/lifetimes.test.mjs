// @ts-check
/** What a source that was closed leaves behind, and what a page that fills the stack does, in Node. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** A path that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/index.js'
const { EventSource, EventStreamDecoder } = await import(PACKAGE)

setFlagsFromString('--expose-gc')
/** @type {() => void} */
const collectGarbage = runInNewContext('gc')

/** What never settles, and is held for as long as the test runs, as a pending request is. */
/** @type {unknown[]} */
const held = []
/** @returns {Promise<never>} */
const never = () =>
  new Promise((resolve) => {
    held.push(resolve)
  })
const HEADERS = { headers: { 'Content-Type': 'text/event-stream' } }
/** A body that brings one message, and then neither ends nor looks at a signal. */
const deafBody = () => {
  /** @type {ReadableStreamDefaultController | undefined} */
  let controller
  const body = new ReadableStream({
    start(given) {
      controller = given
      controller.enqueue(new TextEncoder().encode('data: a\n\n'))
    },
  })
  held.push(controller)
  return body
}

/**
 * Makes a source, waits until it does what it is to be closed in, and closes it.
 * @param {any} init
 * @param {(source: any) => unknown} moment
 * @returns {Promise<WeakRef<object>>}
 */
async function closed(init, moment) {
  const source = new EventSource('http://example.test/', init)
  await moment(source)
  source.close()
  return new WeakRef(source)
}

/** @param {WeakRef<object>} reference */
async function isCollected(reference) {
  for (let times = 0; times < 50; times++) {
    await sleep(5)
    collectGarbage()
    if (reference.deref() === undefined) return true
  }
  return false
}

const CASES = {
  'nothing is left behind': [
    {
      fetch: (/** @type {string} */ _, /** @type {RequestInit} */ { signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    },
    () => sleep(20),
  ],
  'headers never settles': [{ headers: never }, () => sleep(20)],
  'body never settles': [{ method: 'POST', body: never }, () => sleep(20)],
  'fetch never settles': [{ fetch: never }, () => sleep(20)],
  'decide never settles': [
    { fetch: async () => new Response('', HEADERS), reconnect: { decide: never } },
    () => sleep(20),
  ],
  'a body ignores its signal': [
    { fetch: async () => new Response(deafBody(), HEADERS) },
    (/** @type {EventTarget} */ source) => once(source, 'message'),
  ],
}
for (const [what, [init, moment]] of Object.entries(CASES)) {
  it(`a source is collected after close() where ${what}`, async () => {
    const reference = await closed(init, /** @type {any} */ (moment))
    assert.ok(await isCollected(reference), 'it stays in memory')
  })
}

it('a source is collected after close() though its signal lives on', async () => {
  const { signal } = new AbortController()
  const reference = await closed({ signal, fetch: never }, () => sleep(20))
  assert.ok(await isCollected(reference), 'it stays in memory')
  assert.equal(signal.aborted, false)
})

/**
 * How many of 200 listeners, each for a type of its own, stay once their signal is aborted.
 * @param {EventTarget} target
 */
async function listenersThatStay(target) {
  const controller = new AbortController()
  const references = Array.from({ length: 200 }, (_, index) => {
    const listener = () => {}
    target.addEventListener(`type${index}`, listener, { signal: controller.signal })
    return new WeakRef(listener)
  })
  controller.abort()
  await Promise.all(references.slice(0, -1).map(isCollected))
  return references.filter((reference) => reference.deref() !== undefined).length
}

it('a listener is collected once its signal is aborted, as one of any event target is', async () => {
  const source = new EventSource('http://example.test/', { fetch: never })
  // V8 keeps the last one for a while, whoever it was added to.
  const staying = await listenersThatStay(source)
  assert.ok(staying <= Math.max(1, await listenersThatStay(new EventTarget())), `${staying} stay`)
  source.close()
})

it('a stack that is full leaves another decoder to be used after reset(), and sources come back', async () => {
  let connections = 0
  /** @type {(string | null | undefined)[]} */
  const ids = []
  const source = new EventSource('http://example.test/', {
    reconnect: { delay: 0, minDelay: 0 },
    fetch: async (/** @type {string} */ _, /** @type {RequestInit} */ init) => {
      ids.push(new Headers(init.headers).get('Last-Event-ID'))
      connections += 1
      const text = new TextEncoder().encode(`id: ${connections}\ndata: a\n\n`)
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(text) }), HEADERS)
    },
  })
  /** @type {(number | null)[]} */
  const retries = []
  source.onerror = (/** @type {any} */ { retryIn }) => retries.push(retryIn)
  await once(source, 'message')

  /** @param {string} text */
  const encode = (text) => new TextEncoder().encode(text)
  const innocent = new EventStreamDecoder()
  innocent.decode(encode('id: 7\ndata: begun'))
  const runaway = new EventStreamDecoder()
  const recurse = () => {
    runaway.decode(encode('data: a\n\n'))
    recurse()
  }
  assert.throws(recurse, RangeError)

  try {
    innocent.decode(encode('\n\n'))
  } catch (error) {
    assert.ok(!(error instanceof WebAssembly.RuntimeError), 'a raw RuntimeError')
  }
  for (const decoder of [innocent, runaway]) {
    decoder.reset()
    assert.equal(decoder.decode(encode('data: whole\n\n'))[0]?.data, 'whole')
  }
  await sleep(100)
  source.close()
  assert.ok(!retries.includes(null), 'it has given up')
  assert.deepEqual(ids, [null, '1'].slice(0, 1 + retries.length))
})
