// @ts-check
/**
 * Stands between a browser and a server over HTTP/1.1, and spoils what the server sends, below HTTP: bytes
 * are missing, come late, come one by one or are no part of it, and the socket is closed, reset or silent.
 *
 * Tools for this (Toxiproxy, and its ports) are programs of their own, which no package of npm brings along.
 */

import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is done to the answer of one connection. */
/**
 * @typedef {object} Fault
 * @property {(head: number, length: number) => number} passed - how many of its bytes pass, given the
 *   lengths of its head and of the whole
 * @property {'close' | 'reset' | 'hold'} then - what becomes of the socket: hold is to send nothing more
 * @property {Buffer} [garbage] - what is sent behind the bytes that pass
 * @property {number} [piece] - how many bytes are sent at a time; all by default
 * @property {number} [latency] - how many ms each piece is late; 0 by default
 */

/**
 * @typedef {object} FaultProxy
 * @property {string} origin
 * @property {() => Promise<void>} stop
 */

const HEAD_END = Buffer.from('\r\n\r\n')

/** How long after the last byte a socket is reset, in ms. */
const RESET_DELAY = 10

/**
 * Starts one before a server that answers one request per connection.
 * @param {number} port - of the server, on this machine
 * @param {(path: string) => Fault | undefined} faultOf - what becomes of a request for this path; undefined
 *   is to leave it alone
 * @returns {Promise<FaultProxy>}
 */
export async function startFaultProxy(port, faultOf) {
  /** @type {Set<net.Socket>} */
  const sockets = new Set()
  /** @param {net.Socket} socket */
  const keep = (socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    // A client that goes is no news, and neither is a server that breaks what it sends.
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    return socket
  }
  const proxy = net.createServer({ allowHalfOpen: true }, async (client) => {
    keep(client)
    const request = await readHead(client)
    if (request === undefined) return client.destroy()
    const fault = faultOf(request.toString('latin1').split(' ')[1] ?? '/')
    const server = keep(net.connect(port, '127.0.0.1'))
    client.once('close', () => server.destroy())
    server.write(request)
    client.pipe(server)
    if (fault === undefined) {
      server.pipe(client)
      server.once('close', () => client.destroySoon())
      return
    }
    const answer = await readAll(server)
    await play(fault, answer, client)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = /** @type {net.AddressInfo} */ (proxy.address())
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      proxy.close()
      for (const socket of sockets) socket.destroy()
      await once(proxy, 'close')
    },
  }
}

/**
 * Sends what passes of an answer, and does to the socket what is to be done.
 * @param {Fault} fault
 * @param {Buffer} answer
 * @param {net.Socket} client
 */
async function play({ passed, then, garbage, piece = Infinity, latency = 0 }, answer, client) {
  const head = answer.indexOf(HEAD_END) + HEAD_END.length
  const bytes = Buffer.concat([answer.subarray(0, passed(head, answer.length)), garbage ?? Buffer.alloc(0)])
  for (let start = 0; start < bytes.length && !client.destroyed; start += piece) {
    if (latency > 0) await sleep(latency)
    // In the next turn of the event loop the system may send it as a segment of its own.
    await new Promise((resolve) => client.write(bytes.subarray(start, start + piece), resolve))
  }
  if (then === 'close') client.destroySoon()
  else if (then === 'reset') {
    // Otherwise it may overtake the bytes, and some clients read an end then.
    await sleep(RESET_DELAY)
    client.resetAndDestroy()
  }
}

/**
 * The bytes up to the end of the head, and what has come with it; undefined if the client has gone.
 * @param {net.Socket} socket
 * @returns {Promise<Buffer | undefined>}
 */
function readHead(socket) {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0)
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      if (!bytes.includes(HEAD_END)) return
      socket.off('data', read)
      socket.pause()
      resolve(bytes)
    }
    socket.on('data', read)
    socket.once('end', () => resolve(undefined))
    socket.once('close', () => resolve(undefined))
  })
}

/**
 * @param {net.Socket} socket
 * @returns {Promise<Buffer>}
 */
function readAll(socket) {
  return new Promise((resolve) => {
    /** @type {Buffer[]} */
    const chunks = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.once('close', () => resolve(Buffer.concat(chunks)))
  })
}
