/** A list that drops its oldest items. */

/** Items have numbers that stay the same when older ones are dropped. */
export class Ring<T> {
  #items: T[] = []
  /** How many of `#items` are dropped already; they are let go of by the thousand. */
  #dropped = 0
  #first = 0

  /** The number of the oldest item that is left, and how many there have been before it. */
  get first(): number {
    return this.#first
  }

  /** The number that the next item will have. */
  get end(): number {
    return this.#first + this.length
  }

  get length(): number {
    return this.#items.length - this.#dropped
  }

  push(item: T): void {
    this.#items.push(item)
  }

  at(number: number): T | undefined {
    return number < this.#first ? undefined : this.#items[number - this.#first + this.#dropped]
  }

  /** The newest item. */
  get last(): T | undefined {
    return this.length === 0 ? undefined : this.#items.at(-1)
  }

  /** Drops the oldest item. */
  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#dropped]
    this.#items[this.#dropped] = undefined as T
    this.#dropped += 1
    this.#first += 1
    if (this.#dropped > 4_096 && this.#dropped * 2 > this.#items.length) {
      this.#items.splice(0, this.#dropped)
      this.#dropped = 0
    }
    return item
  }

  *[Symbol.iterator](): Generator<T> {
    for (let number = this.#first; number < this.end; number++) yield this.at(number) as T
  }
}
