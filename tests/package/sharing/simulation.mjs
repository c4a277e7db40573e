// @ts-check
/**
 * Many members of a group in simulated time: a server whose events are numbered, a channel that takes its
 * time, a manager of locks, and pages that come, go, crash, freeze, hide and are slow. Nothing is left to
 * chance but what the seed says.
 */

import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const TEMPLATE = fileURLToPath(new URL('../../../pkg-template', import.meta.url))

/**
 * The modules of the protocol.
 * @returns {Promise<any>}
 */
export async function loadSharing() {
  const { outputFiles } = await build({
    stdin: {
      resolveDir: TEMPLATE,
      contents: ['member', 'messages', 'seen', 'overheard', 'reception', 'deadlines', 'times', 'reader', 'place', 'peers', 'outlet', 'locks']
        .map((file) => `export * from './sharing/${file}.ts'`)
        .concat("export { itemsOf } from './event-source/connection.ts'; export { freshStanding } from './event-source/standing.ts'")
        .join('\n'),
    },
    bundle: true,
    write: false,
    format: 'esm',
    // What would start an engine is not called, whatever it exports.
    plugins: [
      {
        name: 'no-engine',
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /engine\/engine\.js$/ }, ({ path }) => ({ path, namespace: 'no-engine' }))
          onLoad({ filter: /.*/, namespace: 'no-engine' }, () => ({ contents: 'module.exports = {}' }))
        },
      },
    ],
  })
  const [script] = /** @type {[import('esbuild').OutputFile]} */ (outputFiles)
  return import(`data:text/javascript,${encodeURIComponent(script.text)}`)
}

/**
 * A generator of numbers from 0 to 1: mulberry32.
 * @param {number} seed
 */
