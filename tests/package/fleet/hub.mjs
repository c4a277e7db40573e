// @ts-check
/**
 * The hub that people run in production, on this machine: two nodes of nginx with nchan over one Redis, and
 * nginx as the load balancer before them. Each listens on a free port of the loopback interface, with a
 * configuration and a folder of its own; the services of the system are left alone.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { freePort } from '../browsers.mjs'
import { ProcessGroup } from '../process-group.mjs'
import { balancerConfiguration, nodeConfiguration } from './configurations.mjs'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const DOCUMENT = path.join(ROOT, 'docs', 'fleet.md')

/** How long a program may take to listen, in ms. */
const START_MS = 20_000

/** The blocks of configuration of nginx in docs/fleet.md, by the comment that each begins with. */
export function documentedBlocks() {
  const blocks = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^```nginx\n(# (.*)\n[^]*?)^```$/gm)]
  return new Map(blocks.map(([, block, title]) => [String(title), String(block)]))
}

/** @param {string} title */
function documented(title) {
  const block = documentedBlocks().get(title)
  if (block === undefined) throw new Error(`docs/fleet.md has no block of nginx that begins with "# ${title}"`)
  return block
}

/** A hub that runs. */
export class Hub {
  /** @type {{ port: number, folder: string }[]} */
  #nodes = []
  #group = new ProcessGroup('fleet')
  #programs
  #balancer = 0

  /** @param {import('./programs.mjs').Programs} programs */
  constructor(programs) {
    this.#programs = programs
  }

  /** The origin of the load balancer, which also serves the files of the checkout. */
  get origin() {
    return `http://127.0.0.1:${this.#balancer}`
  }

  /** Starts Redis, both nodes and the balancer. */
  async start() {
    const [redis, first, second, balancer] = await Promise.all([0, 1, 2, 3].map(freePort))
    this.#balancer = balancer
    const folder = this.#folder('redis')
    const keepNothing = ['--save', '', '--appendonly', 'no']
    this.#run(this.#programs.redis, ['--port', String(redis), '--bind', '127.0.0.1', '--dir', folder, ...keepNothing])
    await listens(redis)
    const hub = documented('The hub, on each node')
    for (const port of [first, second]) {
      const folder = this.#folder(`node-${port}`)
      const module = this.#programs.nchan
      writeFileSync(path.join(folder, 'nginx.conf'), nodeConfiguration({ folder, module, port, redis, hub }))
      this.#nodes.push({ port, folder })
    }
    await Promise.all([0, 1].map((index) => this.startNode(index)))
    const before = this.#folder('balancer')
    const nodes = this.#nodes.map(({ port }) => port)
    writeFileSync(
      path.join(before, 'nginx.conf'),
      balancerConfiguration({
        ...{ folder: before, port: balancer, nodes, root: ROOT },
        balancer: documented('The load balancer, before the nodes'),
      }),
    )
    this.#startNginx(before)
    await listens(balancer)
  }

  /** Starts a node, for the first time or anew, and waits until it has found Redis. @param {number} index */
  async startNode(index) {
    const { port, folder } = this.#node(index)
    this.#startNginx(folder)
    await listens(port)
    await eventually(async () => (await post(port, '/publish?channel=ready', 'ready')) < 300, `node ${index}`)
  }

  /** Kills a node, as a machine dies that loses its power. @param {number} index */
  killNode(index) {
    const main = this.#mainProcess(index)
    const workers = readFileSync(`/proc/${main}/task/${main}/children`, 'utf8').trim().split(' ').filter(Boolean)
    for (const id of [main, ...workers.map(Number)]) process.kill(id, 'SIGKILL')
  }

  /** Stops a node in order, and starts it again. @param {number} index */
  async restartNode(index) {
    const main = this.#mainProcess(index)
    process.kill(main, 'SIGTERM')
    while (isRunning(main)) await sleep(10)
    await this.startNode(index)
  }

  /**
   * Publishes messages to a channel, one after the other, by way of a node. Fails unless the node has taken
   * each.
   * @param {number} index
   * @param {string} channel
   * @param {readonly string[]} messages
   */
  async publish(index, channel, messages) {
    const { port } = this.#node(index)
    for (const message of messages) {
      const status = await post(port, `/publish?channel=${channel}`, message)
      // Accepted while nobody listens, or created.
      if (status < 200 || status > 202) throw new Error(`node ${index} answered ${status} to message ${message}`)
    }
  }

  /**
   * When requests of a group of clients have come to the balancer, in ms since 1970, in order. It knows
   * only those that are over.
   * @param {string} group
   * @returns {number[]}
   */
  arrivals(group) {
    const lines = readFileSync(path.join(this.#group.folder, 'balancer', 'arrivals.log'), 'utf8').trim().split('\n')
    return lines
      .map((line) => line.split(' '))
      .filter(([, , , name]) => name === group)
      .map(([over, took]) => 1_000 * (Number(over) - Number(took)))
      .sort((a, b) => a - b)
  }

  /** What the programs have complained of. */
  log() {
    return this.#group.log()
  }

  async stop() {
    agent.destroy()
    await this.#group.end()
  }

  /** @param {number} index */
  #node(index) {
    const node = this.#nodes[index]
    if (node === undefined) throw new Error(`there is no node ${index}`)
    return node
  }

  /** @param {number} index */
  #mainProcess(index) {
    return Number(readFileSync(path.join(this.#node(index).folder, 'nginx.pid'), 'utf8'))
  }

  /** @param {string} name */
  #folder(name) {
    const folder = path.join(this.#group.folder, name)
    mkdirSync(folder)
    return folder
  }

  /** @param {string} folder */
  #startNginx(folder) {
    this.#run(this.#programs.nginx, ['-p', folder, '-c', path.join(folder, 'nginx.conf')])
  }

  /**
   * Starts a program beneath a shell: nginx writes its title over its environment, by which the group
   * would find it, but the group also knows what comes from the shell.
   * @param {string} program
   * @param {string[]} args
   */
  #run(program, args) {
    this.#group.start('/bin/sh', ['-c', '"$@"; exit $?', 'sh', program, ...args], {})
  }
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

/**
 * @param {number} port
 * @param {string} path
 * @param {string} body
 * @returns {Promise<number>} the status
 */
function post(port, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body) }
    http
      .request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
      })
      .once('error', reject)
      .end(body)
  })
}

/** @param {number} id */
function isRunning(id) {
  try {
    // A zombie has ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Waits until something listens on a port. @param {number} port */
function listens(port) {
  return eventually(async () => {
    const socket = net.connect(port, '127.0.0.1')
    const isThere = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    return isThere
  }, `port ${port}`)
}

/**
 * @param {() => Promise<boolean>} condition
 * @param {string} what is waited for
 */
async function eventually(condition, what) {
  const end = Date.now() + START_MS
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what} is not ready after ${START_MS / 1000} s`)
    await sleep(20)
  }
}
