// @ts-check
/**
 * The server of the benchmarks, a process of its own, so that it does not share a thread with
 * whoever measures: serves the page and sends streams, prepared beforehand, as fast as they are
 * taken. Ends with its parent.
 */

import { createReadStream } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { corpus, numberedEvent } from './corpora.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Where the files of an address are. */
const FOLDERS = {
  '/bundles/': path.join(ROOT, 'target', 'bench', 'bundles'),
  '/pkg/': path.join(ROOT, 'pkg'),
  '/': path.join(ROOT, 'benches', 'browser'),
}

/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' }

/**
 * Only a page that is isolated from other origins gets clocks of a fine resolution (5 µs instead of
 * 100 in Chromium, 20 instead of 1000 in Firefox and WebKit).
 */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-store',
}

const EVENT_STREAM = { ...ISOLATION, 'Content-Type': 'text/event-stream' }

/** The time in ms since 1970, as a page tells it, in fractions of a microsecond. */
function now() {
  return performance.timeOrigin + performance.now()
}

/** @type {Record<string, (query: URLSearchParams, response: http.ServerResponse) => void>} */
const ENDPOINTS = {
  /** A corpus, so many cycles of it. */
  '/stream': (query, response) => {
    const name = /** @type {import('./corpora.mjs').CorpusName} */ (query.get('corpus'))
    const { bytes } = corpus(name)
    response.writeHead(200, EVENT_STREAM)
    write(response, repeat(bytes, Number(query.get('cycles'))), () => response.end())
  },

  /** So many events, no two of them the same; stays open. */
  '/numbered': (query, response) => {
    response.writeHead(200, EVENT_STREAM)
    write(response, numbered(Number(query.get('events')), query.has('wide')), () => {})
  },

  /** Events that tell when they were sent, so many each second. */
  '/ticks': (query, response) => {
    const interval = 1000 / Number(query.get('rate'))
    response.writeHead(200, EVENT_STREAM)
    response.socket?.setNoDelay(true)
    const started = now()
    let sent = 0
    const send = () => {
      if (response.destroyed) return
      response.write(`data: ${now()}\n\n`)
      sent += 1
      setTimeout(send, started + sent * interval - now())
    }
    send()
  },

  /** An event that tells when the request was there. */
  '/arrival': (_, response) => {
    const arrival = now()
    response.writeHead(200, EVENT_STREAM)
    response.write(`data: ${arrival}\n\n`)
  },

  /** What time it is here. */
  '/clock': (_, response) => {
    const time = now()
    response.writeHead(200, { ...ISOLATION, 'Content-Type': 'text/plain' })
    response.end(String(time))
  },
}

/**
 * Writes as fast as it is taken.
 * @param {http.ServerResponse} response
 * @param {Iterator<Uint8Array | string>} pieces
 * @param {() => void} done
 */
function write(response, pieces, done) {
  while (!response.destroyed) {
    const next = pieces.next()
    if (next.done) {
      done()
      return
    }
    if (!response.write(next.value)) {
      response.once('drain', () => write(response, pieces, done))
      return
    }
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} times
 */
function* repeat(bytes, times) {
  for (; times > 0; times--) yield bytes
}

/**
 * @param {number} events
 * @param {boolean} wide
 */
function* numbered(events, wide) {
  const together = 500
  for (let first = 0; first < events; first += together) {
    const count = Math.min(together, events - first)
    yield Array.from({ length: count }, (_, index) => numberedEvent(first + index, wide)).join('')
  }
}

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  const endpoint = ENDPOINTS[pathname]
  if (endpoint !== undefined) {
    endpoint(searchParams, response)
    return
  }
  const [prefix, folder] = /** @type {[string, string]} */ (
    Object.entries(FOLDERS).find(([prefix]) => pathname.startsWith(prefix))
  )
  const file = createReadStream(path.join(folder, pathname.slice(prefix.length)))
  file.once('error', () => response.writeHead(404, ISOLATION).end())
  file.once('open', () => {
    const type = TYPES[path.extname(pathname)] ?? 'application/octet-stream'
    response.writeHead(200, { ...ISOLATION, 'Content-Type': type })
    file.pipe(response)
  })
})

server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  process.send?.(`http://127.0.0.1:${port}`)
})
process.once('disconnect', () => process.exit())
