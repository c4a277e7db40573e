// @ts-check
/** The servers of the streams that break off: over HTTP/1.1 behind the fault proxy, and over HTTP/2. */

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { constants, createSecureServer } from 'node:http2'
import { brotliCompressSync, constants as zlib, gzipSync } from 'node:zlib'
import { generate } from 'selfsigned'

import { startFaultProxy } from './fault-proxy.mjs'
import { NumberedStream, seededChance } from './numbered-streams.mjs'

const ROOT = new URL('../../../', import.meta.url)
const CHANCE = seededChance(92)

/** @param {number} limit */
const below = (limit) => Math.floor(CHANCE() * limit)

/** Where an answer is cut, given the lengths of its head and of the whole. */
const ANYWHERE = (/** @type {number} */ head, /** @type {number} */ length) => head + below(length - head + 1)
const NOWHERE = (/** @type {number} */ _, /** @type {number} */ length) => length

/**
 * The faults over HTTP/1.1. `coding` is how the body is sent: to its end, with a length, in chunks, compressed.
 * @type {Record<string, { coding: 'none' | 'length' | 'chunked' | 'gzip', fault?: () => import('./fault-proxy.mjs').Fault }>}
 */
const FAULTS = {
  // The server itself ends the body where it wants to, and sends it as it should.
  'an end anywhere': { coding: 'chunked' },
  'a closed socket': { coding: 'none', fault: () => ({ passed: ANYWHERE, then: 'close' }) },
  'a reset (RST)': { coding: 'none', fault: () => ({ passed: ANYWHERE, then: 'reset' }) },
  'no answer': { coding: 'none', fault: () => ({ passed: () => 0, then: below(2) === 0 ? 'close' : 'reset' }) },
  'a cut in the head': { coding: 'none', fault: () => ({ passed: (head) => 1 + below(head - 1), then: 'close' }) },
  'a cut in the chunked coding': { coding: 'chunked', fault: () => ({ passed: ANYWHERE, then: 'close' }) },
  'less than Content-Length': { coding: 'length', fault: () => ({ passed: ANYWHERE, then: 'close' }) },
  'a cut in gzip': { coding: 'gzip', fault: () => ({ passed: ANYWHERE, then: 'close' }) },
  'garbage behind events': {
    coding: 'none',
    fault: () => ({ passed: NOWHERE, then: 'close', garbage: Buffer.from(Array.from({ length: below(60) }, () => below(256))) }),
  },
  'one byte at a time': { coding: 'none', fault: () => ({ passed: ANYWHERE, then: 'close', piece: 1 }) },
  latency: { coding: 'chunked', fault: () => ({ passed: ANYWHERE, then: 'reset', piece: 100, latency: 5 + below(20) }) },
  'a silent socket': { coding: 'none', fault: () => ({ passed: ANYWHERE, then: 'hold' }) },
}

/**
 * The faults over HTTP/2: what the server does once it has sent a part of the body.
 * @type {Record<string, { isBrotli?: boolean, spoil: (stream: import('node:http2').ServerHttp2Stream) => void }>}
 */
const FAULTS_OF_HTTP2 = {
  'HTTP/2 RST_STREAM': {
    spoil: (stream) => {
      const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM, NGHTTP2_NO_ERROR } = constants
      stream.close([NGHTTP2_INTERNAL_ERROR, NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM, NGHTTP2_NO_ERROR][below(4)])
    },
  },
  'HTTP/2 GOAWAY': {
    spoil: ({ session }) => {
      session?.goaway(below(2) === 0 ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_ENHANCE_YOUR_CALM)
      session?.destroy()
    },
  },
  'a cut in brotli': { isBrotli: true, spoil: (stream) => stream.end() },
}

/** The names of all faults. */
export const FAULT_NAMES = [...Object.keys(FAULTS), ...Object.keys(FAULTS_OF_HTTP2)]

/** Those that a silent connection is part of: a client that never gives up on one makes no way. */
export const SLOW_FAULTS = ['a silent socket']

/** Those after which a response may be no event stream, for which clients give up unless they are told not to. */
export const INSISTENT_FAULTS = ['a cut in the head']

/** @param {string} fault */
export const isOfHttp2 = (fault) => fault in FAULTS_OF_HTTP2

/**
 * @typedef {object} NumberedServer
 * @property {string} origin - over HTTP/1.1
 * @property {string} secureOrigin - over HTTP/2
 * @property {(fault: string, disconnects: number) => { path: string, stream: NumberedStream }} add
 * @property {() => Promise<void>} stop
 */

/**
 * Starts both. They serve the files of the checkout, too.
 * @returns {Promise<NumberedServer>}
 */
