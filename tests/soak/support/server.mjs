// @ts-check
/**
 * The server of the long runs: serves the page, and streams of numbered events over connections that end
 * in turns, as `endings` says. In the process that measures, so that it can hold a stream at a milestone.
 */

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import { constants, createSecureServer } from 'node:http2'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const TYPES = /** @type {Record<string, string>} */ ({ '.html': 'text/html', '.wasm': 'application/wasm' })

/**
 * How a connection ends: as a response does; by a reset of the connection; or by one in the middle of the next
 * event, whose ID the client has already got, while no blank line has made it valid.
 * @typedef {'clean' | 'reset' | 'half'} Ending
 */

/**
 * @typedef {object} Plan
 * @property {number} count of all events
 * @property {number} each how many a connection sends, at most
 * @property {readonly Ending[]} endings taken in turns
 * @property {number} hold a stream is held after each event whose number is a multiple
 * @property {number} retry the reconnection time that each connection tells, in ms
 */

/** A numbered event. @param {number} number */
export const eventOf = (number) => `id: ${number}\ndata: ${number}\n\n`

/** A stream of numbered events that one client reads. */
export class Run {
  requests = 0
  /** The highest number that has been sent. */
  sent = 0
  #connections = 0
  /** @type {(() => void) | undefined} */
  #release

  /** @param {Plan} plan */
  constructor(plan) {
    this.plan = plan
  }

  /** Lets a stream that is held go on. */
  release() {
    this.#release?.()
    this.#release = undefined
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  async answer(request, response) {
    const { count, each, endings, hold, retry } = this.plan
    this.requests += 1
    const last = Number(request.headers['last-event-id'] ?? 0)
    if (last >= count) {
      response.writeHead(204).end()
      return
    }
    // Up to the next multiple: so milestones are at the end of a connection.
    const to = Math.min((Math.floor(last / each) + 1) * each, count)
    const ending = endings[this.#connections % endings.length]
    this.#connections += 1
    let text = `retry: ${retry}\n\n`
    for (let number = last + 1; number <= to; number++) text += eventOf(number)
    this.sent = Math.max(this.sent, to)
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write(text)
    if (to % hold === 0 || to === count) await new Promise((resolve) => (this.#release = () => resolve(undefined)))
    if (ending === 'clean') {
      response.end()
      return
    }
    // The whole text has gone out before the reset, or it would be lost on the way.
    if (ending === 'half') response.write(eventOf(to + 1).slice(0, -2))
    await drained(response)
    cut(request, response)
  }
}

/**
 * A stream that goes on by itself: an event every so many ms, whether anybody reads it or not. Who
 * comes back gets what it has missed first.
 */
export class LiveRun {
  requests = 0
  number = 0
  /** How many connections are open. */
  open = 0
  #timer
  /** @type {http.ServerResponse | undefined} */
  #response
  /** @type {http.IncomingMessage | undefined} */
  #request
  #retry

  /** @param {{ interval: number, retry: number }} plan */
  constructor({ interval, retry }) {
    this.#retry = retry
    this.#timer = setInterval(() => {
      this.number += 1
      this.#response?.write(eventOf(this.number))
    }, interval)
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  async answer(request, response) {
    this.requests += 1
    this.open += 1
    response.once('close', () => (this.open -= 1))
    const last = Number(request.headers['last-event-id'] ?? 0)
    let text = `retry: ${this.#retry}\n\n`
    for (let number = last + 1; number <= this.number; number++) text += eventOf(number)
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write(text)
    this.#request = request
    this.#response = response
  }

  /** Resets the connection. */
  reset() {
    if (this.#request !== undefined && this.#response !== undefined) cut(this.#request, this.#response)
    this.forget()
  }

  /** Forgets the connection without a word, as a router does that was switched off. */
  forget() {
    this.#request = this.#response = undefined
  }

  /** No event follows. */
  end() {
    clearInterval(this.#timer)
  }
}

/**
 * Breaks off a response: by RST_STREAM over HTTP/2, else by a reset of the connection.
 * @param {http.IncomingMessage} request
 * @param {http.ServerResponse} response
 */
function cut(request, response) {
  const { stream } = /** @type {import('node:http2').Http2ServerResponse} */ (/** @type {unknown} */ (response))
  if (stream === undefined) request.socket.resetAndDestroy()
  else stream.close(constants.NGHTTP2_INTERNAL_ERROR)
}

/** Waits until all that was written has gone out. @param {http.ServerResponse} response */
async function drained(response) {
  if (response.writableNeedDrain) await Promise.race([once(response, 'drain'), once(response, 'close')])
  await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Where a server says nothing, Chromium has 100 streams at once, and the others wait. */
const SETTINGS = { maxConcurrentStreams: 256 }

/** A server on a free port of the loopback interface. */
export class SoakServer {
  /** @type {Map<string, Run | LiveRun>} */
  #runs = new Map()
  #server
  #scheme
  origin = ''

  /** @param {{ key: string, cert: string }} [certificate] for HTTP/2 */
  constructor(certificate) {
    const handle = (/** @type {any} */ request, /** @type {any} */ response) => void this.#handle(request, response)
    this.#scheme = certificate === undefined ? 'http' : 'https'
    this.#server = certificate === undefined ? http.createServer(handle) : createSecureServer({ ...certificate, settings: SETTINGS }, handle)
    if (this.#server instanceof http.Server) this.#server.keepAliveTimeout = 60_000
  }

  async start() {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address())
    this.origin = `${this.#scheme}://127.0.0.1:${port}`
  }

  /**
   * A stream at `/numbers?run=NAME`.
   * @param {string} name
   * @param {Plan} plan
   */
  run(name, plan) {
    const run = new Run(plan)
    this.#runs.set(name, run)
    return run
  }

  /**
   * One that goes on by itself.
   * @param {string} name
   * @param {{ interval: number, retry: number }} plan
   */
  live(name, plan) {
    const run = new LiveRun(plan)
    this.#runs.set(name, run)
    return run
  }

  /** How many connections are open. @returns {Promise<number>} */
  connections() {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
  }

  stop() {
    for (const run of this.#runs.values()) if (run instanceof LiveRun) run.end()
    if (this.#server instanceof http.Server) this.#server.closeAllConnections()
    this.#server.close()
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  async #handle(request, response) {
    const url = new URL(request.url ?? '/', this.origin)
    if (url.pathname === '/numbers') {
      const run = this.#runs.get(url.searchParams.get('run') ?? '')
      if (run === undefined) response.writeHead(404).end()
      else await run.answer(request, response)
      return
    }
    // Packages import files of their own without the end of the name.
    const name = /\.\w+$/.test(url.pathname) ? url.pathname : `${url.pathname}.js`
    const file = path.join(ROOT, path.normalize(name))
    const content = await readFile(file).catch(() => undefined)
    response.writeHead(content === undefined ? 404 : 200, {
      'Content-Type': TYPES[path.extname(file)] ?? 'text/javascript',
    })
    response.end(content)
  }
}
