/** How much came in each slice of the last minutes. */

/** The length of a slice, in ms. */
export const SLICE = 250
/** How many slices are kept: two minutes. */
const KEPT = 480

export class Rates {
  readonly #events = new Float64Array(KEPT)
  readonly #bytes = new Float64Array(KEPT)
  #newest = 0

  add(at: number, events: number, bytes: number): void {
    const slice = Math.floor(at / SLICE)
    this.#advance(slice)
    if (slice <= this.#newest - KEPT) return
    const index = slice % KEPT
    this.#events[index] = (this.#events[index] ?? 0) + events
    this.#bytes[index] = (this.#bytes[index] ?? 0) + bytes
  }

  /** What came in a slice; nothing is known of those that are too old. */
  at(slice: number): { events: number; bytes: number } {
    if (slice > this.#newest || slice <= this.#newest - KEPT) return { events: 0, bytes: 0 }
    return { events: this.#events[slice % KEPT] ?? 0, bytes: this.#bytes[slice % KEPT] ?? 0 }
  }

  /** What came per second, in the seconds before a moment. */
  perSecond(now: number, seconds: number): { events: number; bytes: number } {
    const end = Math.floor(now / SLICE)
    const sum = { events: 0, bytes: 0 }
    for (let slice = end - (seconds * 1_000) / SLICE; slice < end; slice++) {
      const { events, bytes } = this.at(slice)
      sum.events += events / seconds
      sum.bytes += bytes / seconds
    }
    return sum
  }

  #advance(slice: number): void {
    if (slice - this.#newest > KEPT) {
      this.#events.fill(0)
      this.#bytes.fill(0)
      this.#newest = slice
    }
    while (this.#newest < slice) {
      this.#newest += 1
      this.#events[this.#newest % KEPT] = 0
      this.#bytes[this.#newest % KEPT] = 0
    }
  }
}
