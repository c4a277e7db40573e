/** A connection that is shared with other sources of the origin, while its page is there. */

import type { BatchText, Connection, ConnectionActions, ConnectionOptions, EventOrigin, Item } from '../event-source/connection.js'
import { Membership } from './membership.js'
import { PROTOCOL } from './messages.js'
import { Outlet } from './outlet.js'
import { isHidden } from './page.js'
import type { Place } from './place.js'
import { Seen } from './seen.js'

/** What is there in the file that the class is in. */
export interface Tools {
  Connection: typeof Connection
  itemsOf(batch: BatchText): readonly Item[]
  isReason(reason: string): boolean
}

const CLOSED = 2

export class SharedConnection implements EventOrigin {
  readonly #options: ConnectionOptions
  readonly #actions: ConnectionActions
  readonly #name: string
  readonly #tools: Tools
  readonly #pausesWhenHidden: boolean
  readonly #seen: Seen
  readonly #outlet: Outlet
  /** Ends what it listens to. */
  readonly #lifetime = new AbortController()
  #isClosed = false
  /** None while the page is put aside. */
  #membership: Membership | undefined
  /** Where it goes on once the page is back. */
  #place: Place | undefined

  /** @param key - tells the group from others */
  constructor(options: ConnectionOptions, actions: ConnectionActions, key: string, tools: Tools) {
    this.#options = { ...options, keepsComments: true, pauseWhenHidden: false }
    this.#actions = actions
    this.#name = `wasm-eventsource/${PROTOCOL}/${key}`
    this.#tools = tools
    this.#seen = new Seen((batch) => tools.itemsOf(batch))
    this.#outlet = new Outlet(actions, options.lastEventId, () => this.#membership?.handleDrained())
    const { lastEventId } = options
    this.#place = lastEventId === '' ? undefined : { lastEventId, isExact: true }
    this.#pausesWhenHidden = options.pauseWhenHidden
    this.#followPage()
    this.#join()
  }

  get readyState(): 0 | 1 | 2 {
    return this.#isClosed ? CLOSED : this.#outlet.readyState
  }

  get lastEventId(): string {
    return this.#outlet.lastEventId
  }

  get shared(): boolean {
    return !this.#isClosed
  }

  get keepsPlace(): boolean {
    return this.#membership?.isLeading ?? false
  }

  reconnectionTime(message?: number): number {
    const { times } = this.#outlet
    const time = typeof times === 'object' ? times[message ?? times.length - 1] : times
    return (message === undefined ? this.#membership?.time : undefined) ?? time ?? this.#options.delay
  }

  reset(): void {
    // Each response is a fresh stream.
  }

  close(forAll: boolean): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#outlet.close()
    this.#lifetime.abort()
    this.#membership?.end(forAll)
  }

  #join(): void {
    if (this.#isClosed || this.#membership !== undefined || (this.#pausesWhenHidden && isHidden())) return
    const { Connection, itemsOf, isReason } = this.#tools
    this.#membership = new Membership({
      name: this.#name,
      time: this.reconnectionTime(),
      place: this.#place,
      seen: this.#seen,
      outlet: this.#outlet,
      itemsOf,
      isReason,
      connect: (start, actions) =>
        new Connection({ ...this.#options, ...start }, { decide: this.#actions.decide, ...actions }),
    })
  }

  /** The page is put aside: another one is to lead, and nothing may keep this one from coming back. */
  #leave(): void {
    const membership = this.#membership
    if (membership === undefined) return
    this.#membership = undefined
    this.#place = membership.place?.isExact ? membership.place : undefined
    membership.end(false)
    this.#outlet.suspend()
  }

  #followPage(): void {
    const { signal } = this.#lifetime
    const on = (target: EventTarget | undefined, type: string, act: () => void): void =>
      target?.addEventListener(type, act, { signal })
    // A worker is told of nothing.
    if (typeof document === 'undefined') return
    on(globalThis, 'pagehide', () => this.#leave())
    on(globalThis, 'pageshow', () => this.#join())
    on(document, 'freeze', () => this.#leave())
    on(document, 'resume', () => this.#join())
    on(document, 'visibilitychange', () => {
      if (this.#pausesWhenHidden && isHidden()) this.#leave()
      else this.#join()
      this.#membership?.handleVisibility()
    })
  }
}
