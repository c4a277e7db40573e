/** Messages on their way from a source to a loop that takes its time. */

import type { EventSourceMessage } from '../decoding/server-sent-event.js'

/** What goes through the messages of a source, for a `for await` loop. */
export interface EventSourceIterator extends AsyncIterator<EventSourceMessage, undefined, undefined> {
  next(): Promise<IteratorResult<EventSourceMessage, undefined>>
  return(): Promise<IteratorResult<EventSourceMessage, undefined>>
  [Symbol.asyncIterator](): EventSourceIterator
}

/** How much text may wait, in UTF-16 code units, before the source is to stop reading. */
const CAPACITY = 64 * 1024

/** What a message weighs beside its data: as an object, it takes memory though it may be empty. */
const WEIGHT = 64

type Result<T> = IteratorResult<T, undefined>

interface Waiting<T> {
  resolve(result: Result<T>): void
  reject(error: unknown): void
}

/**
 * A queue with back-pressure: what is put in at one end comes out of an async iterator at the other,
 * and `hold` tells the source to wait while there is too much in it.
 */
export class MessageQueue<T extends { data: string }> implements AsyncIterator<T, undefined, undefined> {
  /** Called when the loop is left. */
  readonly #leave: () => void
  readonly #messages: T[] = []
  #weight = 0
  /** The calls of `next` that no message has answered yet. */
  readonly #waiting: Waiting<T>[] = []
  #hasEnded = false
  /** What is thrown behind the last message, in an array if it is there. */
  #failure: [unknown] | undefined
  /** Resolves once there is room, if there is none. */
  #room: Promise<void> | undefined
  #release: (() => void) | undefined

  /** The message that was taken last. */
  taken: T | undefined

  constructor(leave: () => void) {
    this.#leave = leave
  }

  /** How many messages wait. */
  get length(): number {
    return this.#messages.length
  }

  /** Puts a message in. */
  push(message: T): void {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      this.taken = message
      waiting.resolve({ value: message, done: false })
    } else {
      this.#messages.push(message)
      this.#weight += weigh(message)
    }
  }

  /** A promise that resolves once there is room, if there is none. */
  hold(): Promise<void> | undefined {
    if (this.#weight <= CAPACITY) return undefined
    this.#room ??= new Promise((resolve) => (this.#release = resolve))
    return this.#room
  }

  /** No message follows. A failure, in an array, is thrown behind the last one. */
  end(failure?: [unknown]): void {
    this.#hasEnded = true
    this.#makeRoom()
    const waiting = this.#waiting.splice(0)
    if (failure !== undefined && waiting.length > 0) {
      waiting.shift()?.reject(failure[0])
    } else {
      this.#failure = failure
    }
    for (const { resolve } of waiting) resolve({ value: undefined, done: true })
  }

  /** No message follows, and those that are left are dropped. */
  clear(): void {
    this.#messages.length = this.#weight = 0
    this.end()
  }

  /** The next message, as soon as there is one. Calls are answered in their order. */
  async next(): Promise<Result<T>> {
    const message = this.#messages.shift()
    if (message !== undefined) {
      this.#weight -= weigh(message)
      this.taken = message
      if (this.#weight <= CAPACITY) this.#makeRoom()
      return { value: message, done: false }
    }
    if (this.#failure !== undefined) {
      const [failure] = this.#failure
      this.#failure = undefined
      throw failure
    }
    if (this.#hasEnded) return { value: undefined, done: true }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** The loop has been left. */
  async return(): Promise<Result<T>> {
    this.clear()
    this.#leave()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #makeRoom(): void {
    this.#release?.()
    this.#room = this.#release = undefined
  }
}

/** A promise that resolves once all queues have room for messages, if one has none. */
export function roomIn(queues: ReadonlySet<Pick<MessageQueue<{ data: string }>, 'hold'>>): Promise<void> | undefined {
  if (queues.size === 0) return undefined
  const holds = Array.from(queues, (queue) => queue.hold()).filter(Boolean)
  return holds.length > 0 ? Promise.all(holds).then(() => roomIn(queues)) : undefined
}

function weigh(message: { data: string }): number {
  return message.data.length + WEIGHT
}
