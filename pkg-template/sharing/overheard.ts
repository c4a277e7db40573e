/**
 * What a member hears over the channel while it reads alone: once it has come to a message that it has
 * heard there, it goes on with what it has heard behind it.
 */

import type { Item } from '../event-source/connection.js'
import type { Batch } from './messages.js'
import { areSame, type Place, placeBehind } from './place.js'

/** A batch, and what has been cut from it. */
export interface CutBatch {
  readonly batch: Batch
  readonly items: readonly Item[]
}

/** The last batches that were heard. */
export class Overheard {
  /** Where they begin. */
  #start: Place
  /** Where they end. */
  #end: Place
  readonly #batches: CutBatch[] = []
  readonly #capacity: number
  #length = 0

  /** @param capacity - how much text is kept, in UTF-16 code units */
  constructor(start: Place, capacity: number) {
    this.#start = this.#end = start
    this.#capacity = capacity
  }

  /** Keeps one more batch, and forgets what is too old. */
  add(one: CutBatch): void {
    this.#batches.push(one)
    this.#length += weigh(one)
    this.#end = placeBehind(this.#end, one.items)
    while (this.#length > this.#capacity) {
      const oldest = this.#batches.shift()!
      this.#length -= weigh(oldest)
      this.#start = placeBehind(this.#start, oldest.items)
    }
  }

  /** What was heard behind a place; `undefined` if that place was not heard of. */
  behind(place: Place): CutBatch[] | undefined {
    if (areSame(place, this.#end)) return []
    if (areSame(place, this.#start)) return this.#batches
    if (!place.isExact) return undefined
    let found: CutBatch[] | undefined
    for (let index = this.#batches.length - 1; index >= 0; index--) {
      const { batch, items } = this.#batches[index]!
      for (let at = items.length - 1; at >= 0; at--) {
        const item = items[at]!
        if (typeof item === 'string') continue
        // Behind the first of those with this ID: the others have none of their own.
        if (item.lastEventId !== place.lastEventId) {
          if (found !== undefined) return found
        } else {
          found = [{ batch, items: items.slice(at + 1) }, ...this.#batches.slice(index + 1)]
        }
      }
    }
    return this.#start.lastEventId === place.lastEventId ? undefined : found
  }
}

function weigh({ batch }: CutBatch): number {
  return batch.messages.length + batch.remarks.length
}
