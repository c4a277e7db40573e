// @ts-check
/**
 * The server of the measurements of `share`, a process of its own: it listens on several ports, since a
 * browser opens but six connections to one over HTTP/1.1. Streams wait for their parent's word, and are
 * then sent as fast as they are taken.
 */

import { readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { corpus } from './corpora.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' }

/** Those that wait. @type {Set<http.ServerResponse>} */
const streams = new Set()
const { bytes, messages } = corpus('ticker')

/** @type {http.RequestListener} */
function answer(request, response) {
  const { pathname } = new URL(request.url ?? '', 'http://localhost')
  if (pathname === '/stream') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write(': waits\n\n')
    streams.add(response)
    response.on('close', () => streams.delete(response))
    return
  }
  const folder = pathname.startsWith('/pkg/') ? ROOT : path.join(ROOT, 'benches', 'browser')
  try {
    const file = readFileSync(path.join(folder, pathname))
    const type = TYPES[/** @type {keyof typeof TYPES} */ (path.extname(pathname))]
    response.writeHead(200, { 'Content-Type': type ?? 'application/octet-stream', 'Cache-Control': 'no-store' }).end(file)
  } catch {
    response.writeHead(404).end()
  }
}

/**
 * Writes the corpus over and over, as fast as it is taken, and an event that ends it.
 * @param {http.ServerResponse} response
 * @param {number} cycles
 */
function send(response, cycles) {
  for (let left = cycles; !response.destroyed; left--) {
    if (left === 0) {
      response.write('event: finish\ndata: finish\n\n')
      return
    }
    if (!response.write(bytes)) {
      response.once('drain', () => send(response, left - 1))
      return
    }
  }
}

/** @param {{ cycles: number } | { count: true }} order */
function obey(order) {
  if ('count' in order) {
    process.send?.({ streams: streams.size })
    return
  }
  process.send?.({ events: order.cycles * messages.length, started: performance.timeOrigin + performance.now() })
  for (const response of streams) send(response, order.cycles)
}
process.on('message', (order) => obey(/** @type {any} */ (order)))
process.once('disconnect', () => process.exit())

const ports = await Promise.all(
  Array.from(
    { length: Number(process.argv[2]) },
    () =>
      new Promise((resolve) => {
        const server = http.createServer(answer).listen(0, '127.0.0.1', () => {
          resolve(/** @type {import('node:net').AddressInfo} */ (server.address()).port)
        })
      }),
  ),
)
process.send?.({ ports })
