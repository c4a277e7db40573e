// @ts-check
/** Libraries that use `globalThis.EventSource`, with the polyfill in its place, in Chromium. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, it } from 'node:test'

import { openBrowser } from '../../package/browsers.mjs'
import { makeProject, run } from '../project.mjs'
import { page } from './app.mjs'
import { startEventServer } from './event-server.mjs'
import { tell, versionOf } from './results.mjs'

const folder = makeProject('libraries', {
  dependencies: {
    esbuild: '0.28.2',
    'htmx.org': '2.0.11',
    'htmx-ext-sse': '2.2.4',
    rxjs: '7.8.2',
    vue: '3.5.45',
    '@vueuse/core': '15.0.0',
    '@trpc/client': '11.25.2',
    '@trpc/server': '11.25.2',
    '@modelcontextprotocol/sdk': '1.32.2',
    react: '19.3.1',
    'react-dom': '19.3.1',
    zod: '4.6.7',
  },
  files: {
    'rxjs.js': `import { Observable, map, take, toArray } from 'rxjs'
      const prices = new Observable((subscriber) => {
        const source = new EventSource('/events')
        source.addEventListener('price', (event) => subscriber.next(event))
        source.addEventListener('error', (error) => subscriber.error(error))
        return () => source.close()
      })
      globalThis.results = new Promise((resolve, reject) =>
        prices.pipe(map(({ data }) => data), take(1), toArray()).subscribe({ next: resolve, error: reject }))`,
    'vueuse.js': `import { useEventSource } from '@vueuse/core'
      import { effectScope, watch } from 'vue'
      globalThis.results = new Promise((resolve) => {
        effectScope().run(() => {
          const { data, event, status, eventSource, close } = useEventSource('/events', ['price'])
          watch(event, (name) => {
            if (name !== 'price') return
            const seen = [status.value, eventSource.value instanceof EventSource]
            queueMicrotask(() => { seen.push(data.value); close(); resolve([...seen, status.value]) })
          }, { flush: 'sync' })
        })
      })`,
    'trpc.js': `import { createTRPCClient, httpSubscriptionLink } from '@trpc/client'
      const client = createTRPCClient({ links: [httpSubscriptionLink({ url: '/trpc' })] })
      globalThis.results = new Promise((resolve, reject) => {
        const received = []
        const subscription = client.count.subscribe(undefined, {
          onData: ({ data }) => { received.push(data); if (received.length === 3) { subscription.unsubscribe(); resolve(received) } },
          onError: reject,
        })
      })`,
    'trpc-server.mjs': `import { initTRPC, tracked } from '@trpc/server'
      import { createHTTPHandler } from '@trpc/server/adapters/standalone'
      const t = initTRPC.create()
      const router = t.router({ count: t.procedure.subscription(async function* () {
        for (let number = 1; ; number++) { yield tracked(String(number), number); await new Promise((resolve) => setTimeout(resolve, 10)) }
      }) })
      export const handler = createHTTPHandler({ router, basePath: '/trpc/' })`,
    'mcp.js': `import { Client } from '@modelcontextprotocol/sdk/client/index.js'
      import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
      globalThis.results = (async () => {
        const client = new Client({ name: 'test', version: '1.0.0' })
        await client.connect(new SSEClientTransport(new URL('/mcp', location.href)))
        const { content } = await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
        await client.close()
        return content[0].text
      })()`,
    'mcp-server.mjs': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
      import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
      import { z } from 'zod'
      const transports = new Map()
      export async function handler(request, response) {
        if (request.method === 'GET') {
          const server = new McpServer({ name: 'test', version: '1.0.0' })
          server.registerTool('add', { inputSchema: { a: z.number(), b: z.number() } }, async ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }))
          const transport = new SSEServerTransport('/mcp', response)
          transports.set(transport.sessionId, transport)
          await server.connect(transport)
        } else {
          const { searchParams } = new URL(request.url, 'http://localhost')
          await transports.get(searchParams.get('sessionId')).handlePostMessage(request, response)
        }
      }`,
    'react.js': `import { createElement, StrictMode, useEffect, useState } from 'react'
      import { createRoot } from 'react-dom/client'
      const opened = []
      function Price() {
        const [price, setPrice] = useState('')
        useEffect(() => {
          const source = new EventSource('/events')
          opened.push(source)
          source.addEventListener('price', ({ data }) => setPrice(data))
          return () => source.close()
        }, [])
        return createElement('p', { id: 'price' }, price)
      }
      document.body.append(document.createElement('main'))
      createRoot(document.querySelector('main')).render(createElement(StrictMode, null, createElement(Price)))
      globalThis.results = new Promise((resolve) => {
        const look = () => {
          const text = document.querySelector('#price')?.textContent
          if (text) resolve([text, opened.map(({ readyState }) => readyState)])
          else setTimeout(look, 20)
        }
        look()
      })`,
  },
})

/** @type {import('../../package/browsers.mjs').OpenBrowser} */
let browser
before(async () => {
  browser = await openBrowser('chromium')
})
after(() => browser?.close())

