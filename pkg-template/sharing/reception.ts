/** What a member has received, and what its source has been told. */

import type { Item } from '../event-source/connection.js'
import type { Effects } from './effects.js'
import type { Batch, PlainFailure } from './messages.js'
import type { CutBatch } from './overheard.js'
import { areSame, type Place, placeBehind, SOMEWHERE } from './place.js'
import type { Seen } from './seen.js'

export class Reception {
  readonly #effects: Effects
  readonly #seen: Seen
  #place: Place | undefined
  #isOpen = false
  /** What comes once more, because the one that leads was not as far. */
  #repeated: Set<string> | undefined
  /** Whether what comes is lost, as its loops are too slow. */
  #isLosing = false

  /** @param place - where it goes on; `undefined` if from wherever the others are */
  constructor(effects: Effects, seen: Seen, place: Place | undefined) {
    this.#effects = effects
    this.#seen = seen
    this.#place = place
    if (place && !seen.after(place.lastEventId)) seen.begin(place.lastEventId)
  }

  /** Where it is in the stream. */
  get place(): Place | undefined {
    return this.#place
  }

  /** Whether its source has been told that the stream is open. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  get isLosing(): boolean {
    return this.#isLosing
  }

  /**
   * What follows comes from behind that place.
   * @returns false if there is something before it that has not been received
   */
  goOnFrom(place: Place, isOpen: boolean): boolean {
    this.#repeated = undefined
    const own = this.#place
    if (own === undefined) {
      this.#begin(place)
    } else if (!areSame(own, place)) {
      if (!own.isExact) {
        this.#begin(place)
        this.tellGap('handover', isOpen)
      } else {
        this.#repeated = place.isExact ? this.#seen.after(place.lastEventId) : undefined
        if (this.#repeated === undefined) return false
      }
    }
    if (isOpen) this.tellOpen()
    return true
  }

  /** Delivers what has not been received before. */
  deliver({ batch, items }: CutBatch): void {
    const fresh = this.#repeated ? this.#withoutRepeated(items, this.#repeated) : items
    if (fresh.length === 0) return
    this.#place = placeBehind(this.#place ?? SOMEWHERE, fresh)
    this.#seen.add(batch.messages)
    if (!this.#isLosing) this.#effects.deliver(fresh, batch)
  }

  /** From now on, what comes is lost, or it is no more, which its source is told. */
  setLosing(isLosing: boolean, isOpen: boolean): void {
    this.#isLosing = isLosing
    if (!isLosing) this.tellGap('slow', isOpen)
  }

  tellOpen(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#effects.open()
  }

  tellLoss(failure: PlainFailure, isComplete: boolean): void {
    this.#isOpen = false
    this.#effects.lose(failure, isComplete)
  }

  /** Something may be missing here. To a source that is not open, that has been told. */
  tellGap(reason: 'handover' | 'slow', isOpen: boolean): void {
    if (this.#isOpen) this.tellLoss(failureBecause(reason, 0), false)
    if (isOpen) this.tellOpen()
  }

  #begin(place: Place): void {
    this.#place = place
    this.#seen.begin(place.lastEventId)
  }

  /** What comes behind the last message that has come before. */
  #withoutRepeated(items: readonly Item[], repeated: Set<string>): readonly Item[] {
    for (let index = 0; index < items.length; index++) {
      const item = items[index]!
      if (typeof item === 'string' || repeated.has(item.lastEventId)) continue
      this.#repeated = undefined
      return items.slice(index)
    }
    // This was the last one.
    const { lastEventId } = placeBehind(SOMEWHERE, items)
    if (lastEventId === this.#place?.lastEventId) this.#repeated = undefined
    return []
  }
}

/** What a source is told that is not of the network. */
export function failureBecause(reason: 'handover' | 'slow' | 'left', retryIn: number | null): PlainFailure {
  return { reason, status: undefined, error: undefined, attempt: 1, retryIn }
}
