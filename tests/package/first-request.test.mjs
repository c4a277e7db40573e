// @ts-check
/** The first request of a page, and the start of the engine, which sends it. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { afterEach, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'

const compile = WebAssembly.Module
afterEach(() => {
  WebAssembly.Module = compile
})

let instances = 0

/** The package as a page has it that has just loaded it, and a log of what it does. */
async function freshPackage() {
  /** @type {string[]} */
  const log = []
  WebAssembly.Module = /** @type {any} */ (
    new Proxy(compile, {
      construct(target, args) {
        // The probe for a policy that forbids it compiles an empty one.
        if (args[0].length > 8) log.push('compile')
        return Reflect.construct(target, args)
      },
    })
  )
  const { EventSource } = await import(`../../pkg/index.js?instance=${(instances += 1)}`)
  return { EventSource, log }
}

const stream = () =>
  new Response('data: a\n\n', { headers: { 'Content-Type': 'text/event-stream' } })

it('is sent once the constructor has returned, which compiles the module', async () => {
  const { EventSource, log } = await freshPackage()
  const source = new EventSource('http://example.test/', {
    fetch: async () => {
      log.push('fetch')
      return stream()
    },
  })
  log.push('constructed')
  const [event] = await once(source, 'message')
  source.close()
  assert.equal(event.data, 'a')
  assert.deepEqual(log, ['compile', 'constructed', 'fetch'])
})

it('is sent once for each source', async () => {
  const { EventSource } = await freshPackage()
  /** @type {string[]} */
  const urls = []
  const fetch = async (/** @type {string} */ url) => {
    urls.push(url)
    return stream()
  }
  const first = new EventSource('http://example.test/1', { fetch })
  await once(first, 'message')
  const second = new EventSource('http://example.test/2', { fetch })
  await once(second, 'message')
  first.close()
  second.close()
  assert.deepEqual(urls, ['http://example.test/1', 'http://example.test/2'])
})

it('is not sent when the source is closed at once', async () => {
  const { EventSource, log } = await freshPackage()
  new EventSource('http://example.test/', { fetch: () => log.push('fetch') }).close()
  await setImmediate()
  assert.deepEqual(log, ['compile'])
})

it('is aborted when the source is closed while fetch is being called', async () => {
  const { EventSource, log } = await freshPackage()
  /** @type {EventTarget & { close(): void }} */
  const source = new EventSource('http://example.test/', {
    fetch: (/** @type {string} */ _, /** @type {RequestInit} */ { signal }) => {
      signal?.addEventListener('abort', () => log.push('abort'))
      source.close()
      return new Promise(() => {})
    },
  })
  await setImmediate()
  await setImmediate()
  assert.deepEqual(log, ['compile', 'abort'])
})

it('may fail at once, which is told as any other failure', async () => {
  const { EventSource } = await freshPackage()
  const error = new TypeError('no network')
  const source = new EventSource('http://example.test/', { fetch: () => Promise.reject(error) })
  const [event] = await once(source, 'error')
  source.close()
  assert.deepEqual([event.reason, event.error, event.retryIn], ['network', error, 3000])
})

it('leaves the body of a refused response to the listeners', async () => {
  const { EventSource } = await freshPackage()
  const source = new EventSource('http://example.test/', {
    fetch: async (/** @type {string} */ _, /** @type {RequestInit} */ { signal }) => {
      const body = new ReadableStream({
        start(controller) {
          signal?.addEventListener('abort', () => controller.error(signal.reason))
        },
        async pull(controller) {
          await setImmediate()
          controller.enqueue(new TextEncoder().encode('too many'))
          controller.close()
        },
      }, { highWaterMark: 0 })
      return new Response(body, { status: 429 })
    },
  })
  const [event] = await once(source, 'error')
  assert.deepEqual([event.reason, event.status, source.readyState], ['status', 429, 2])
  assert.equal(await event.response.text(), 'too many')
})
