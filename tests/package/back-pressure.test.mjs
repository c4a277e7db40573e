// @ts-check
/**
 * A consumer that takes one message a second from a server that writes as fast as it can, in Chromium,
 * for 30 seconds that pass in 40 ms each: how much text waits in the page, and whether the server's
 * socket is blocked. Rivals do the same beside it; their figures are printed, and not judged.
 */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { after, before, it } from 'node:test'

import { openBrowser } from './browsers.mjs'

const ROOT = new URL('../../', import.meta.url)

const EVENT = `data: ${'x'.repeat(1_000)}\n\n`
const SECONDS = 30
const SECOND_MS = 40

/** A consumer that lets so many characters wait gets no more: a tab would crash of ten times as many. */
const TOO_MANY = 50_000_000

/** Resolves to how many characters wait at most; `name` says whose consumer it is. */
const PAGE = `<!doctype html>
<script type="importmap">
  { "imports": { "eventsource-parser": "/node_modules/eventsource-client/node_modules/eventsource-parser/dist/index.js" } }
</script>
<script type="module">
  let taken = 0, given = 0
  /**
   * The response, counting what is taken of its body, in chunks of 64 KiB at most: the browser makes
   * larger ones of what has come while nobody was reading.
   */
  async function countingFetch(url, init) {
    const response = await fetch(url, init)
    const reader = response.body.getReader()
    let rest = new Uint8Array()
    const body = new ReadableStream({
      async pull(controller) {
        if (taken - given > ${TOO_MANY}) return new Promise(() => {})
        if (rest.length === 0) rest = (await reader.read()).value
        const chunk = rest.slice(0, 65536)
        rest = rest.subarray(65536)
        taken += chunk.length
        controller.enqueue(chunk)
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 })
    return new Response(body, response)
  }
  async function* items(stream) {
    const reader = stream.getReader()
    for (;;) yield (await reader.read()).value
  }
  const ours = await import('/pkg/index.js')
  const consumers = {
    'EventSource, iterated': () => new ours.EventSource('/flood', { fetch: countingFetch })[Symbol.asyncIterator](),
    eventsFrom: async () => ours.eventsFrom(await countingFetch('/flood')),
    EventStreamDecoderStream: async () =>
      items((await countingFetch('/flood')).body.pipeThrough(new ours.EventStreamDecoderStream())),
    'eventsource-parser/stream': async () => {
      const { EventSourceParserStream } = await import('/node_modules/eventsource-parser/dist/stream.js')
      const text = (await countingFetch('/flood')).body.pipeThrough(new TextDecoderStream())
      return items(text.pipeThrough(new EventSourceParserStream()))
    },
    'eventsource-client': async () => {
      const { createEventSource } = await import('/node_modules/eventsource-client/dist/default.esm.js')
      return createEventSource({ url: location.origin + '/flood', fetch: countingFetch })[Symbol.asyncIterator]()
    },
    '@microsoft/fetch-event-source, with a queue': async () => {
      const { fetchEventSource } = await import('/node_modules/@microsoft/fetch-event-source/lib/esm/fetch.js')
      const queue = []
      void fetchEventSource('/flood', { fetch: countingFetch, onmessage: (message) => queue.push(message) })
      return { next: async () => ({ value: queue.shift() }) }
    },
  }
  window.measure = async (name) => {
    const messages = await consumers[name]()
    let most = 0
    for (let second = 0; second < ${SECONDS}; second++) {
      given += (await messages.next()).value?.data.length ?? 0
      await new Promise((resolve) => setTimeout(resolve, ${SECOND_MS}))
      most = Math.max(most, taken - given)
    }
    return most
  }
  window.ready = true
</script>`

/** @type {import('node:http').ServerResponse | undefined} */
let flood
const server = createServer(async (request, response) => {
  const path = String(request.url)
  if (path === '/page') {
    response.setHeader('Content-Type', 'text/html')
    response.end(PAGE)
  } else if (path === '/flood') {
    flood = response
    response.setHeader('Content-Type', 'text/event-stream')
    const events = EVENT.repeat(60)
    const write = () => {
      while (!response.destroyed && response.write(events));
    }
    response.on('drain', write)
    write()
  } else {
    const file = new URL(`.${path}${/\.\w+$/.test(path) ? '' : '.js'}`, ROOT)
    const content = await readFile(file).catch(() => undefined)
    response.statusCode = content === undefined ? 404 : 200
    response.setHeader('Content-Type', 'text/javascript')
    response.end(content)
  }
})

/** @type {import('./browsers.mjs').OpenBrowser} */
let browser
let origin = ''
before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  origin = `http://127.0.0.1:${port}`
  browser = await openBrowser('chromium')
  await browser.driver.manage().setTimeouts({ script: 60_000 })
})
after(async () => {
  await browser?.close()
  server.closeAllConnections()
  server.close()
})

/**
 * The most text that waited, in characters, and whether the server could write nothing at the end.
 * @param {string} name
 */
async function measure(name) {
  await browser.driver.get(`${origin}/page`)
  await browser.driver.wait(() => browser.driver.executeScript('return window.ready'), 20_000)
  const most = await browser.driver.executeAsyncScript(
    'const [name, done] = arguments; measure(name).then(done, (error) => done(String(error)))',
    name,
  )
  const socket = flood?.socket
  const before = socket?.bytesWritten
  await new Promise((resolve) => setTimeout(resolve, 500))
  const isBlocked = flood?.writableNeedDrain === true && socket?.bytesWritten === before
  await browser.driver.get('about:blank')
  return { most, isBlocked }
}

for (const name of ['EventSource, iterated', 'eventsFrom', 'EventStreamDecoderStream']) {
  it(`${name}: holds less than 1 MB of text, and blocks the server's socket`, async (t) => {
    const { most, isBlocked } = await measure(name)
    t.diagnostic(`${name}: ${most} characters, ${isBlocked ? 'blocked' : 'not blocked'}`)
    assert.equal(typeof most, 'number', String(most))
    assert.ok(most > 0 && most < 1_000_000, `${most} characters`)
    assert.equal(isBlocked, true)
  })
}

for (const name of [
  'eventsource-parser/stream',
  'eventsource-client',
  '@microsoft/fetch-event-source, with a queue',
]) {
  it(`${name}, beside ours`, async (t) => {
    const { most, isBlocked } = await measure(name)
    t.diagnostic(
      most > TOO_MANY
        ? `${name}: more than ${TOO_MANY} characters, not blocked`
        : `${name}: ${most} characters, ${isBlocked ? 'blocked' : 'not blocked'}`,
    )
    assert.equal(typeof most, 'number', String(most))
  })
}