export async function startNumberedServer() {
  /** @type {Map<string, { fault: string, stream: NumberedStream }>} */
  const streams = new Map()
  const server = createServer((request, response) => {
    const known = streams.get(String(request.url))
    if (known === undefined) return void serveFile(request, response)
    const { body, isWhole } = known.stream.connect(numberOf(request.headers['last-event-id']))
    const bytes = Buffer.from(body)
    const { coding, fault } = /** @type {(typeof FAULTS)[string]} */ (FAULTS[known.fault])
    sendCoded(response, isWhole || fault !== undefined ? bytes : cutAnywhere(bytes), coding)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await startFaultProxy(portOf(server), (path) => {
    const known = streams.get(path)
    return known?.stream.breaks ? FAULTS[known.fault]?.fault?.() : undefined
  })

  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }])
  const secure = createSecureServer({ key, cert })
  /** @type {Set<import('node:http2').ServerHttp2Session>} */
  const sessions = new Set()
  secure.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    session.on('error', () => {})
  })
  secure.on('request', (request, response) => {
    const known = streams.get(request.url)
    if (known === undefined) return void serveFile(request, response)
    response.stream.on('error', () => {})
    const { body, isWhole } = known.stream.connect(numberOf(request.headers['last-event-id']))
    const { isBrotli, spoil } = /** @type {(typeof FAULTS_OF_HTTP2)[string]} */ (FAULTS_OF_HTTP2[known.fault])
    sendSpoilt(response, body, isWhole, isBrotli === true, spoil)
  })
  secure.listen(0, '127.0.0.1')
  await once(secure, 'listening')

  let count = 0
  return {
    origin: proxy.origin,
    secureOrigin: `https://127.0.0.1:${portOf(secure)}`,
    add: (fault, disconnects) => {
      const stream = new NumberedStream(disconnects, CHANCE)
      const path = `/stream-${(count += 1)}`
      streams.set(path, { fault, stream })
      return { path, stream }
    },
    stop: async () => {
      await proxy.stop()
      server.close()
      secure.close()
      for (const session of sessions) session.destroy()
    },
  }
}

/** @param {import('node:net').Server} server */
const portOf = (server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port

/** @param {string | string[] | undefined} lastEventId */
const numberOf = (lastEventId) => Number(lastEventId ?? 0)

/** @param {Buffer} bytes */
const cutAnywhere = (bytes) => bytes.subarray(0, below(bytes.length + 1))

const HEADERS = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }

/**
 * @param {import('node:http').ServerResponse} response
 * @param {Buffer} body
 * @param {'none' | 'length' | 'chunked' | 'gzip'} coding
 */
function sendCoded(response, body, coding) {
  const bytes = coding === 'gzip' ? gzipSync(body) : body
  if (coding === 'none' || coding === 'gzip') response.useChunkedEncodingByDefault = false
  response.writeHead(200, {
    ...HEADERS,
    // The proxy takes what follows the first request of a connection for a part of it.
    Connection: 'close',
    ...(coding === 'gzip' && { 'Content-Encoding': 'gzip' }),
    ...(coding === 'length' && { 'Content-Length': bytes.length }),
  })
  // More than one chunk, where there are chunks.
  const middle = bytes.length >> 1
  response.write(bytes.subarray(0, middle))
  response.end(bytes.subarray(middle))
}

/**
 * @param {import('node:http2').Http2ServerResponse} response
 * @param {string} body
 * @param {boolean} isWhole
 * @param {boolean} isBrotli
 * @param {(stream: import('node:http2').ServerHttp2Stream) => void} spoil
 */
function sendSpoilt(response, body, isWhole, isBrotli, spoil) {
  const bytes = isBrotli
    ? brotliCompressSync(body, { params: { [zlib.BROTLI_PARAM_QUALITY]: 1 } })
    : Buffer.from(body)
  response.writeHead(200, { ...HEADERS, ...(isBrotli && { 'Content-Encoding': 'br' }) })
  if (isWhole) {
    response.end(bytes)
    return
  }
  response.write(cutAnywhere(bytes))
  // So that what was written is sent before.
  setTimeout(() => {
    if (!response.stream.destroyed) spoil(response.stream)
  }, below(10))
}

/**
 * @param {import('node:http').IncomingMessage | import('node:http2').Http2ServerRequest} request
 * @param {import('node:http').ServerResponse | import('node:http2').Http2ServerResponse} response
 */
async function serveFile(request, response) {
  const { pathname } = new URL(String(request.url), 'http://localhost')
  const path = pathname === '/' ? '/tests/package/chaos/page.html' : pathname
  // Some modules of npm leave out the end of a name.
  const file = new URL(`.${path}${/\.\w+$/.test(path) ? '' : '.js'}`, ROOT)
  const content = await readFile(file).catch(() => undefined)
  response.statusCode = content === undefined ? 404 : 200
  if (!('stream' in response)) response.setHeader('Connection', 'close')
  response.setHeader('Content-Type', path.endsWith('.html') ? 'text/html' : 'text/javascript')
  response.end(content ?? '')
}
