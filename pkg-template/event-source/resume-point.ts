/** Where a stream is to go on after a reload: the last event ID, in a storage that outlives the page. */

import type { EventSourceMessage } from '../decoding/server-sent-event.js'
import type { ResumeOptions } from '../options/options.js'
import type { EventOrigin } from './connection.js'
import type { MessageQueue } from './message-queue.js'

/** The place of one source in its stream. */
export class ResumePoint {
  readonly #options: ResumeOptions
  readonly #key: string
  #kept = ''
  #hasFailed = false

  constructor(options: ResumeOptions, url: string) {
    this.#options = options
    this.#key = options.key ?? `wasm-eventsource:${url}`
  }

  /** The ID that was kept; `''` if there is none, or none that an event stream could have sent. */
  read(): string {
    let id: unknown
    this.#try((storage) => (id = storage.getItem(this.#key)))
    if (typeof id !== 'string' || /[\0\n\r]/.test(id)) return ''
    return (this.#kept = id)
  }

  /**
   * Keeps the ID of the last message that listeners and loops have all received.
   *
   * @param lastEventId - of the last message that listeners have received
   */
  keep(
    origin: EventOrigin | undefined,
    queues: Iterable<Pick<MessageQueue<EventSourceMessage>, 'length' | 'taken'>>,
    lastEventId: string,
  ): void {
    // Where loops lag behind, the one that has most before it.
    const [last] = Array.from(queues).sort((a, b) => b.length - a.length)
    const id = last?.length ? last.taken?.lastEventId : lastEventId
    if (id !== undefined && this.#isOurs(origin)) this.#write(id)
  }

  /** Keeps an ID. */
  #write(id: string): void {
    if (id === this.#kept) return
    this.#kept = id
    this.#try((storage) => (id ? storage.setItem(this.#key, id) : storage.removeItem(this.#key)))
  }

  /** It will not go on. */
  forget(origin: EventOrigin | undefined): void {
    if (this.#isOurs(origin)) this.#write('')
  }

  /** A storage may be that of all tabs that share the connection: then the one that reads it writes. */
  #isOurs(origin: EventOrigin | undefined): boolean {
    return this.#options.storage === undefined || (origin?.keepsPlace ?? true)
  }

  /** A page may not have the storage, or it may be full. Nothing else depends on it. */
  #try(action: (storage: NonNullable<ResumeOptions['storage']>) => void): void {
    try {
      action(this.#options.storage ?? sessionStorage)
    } catch (error) {
      if (!this.#hasFailed) console.warn('wasm-eventsource: resume: the storage cannot be used', error)
      this.#hasFailed = true
    }
  }
}
