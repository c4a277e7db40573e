/** What a source is to be told, in order, as fast as its loops can take it. */

import type { ConnectionActions, Item } from '../event-source/connection.js'
import type { EventSourceFailure } from '../failures/failure.js'
import type { Batch } from './messages.js'

/** Something that the source is told. Returns what to wait for before the next. */
interface Entry {
  /** In UTF-16 code units. */
  length: number
  tell(): Promise<void> | undefined | void
}

export class Outlet {
  readonly #actions: ConnectionActions
  readonly #onDrained: () => void
  readonly #entries: Entry[] = []
  #length = 0
  #isHeld = false
  #isClosed = false
  /** Resolves once nothing waits. */
  #room: Promise<void> | undefined
  #makeRoom: (() => void) | undefined
  /** As far as the source has been told. */
  readyState: 0 | 1 = 0
  lastEventId: string
  /** The reconnection times of the messages that are being delivered. */
  times: Batch['times'] | undefined

  constructor(actions: ConnectionActions, lastEventId: string, onDrained: () => void) {
    this.#actions = actions
    this.lastEventId = lastEventId
    this.#onDrained = onDrained
  }

  /** How much text waits. */
  get waiting(): number {
    return this.#length
  }

  /** What to wait for until nothing waits any more. */
  get room(): Promise<void> | undefined {
    if (!this.#isHeld) return undefined
    return (this.#room ??= new Promise((resolve) => (this.#makeRoom = resolve)))
  }

  open(response: Response | undefined): void {
    this.#add(0, () => {
      this.readyState = 1
      this.#actions.open(response)
    })
  }

  deliver(items: readonly Item[], batch: Batch): void {
    this.#add(batch.messages.length + batch.remarks.length, () => {
      const { times } = batch
      const messages = items.filter((item) => typeof item !== 'string')
      // They are the last ones of the batch.
      this.times = typeof times === 'number' ? times : times.slice(times.length - messages.length)
      this.lastEventId = messages.at(-1)?.lastEventId ?? this.lastEventId
      return this.#actions.deliver(items, batch.origin, batch)
    })
  }

  lose(failure: EventSourceFailure, isComplete: boolean): void {
    this.#add(0, () => {
      this.readyState = 0
      this.#actions.lose(failure, isComplete)
    })
  }

  /** The page was put aside: the source is told nothing of that. */
  suspend(): void {
    this.#add(0, () => void (this.readyState = 0))
  }

  /** Nothing more is told. */
  close(): void {
    this.#isClosed = true
    this.#entries.length = this.#length = 0
    this.#makeRoom?.()
  }

  #add(length: number, tell: Entry['tell']): void {
    if (this.#isClosed) return
    if (!this.#isHeld) return this.#tell(tell)
    this.#entries.push({ length, tell })
    this.#length += length
  }

  #tell(tell: Entry['tell']): void {
    const room = tell()
    if (!room) return
    this.#isHeld = true
    void room.then(() => this.#goOn())
  }

  #goOn(): void {
    this.#isHeld = false
    while (!this.#isHeld) {
      const entry = this.#entries.shift()
      if (entry === undefined) break
      this.#length -= entry.length
      this.#tell(entry.tell)
    }
    if (this.#isHeld || this.#isClosed) return
    this.#makeRoom?.()
    this.#room = this.#makeRoom = undefined
    this.#onDrained()
  }
}
