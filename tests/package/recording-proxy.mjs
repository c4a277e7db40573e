// @ts-check
/** Stands between a browser and a server, and keeps what the server sends. */

import { once } from 'node:events'
import http from 'node:http'

import { createParser } from 'eventsource-parser'

/**
 * @typedef {object} Exchange
 * @property {string} method
 * @property {string} path with its query
 * @property {http.IncomingHttpHeaders} headers of the request
 * @property {number} status 0 until the answer begins
 * @property {Buffer[]} chunks of the body
 */

/** @typedef {{ type: string, id: string | undefined, data: string }} Sent */

/**
 * @typedef {object} RecordingProxy
 * @property {string} origin
 * @property {Exchange[]} exchanges
 * @property {(path: string) => Exchange[]} exchangesOf those whose path begins so
 * @property {(path: string) => Sent[]} eventsOf the events that the server has completed in them
 * @property {() => void} forget
 * @property {() => void} stop
 */

/**
 * Starts one before a server. Where the server breaks a connection, so does it.
 * @param {string} target - the server's origin
 * @returns {Promise<RecordingProxy>}
 */
export async function startRecordingProxy(target) {
  const { hostname, port } = new URL(target)
  /** @type {Exchange[]} */
  const exchanges = []
  const server = http.createServer((request, response) => {
    const { method = 'GET', url: path = '/', headers } = request
    /** @type {Exchange} */
    const exchange = { method, path, headers, status: 0, chunks: [] }
    exchanges.push(exchange)
    const upstream = http.request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      exchange.status = answer.statusCode ?? 0
      response.writeHead(exchange.status, answer.headers)
      response.flushHeaders()
      answer.on('data', (chunk) => {
        exchange.chunks.push(chunk)
        response.write(chunk)
      })
      answer.on('end', () => response.end())
      answer.on('error', () => response.destroy())
    })
    upstream.on('error', () => response.destroy())
    response.on('close', () => upstream.destroy())
    request.pipe(upstream)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  /** @param {string} path */
  const exchangesOf = (path) => exchanges.filter((exchange) => exchange.path.startsWith(path))
  return {
    origin: `http://127.0.0.1:${address.port}`,
    exchanges,
    exchangesOf,
    eventsOf: (path) =>
      exchangesOf(path).flatMap(({ status, chunks }) => (status === 200 ? parse(chunks) : [])),
    forget: () => void exchanges.splice(0),
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/**
 * By another parser than the package's.
 * @param {Buffer[]} chunks
 */
function parse(chunks) {
  /** @type {Sent[]} */
  const events = []
  const parser = createParser({
    onEvent: ({ event, id, data }) => events.push({ type: event ?? 'message', id, data }),
  })
  parser.feed(Buffer.concat(chunks).toString())
  return events
}
