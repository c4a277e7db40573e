/**
 * Performs what a {@link Member} decides: the channel, the locks, the timer, a connection of its own. It
 * lasts until the source is closed, or its page put aside.
 */

import type { BatchText, Connection, ConnectionActions, Item } from '../event-source/connection.js'
import type { EventSourceFailure } from '../failures/failure.js'
import type { Effects, Start } from './effects.js'
import { Locks } from './locks.js'
import { Member } from './member.js'
import { type Batch, type Message, type PlainFailure, readMessage } from './messages.js'
import type { Outlet } from './outlet.js'
import { hasPage, isHidden } from './page.js'
import type { Place } from './place.js'
import type { Seen } from './seen.js'
import { DEPARTURE } from './times.js'

/** What a membership is made of. */
export interface Parts {
  /** Of the group. */
  name: string
  /** The reconnection time, in ms, until another one is heard of. */
  time: number
  /** Where it goes on; `undefined` if from wherever the others are. */
  place: Place | undefined
  seen: Seen
  outlet: Outlet
  itemsOf(batch: BatchText): readonly Item[]
  isReason(reason: string): boolean
  connect(start: Start, actions: Pick<ConnectionActions, 'open' | 'deliver' | 'lose'>): Connection
}

export class Membership {
  readonly #parts: Parts
  readonly #member: Member
  readonly #channel: BroadcastChannel
  readonly #locks: Locks
  #connection: Connection | undefined
  /** The response that the source is to be told of, and the failure: others have less of them. */
  #response: Response | undefined
  #failure: EventSourceFailure | undefined
  #isHeldBack = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #isOver = false
  /** Tells of a loss that may be one of this page alone. */
  #untold: (() => void) | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    const { name, time, place, seen, itemsOf } = parts
    const id = Math.random().toString(36).slice(2, 14)
    this.#channel = new BroadcastChannel(name)
    this.#locks = new Locks(`${name}/`)
    const beginning = { id, random: Math.random(), isVisible: !isHidden(), time, place, seen, cut: itemsOf }
    this.#member = new Member(beginning, this.#effects(id), now())
    this.#channel.onmessage = ({ data }) => this.#receive(data)
    this.#locks.isAnyHeld().then(
      (isHeld) => isHeld && this.#member.expectAnswer(now()),
      // It may have none.
      () => {},
    )
  }

  get place(): Place | undefined {
    return this.#member.place
  }

  get isLeading(): boolean {
    return this.#member.isLeading
  }

  get time(): number {
    return this.#member.time
  }

  handleDrained(): void {
    this.#member.handleDrained(now())
  }

  handleVisibility(): void {
    this.#member.setVisible(!isHidden(), now())
  }

  /** Leaves, or has all leave. */
  end(forAll: boolean): void {
    if (this.#isOver) return
    if (forAll) this.#member.endForAll()
    else this.#member.leave()
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#channel.close()
  }

  #receive(data: unknown): void {
    if (this.#isOver) return
    const { isReason } = this.#parts
    const message = readMessage(data, { now: Date.now(), isReason })
    if (message !== undefined) this.#member.receive(message, now())
  }

  #effects(id: string): Effects {
    const { outlet } = this.#parts
    return {
      post: (message) => this.#post(message),
      connect: (start) => this.#connect(start),
      disconnect: () => {
        this.#connection?.close()
        this.#connection = undefined
      },
      holdBack: (isHeldBack) => void (this.#isHeldBack = isHeldBack),
      hold: () => {
        if (!this.#isOver) this.#locks.hold(id, () => this.#member.handleHold(now()))
      },
      release: (delay) => this.#locks.release(delay),
      watch: (leader) => {
        if (!this.#isOver || leader === undefined) {
          this.#locks.watch(leader, (free) => this.#member.handleLock(free, now()))
        }
      },
      open: () => {
        if (!this.#isOver) outlet.open(this.#response)
        this.#response = undefined
      },
      deliver: (items, batch) => {
        if (!this.#isOver) outlet.deliver(items, batch)
      },
      lose: (failure, isComplete) => {
        if (!this.#isOver) outlet.lose(this.#failure ?? failureOf(failure), isComplete)
        this.#failure = undefined
      },
      waiting: () => outlet.waiting,
      wake: (at) => {
        clearTimeout(this.#timer)
        if (!this.#isOver) this.#timer = setTimeout(() => this.#member.tick(now()), at - now())
      },
      unixTime: () => Date.now(),
    }
  }

  #post(message: Message): void {
    if (!this.#isOver) this.#channel.postMessage(message)
  }

  #connect(start: Start): void {
    if (this.#isOver) return
    try {
      this.#begin(start)
    } catch (error) {
      // No engine can be started here.
      const failure = { reason: 'internal', status: undefined, response: undefined, error, attempt: 1, retryIn: null } as const
      queueMicrotask(() => this.#handleLoss(failure, false))
    }
  }

  #begin(start: Start): void {
    // What comes of a connection that has been ended comes too late.
    const isCurrent = (): boolean => !this.#isOver && this.#connection === connection
    const connection: Connection = this.#parts.connect(start, {
      open: (response) => {
        if (!isCurrent()) return
        this.#tellLoss()
        this.#response = response
        this.#tellStanding(connection)
        this.#member.handleOpen(now())
        this.#response = undefined
      },
      deliver: (items, origin, text) => {
        if (!isCurrent()) return undefined
        // It is told with the next loss, too; to look at it costs something.
        if (connection.reconnectionTime() !== this.#member.time) this.#tellStanding(connection)
        this.#member.handleBatch(text, items, origin, timesOf(connection, items), now())
        return this.#isHeldBack ? this.#parts.outlet.room : undefined
      },
      lose: (failure, isComplete) => {
        if (!isCurrent()) return
        this.#tellLoss()
        this.#untold = () => {
          if (!isCurrent()) return
          this.#tellStanding(connection)
          this.#handleLoss(failure, isComplete)
        }
        const { reason, retryIn } = failure
        const mayBeLeaving = reason === 'network' && retryIn !== null && hasPage()
        if (mayBeLeaving) setTimeout(() => this.#tellLoss(), Math.min(DEPARTURE, retryIn))
        else this.#tellLoss()
      },
    })
    this.#connection = connection
  }

  #tellLoss(): void {
    const tell = this.#untold
    this.#untold = undefined
    tell?.()
  }

  #handleLoss(failure: EventSourceFailure, isComplete: boolean): void {
    if (this.#isOver) return
    this.#failure = failure
    this.#member.handleLoss(plain(failure), isComplete, now())
    this.#failure = undefined
  }

  #tellStanding(connection: Connection): void {
    this.#member.setStanding(connection.standing, connection.reconnectionTime(), now())
  }
}

/** On a clock that nobody sets. */
function now(): number {
  return performance.now()
}

/** The reconnection time behind each message; a number if it is the same for all. */
function timesOf(connection: Connection, items: readonly Item[]): Batch['times'] {
  const last = connection.reconnectionTime()
  if (items.length === 0 || connection.reconnectionTime(0) === last) return last
  const messages = items.filter((item) => typeof item !== 'string')
  return messages.map((_, index) => connection.reconnectionTime(index))
}

/** What others can be told of a failure. */
function plain({ response, error, ...failure }: EventSourceFailure): PlainFailure {
  return { ...failure, error: error === undefined ? undefined : textOf(error) }
}

/** What was thrown, which may be anything. */
function textOf(error: unknown): string {
  try {
    return String(error)
  } catch {
    return typeof error
  }
}

/** What the source is told of a failure elsewhere. */
function failureOf({ error, ...failure }: PlainFailure): EventSourceFailure {
  return { ...failure, response: undefined, error: error === undefined ? undefined : new Error(error) }
}