export function chanceOf(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * The text of messages as a batch has it: see `src/batch.rs`.
 * @param {readonly { id: string, data: string, isNamed?: boolean }[]} messages
 */
export function textOf(messages) {
  let former = ''
  return messages
    .map(({ id, data }) => {
      const head = id === former ? '' : `\n${id}`
      former = id
      return `${data}\r${head}\r`
    })
    .join('')
}

/** When a simulation begins, in ms of Unix time. */
const UNIX_TIME = 1_700_000_000_000

/** From where a connection goes on. @typedef {{ lastEventId: string, standing: object, firstDelay: number }} Start */

/** @typedef {{ at: number, order: number, page?: Page, act: () => void }} Task */

/** Time, and what happens in it. */
export class World {
  now = 0
  /** @type {Task[]} */
  #tasks = []
  #order = 0
  /** @type {Page[]} */
  pages = []
  locks = new Map()
  /** How many events the server has. */
  events = 0
  /** The connections that the server has. @type {Set<ServerConnection>} */
  connections = new Set()
  mostConnections = 0
  requests = 0

  /**
   * @param {any} sharing
   * @param {{ seed: number, hasLocks?: boolean, latency?: number, hasIds?: boolean }} options
   */
  constructor(sharing, { seed, hasLocks = true, latency = 5, hasIds = true }) {
    this.sharing = sharing
    this.chance = chanceOf(seed)
    this.hasLocks = hasLocks
    this.latency = latency
    this.hasIds = hasIds
    /** What is behind the number in the data of each event. */
    this.padding = ''
    /** How far the clock has been set, in ms. */
    this.clockError = 0
    /** Whether the server refuses. */
    this.isDown = false
  }

  /**
   * @param {number} delay
   * @param {() => void} act
   * @param {Page} [page] - in whose thread it is to happen
   */
  after(delay, act, page) {
    this.#tasks.push({ at: this.now + delay, order: (this.#order += 1), page, act })
  }

  /** Lets time go by. @param {number} duration */
  run(duration) {
    const end = this.now + duration
    for (;;) {
      // A page that is frozen does nothing, until it is not.
      const due = this.#tasks.filter(({ at, page }) => at <= end && !(page?.isFrozen || page?.isGone))
      if (due.length === 0) break
      const next = due.reduce((one, other) => (other.at < one.at || (other.at === one.at && other.order < one.order) ? other : one))
      this.#tasks.splice(this.#tasks.indexOf(next), 1)
      this.now = Math.max(this.now, next.at)
      next.act()
    }
    this.#tasks = this.#tasks.filter(({ page }) => !page?.isGone)
    this.now = end
  }

  /**
   * @param {Partial<PageOptions>} [options]
   * @param {string} [id] - by default greater than that of those before
   */
  open(options, id = `m${String(this.pages.length).padStart(3, '0')}`) {
    const page = new Page(this, id, { ...DEFAULTS, ...options })
    this.pages.push(page)
    return page
  }

  /** The server sends so many events, in one batch. @param {number} [count] */
  send(count = 1) {
    this.events += count
    for (const connection of this.connections) connection.pump()
  }

  /** The server ends all connections. */
  cut() {
    for (const connection of [...this.connections]) connection.end('ended')
  }

  get leaders() {
    return this.pages.filter((page) => page.isThere && !page.isFrozen && page.memberId !== '' && page.member.isLeading)
  }
}

/** @typedef {{ isVisible: boolean, isSlow: boolean, lastEventId: string }} PageOptions */
/** @type {PageOptions} */
const DEFAULTS = { isVisible: true, isSlow: false, lastEventId: '' }

/** A connection of a page to the server. */
class ServerConnection {
  isOpen = false
  isOver = false

  /** @param {Page} page @param {string} lastEventId @param {number} delay */
  constructor(page, lastEventId, delay) {
    this.page = page
    this.world = page.world
    this.sent = lastEventId === '' ? -1 : Number(lastEventId)
    this.request(delay)
  }

  /** @param {number} delay */
  request(delay) {
    const { world } = this
    world.after(delay, () => {
      if (this.isOver) return
      world.requests += 1
      if (world.isDown) return this.fail('network')
      // At the server, from now on; it knows of nothing before, if the client names no ID.
      if (!world.hasIds || this.sent < 0) this.sent = world.events
      world.connections.add(this)
      world.mostConnections = Math.max(world.mostConnections, world.connections.size)
      this.toPage(() => {
        this.isOpen = true
        this.page.member.handleOpen(world.now)
        this.pump()
      })
    })
  }

  /** @param {() => void} act */
  toPage(act) {
    this.world.after(1 + this.world.chance() * this.world.latency, () => !this.isOver && act(), this.page)
  }

  pump() {
    if (!this.isOpen || this.isWaiting || this.isOver) return
    if (this.sent >= this.world.events) return
    this.isWaiting = true
    this.toPage(() => {
      this.isWaiting = false
      if (!this.world.connections.has(this)) return
      if (this.page.isHeldBack && this.page.waiting > 0) {
        this.page.whenDrained = () => this.pump()
        return
      }
      // What has come while it was on its way comes with it, up to a point.
      const last = Math.min(this.world.events, this.sent + 1 + Math.floor(this.world.chance() * 4))
      const messages = []
      for (let number = this.sent + 1; number <= last; number++) {
        messages.push({ id: this.world.hasIds ? String(number) : '', data: `${number}${this.world.padding}` })
      }
      this.sent = last
      const text = { messages: textOf(messages), remarks: '' }
      this.page.member.handleBatch(text, this.world.sharing.itemsOf(text), 'https://a.test', 3000, this.world.now)
      this.pump()
    })
  }

  /** @param {string} reason */
  end(reason) {
    if (!this.world.connections.delete(this)) return
    this.toPage(() => this.fail(reason))
  }

  /** @param {string} reason */
  fail(reason) {
    if (this.isOver) return
    this.isOpen = this.isWaiting = false
    this.world.connections.delete(this)
    this.page.losses += 1
    this.page.member.setStanding({ ...this.world.sharing.freshStanding(null), losses: this.page.losses }, 3000, this.world.now)
    this.page.member.handleLoss(
      { reason, status: undefined, error: undefined, attempt: this.page.losses, retryIn: 3000 },
      false,
      this.world.now,
    )
    if (!this.isOver) this.request(3000)
  }

  close() {
    this.isOver = true
    // The server finds out a little later.
    this.world.after(1 + this.world.chance() * this.world.latency, () => this.world.connections.delete(this))
  }
}

/** A page with a source. */
export class Page {
  isFrozen = false
  isGone = false
  isHeldBack = false
  losses = 0
  /** What its source has been told. @type {(number | string)[]} */
  log = []
  waiting = 0
  /** @type {(() => void) | undefined} */
  whenDrained
  #timer = 0
  #watched = ''
  #holds = false

  /** @param {World} world @param {string} id @param {PageOptions} options */
  constructor(world, id, options) {
    this.world = world
    this.id = id
    this.isSlow = options.isSlow
    const { Seen, itemsOf } = world.sharing
    this.seen = new Seen(itemsOf)
    const { lastEventId } = options
    this.join(options.isVisible, lastEventId === '' ? undefined : { lastEventId, isExact: true })
  }

  get isThere() {
    return !this.isGone && this.member !== undefined
  }

  /** The numbers that its source has received. */
  get numbers() {
    return this.log.filter((entry) => typeof entry === 'number')
  }

  /** What its source has been told of the connection. */
  get signals() {
    return this.log.filter((entry) => typeof entry === 'string')
  }

  /** @param {boolean} isVisible @param {any} place */
  join(isVisible, place) {
    const { world } = this
    const { Member, itemsOf } = world.sharing
    this.generation = (this.generation ?? 0) + 1
    const beginning = {
      id: `${this.id}-${this.generation}`,
      random: world.chance(),
      isVisible,
      time: 3000,
      place,
      seen: this.seen,
      cut: itemsOf,
    }
    this.memberId = beginning.id
    this.member = new Member(beginning, this.#effects(beginning.id), world.now)
  }

  /** @param {string} id */
  #effects(id) {
    const { world } = this
    const isCurrent = () => this.isThere && this.memberId === id
    return {
      post: (/** @type {any} */ message) => {
        const data = structuredClone(message)
        for (const other of world.pages) {
          if (other === this) continue
          // In the order of sending, for each pair of pages.
          const key = `${this.id}>${other.id}`
          const at = Math.max(world.now + world.chance() * world.latency, this.#lastTo.get(key) ?? 0)
          this.#lastTo.set(key, at)
          world.after(at - world.now, () => other.receive(data), other)
        }
      },
      connect: (/** @type {Start} */ start) => {
        this.begun = start
        this.connection = new ServerConnection(this, start.lastEventId, start.firstDelay)
      },
      disconnect: () => this.connection?.close(),
      holdBack: (/** @type {boolean} */ isHeldBack) => (this.isHeldBack = isHeldBack),
      hold: () => {
        if (this.#holds || !world.hasLocks) return
        this.#holds = true
        this.#queue(id).push({ page: this, act: () => this.member.handleHold(world.now) })
        this.#grant(id)
      },
      release: (/** @type {number} */ delay) => {
        this.#holds = false
        if (delay > 0) world.after(delay, () => this.#giveUp(id))
        else this.#giveUp(id)
      },
      watch: (/** @type {string | undefined} */ leader) => {
        const name = leader ?? ''
        if (name === this.#watched) return
        if (this.#watched !== '') this.#giveUp(this.#watched)
        this.#watched = name
        if (name === '' || !world.hasLocks) return
        this.#queue(name).push({ page: this, act: () => isCurrent() && this.member.handleLock(name, world.now) })
        this.#grant(name)
      },
      open: () => this.log.push('open'),
      lose: (/** @type {any} */ failure) => {
        this.log.push(failure.reason)
        // The source is closed.
        if (failure.retryIn === null) this.close()
      },
      deliver: (/** @type {any[]} */ items, /** @type {any} */ batch) => {
        if (this.isSlow) this.waiting += batch.messages.length
        for (const item of items) if (typeof item !== 'string') this.log.push(parseInt(item.data))
      },
      waiting: () => this.waiting,
      wake: (/** @type {number} */ at) => {
        const timer = (this.#timer += 1)
        world.after(at - world.now, () => timer === this.#timer && isCurrent() && this.member.tick(world.now), this)
      },
      unixTime: () => UNIX_TIME + Math.floor(world.now) + world.clockError,
    }
  }

  #lastTo = new Map()

  /** @param {string} name @returns {{ page: Page, act: () => void, isGranted?: boolean }[]} */
  #queue(name) {
    const { locks } = this.world
    if (!locks.has(name)) locks.set(name, [])
    return locks.get(name)
  }

  /** @param {string} name */
  #giveUp(name) {
    const queue = this.#queue(name)
    const index = queue.findIndex(({ page }) => page === this)
    if (index >= 0) queue.splice(index, 1)
    this.#grant(name)
  }

  /** @param {string} name */
  #grant(name) {
    const [first] = this.#queue(name)
    if (first === undefined || first.isGranted) return
    first.isGranted = true
    this.world.after(this.world.chance() * this.world.latency, first.act, first.page)
  }

  /** @param {any} data */
  receive(data) {
    const message = this.world.sharing.readMessage(data, { now: UNIX_TIME + this.world.now, isReason: () => true })
    if (message !== undefined && this.isThere) this.member.receive(message, this.world.now)
  }

  /** Its loops have caught up. */
  drain() {
    this.waiting = 0
    this.isSlow = false
    this.member.handleDrained(this.world.now)
    this.whenDrained?.()
    this.whenDrained = undefined
  }

  close() {
    this.member.leave()
    this.isGone = true
  }

  /** Its process is gone, without a word. */
  crash() {
    this.isGone = true
    this.connection?.close()
    for (const name of this.world.locks.keys()) this.#giveUp(name)
  }

  /** It does nothing, and its lock stays where it is. */
  freeze() {
    this.isFrozen = true
  }

  thaw() {
    this.isFrozen = false
  }

  /** Into the back/forward cache, and out of it. @param {number} duration */
  cache(duration) {
    const { place } = this.member
    this.member.leave()
    this.memberId = ''
    const { isVisible } = this
    this.world.after(duration, () => !this.isGone && this.join(isVisible, place?.isExact ? place : undefined))
  }

  isVisible = true

  /** @param {boolean} isVisible */
  show(isVisible) {
    this.isVisible = isVisible
    this.member.setVisible(isVisible, this.world.now)
  }
}

/**
 * A world with pages that have joined one after the other.
 * @param {any} sharing
 * @param {number} count
 * @param {Partial<ConstructorParameters<typeof World>[1]>} [options]
 */
export function worldWith(sharing, count, options) {
  const world = new World(sharing, { seed: 1, ...options })
  const pages = Array.from({ length: count }, () => {
    const page = world.open()
    world.run(300)
    return page
  })
  return { world, page: (/** @type {number} */ index) => /** @type {Page} */ (pages[index]) }
}

/** The server sends one event after the other. @param {World} world */
export function sendSlowly(world, count = 20) {
  for (let index = 0; index < count; index++) {
    world.send()
    world.run(3)
  }
  world.run(100)
}

/** From one number to another. @param {number} first @param {number} last */
export const range = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => first + index)