const POLYFILL = '<script src="/node_modules/wasm-eventsource/polyfill.js"></script>'
const IS_OURS = '<script>if (EventSource.native === undefined) throw new Error("not ours")</script>'

/**
 * What a page comes to. React warns of nothing in its build for production, so this is the other one.
 * @param {string} body
 * @param {((request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => unknown) | undefined} [handler] of other paths
 */
async function open(body, handler) {
  const pages = await startEventServer({
    folder,
    answer: (path) => (path.startsWith('/page') ? { body: page(POLYFILL + IS_OURS + body) } : undefined),
  })
  // The library's own server is asked first.
  const server = createServer(async (request, response) => {
    if (handler !== undefined && /^\/(trpc|mcp)/.test(request.url ?? '')) return void handler(request, response)
    try {
      const answer = await fetch(new URL(request.url ?? '/', pages.origin))
      response.writeHead(answer.status, { 'Content-Type': answer.headers.get('Content-Type') ?? '' })
      for await (const chunk of answer.body ?? []) response.write(chunk)
    } catch {
      // The pages' server has been stopped.
    }
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  try {
    await browser.driver.get(`http://127.0.0.1:${port}/page`)
    return await browser.driver.executeAsyncScript(
      `const done = arguments[0]
      const wait = () => (window.results === undefined ? setTimeout(wait, 20) : results.then(done, (error) => done(String(error))))
      wait()
      setTimeout(() => done('nothing within 15 s'), 15_000)`,
    )
  } finally {
    server.closeAllConnections()
    server.close()
    await pages.stop()
  }
}

/** @param {string} file */
function bundled(file) {
  const esbuild = join(folder, 'node_modules', '.bin', 'esbuild')
  run(esbuild, [file, '--bundle', '--format=iife', `--outfile=dist/${file}`, '--define:process.env.NODE_ENV="development"'], folder)
  return `<body><script src="/dist/${file}"></script>`
}

/** @param {string} tool @param {string} name @param {string} what */
const works = (tool, name, what) =>
  tell({ table: 'Libraries, with the polyfill', tool, version: versionOf(folder, name), what, result: 'works' })

it("htmx's SSE extension", async () => {
  const scripts = ['htmx.org/dist/htmx.js', 'htmx-ext-sse/sse.js'].map((file) => `<script src="/node_modules/${file}"></script>`)
  const result = await open(`${scripts.join('')}<body><p hx-ext="sse" sse-connect="/events" sse-swap="price"></p>
    <script>globalThis.results = new Promise((resolve) => document.body.addEventListener('htmx:sseMessage', ({ detail }) => setTimeout(() => resolve([detail.type, document.querySelector('p').textContent]))))</script>`)
  assert.deepEqual(result, ['price', 'null'])
  works('htmx', 'htmx.org', `\`sse-connect\`, \`sse-swap\` of htmx-ext-sse ${versionOf(folder, 'htmx-ext-sse')}`)
})

it('RxJS', async () => {
  assert.deepEqual(await open(bundled('rxjs.js')), ['null'])
  works('RxJS', 'rxjs', 'an `Observable` of a source')
})

it("VueUse's useEventSource", async () => {
  assert.deepEqual(await open(bundled('vueuse.js')), ['OPEN', true, 'null', 'CLOSED'])
  works('VueUse', '@vueuse/core', '`useEventSource`')
})

it("tRPC's httpSubscriptionLink", async () => {
  const { handler } = await import(join(folder, 'trpc-server.mjs'))
  assert.deepEqual(await open(bundled('trpc.js'), handler), [1, 2, 3])
  works('tRPC', '@trpc/client', '`httpSubscriptionLink`')
})

it("the MCP SDK's client", async () => {
  const { handler } = await import(join(folder, 'mcp-server.mjs'))
  assert.equal(await open(bundled('mcp.js'), handler), '3')
  const usesGlobal = !readFileSync(join(folder, 'dist', 'mcp.js'), 'utf8').includes('eventsource.supports-fetch-override')
  works('MCP SDK', '@modelcontextprotocol/sdk', usesGlobal ? '`SSEClientTransport`' : '`SSEClientTransport`, which brings a class of its own')
})

it('React in StrictMode', async () => {
  assert.deepEqual(await open(bundled('react.js')), ['null', [2, 1]])
  works('React', 'react', '`useEffect` in `StrictMode`')
})
