// @ts-check
/** A server of a folder, and of an event stream that other origins may read if they send a header. */

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
})

/**
 * @typedef {object} EventServer
 * @property {string} origin
 * @property {string} events - the URL of the stream, whose first event is the header `X-Token`, in JSON
 * @property {string[]} missing - the paths that were asked for in vain
 * @property {() => number} open - how many streams are open
 * @property {() => Promise<void>} stop
 */

/**
 * @param {object} [options]
 * @param {string} [options.folder]
 * @param {(path: string) => { status?: number, headers?: Record<string, string>, body: string } | undefined} [options.answer]
 *   what is answered instead of a file
 * @returns {Promise<EventServer>}
 */
export async function startEventServer({ folder, answer } = {}) {
  /** @type {string[]} */
  const missing = []
  let open = 0
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/events') {
      response.setHeader('Access-Control-Allow-Origin', '*')
      response.setHeader('Access-Control-Allow-Headers', '*')
      if (request.method === 'OPTIONS') return void response.end()
      response.setHeader('Content-Type', 'text/event-stream')
      open += 1
      response.once('close', () => (open -= 1))
      response.write(`event: price\nid: 1\ndata: ${JSON.stringify(request.headers['x-token'] ?? null)}\n\ndata: ${request.method}\n\n`)
      return
    }
    const answered = answer?.(pathname + search)
    if (answered !== undefined) {
      response.writeHead(answered.status ?? 200, { 'Content-Type': 'text/html; charset=utf-8', ...answered.headers })
      return void response.end(answered.body)
    }
    const path = normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname)
    try {
      const content = await readFile(join(folder ?? '', path))
      response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream')
      response.end(content)
    } catch {
      missing.push(path)
      response.writeHead(404, { 'Content-Type': 'text/plain' })
      response.end('not found')
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    events: `${origin}/events`,
    missing,
    open: () => open,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
