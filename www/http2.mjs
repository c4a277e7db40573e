// @ts-check
/**
 * The server over HTTP/2, which browsers speak with TLS only: this stands before it, with a certificate
 * that is made on the spot. A browser warns of it, and shows the page to who insists.
 */

import { once } from 'node:events'
import http from 'node:http'
import { createSecureServer } from 'node:http2'

import { generate } from 'selfsigned'

/** Headers of a connection, which HTTP/2 has no place for. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade']

/**
 * @typedef {object} Http2
 * @property {string} origin
 * @property {() => void} stop
 */

/**
 * Starts it before a server.
 * @param {string} target - the server's origin
 * @returns {Promise<Http2>}
 */
export async function startHttp2(target) {
  const { hostname, port } = new URL(target)
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }])
  /** @type {Set<import('node:http2').ServerHttp2Session>} */
  const sessions = new Set()
  const server = createSecureServer({ key, cert }, (request, response) => {
    // The names that begin with a colon are the first line of the request, in HTTP/2.
    const entries = Object.entries(request.headers).filter(([name]) => !name.startsWith(':'))
    const headers = { ...Object.fromEntries(entries), host: `${hostname}:${port}` }
    const { method, url: path } = request
    const upstream = http.request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      const sent = Object.entries(answer.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name))
      response.writeHead(answer.statusCode ?? 502, Object.fromEntries(sent))
      answer.on('error', () => response.stream?.close())
      answer.pipe(response)
    })
    upstream.on('error', () => response.stream?.close())
    response.on('close', () => upstream.destroy())
    request.pipe(upstream)
  })
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    // A browser that does not like the certificate leaves.
    session.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    origin: `https://127.0.0.1:${address.port}`,
    stop: () => {
      server.close()
      for (const session of sessions) session.destroy()
    },
  }
}
