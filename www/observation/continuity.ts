/** Whether IDs go on as they should: nothing twice, and nothing left out where they count. */

/** How many IDs are remembered, to tell those that come twice. */
const REMEMBERED = 2_000

/** So many in a row that count by one make a rule that a gap breaks. */
const ENOUGH = 3

export interface Verdict {
  /** How many IDs were left out before this one, where they count. */
  missing: number
  isRepeated: boolean
}

export class Continuity {
  #recent = new Set<string>()
  #last: number | undefined
  #inARow = 0

  /** Looks at the ID of an event that has one of its own. */
  check(id: string): Verdict {
    const isRepeated = this.#recent.has(id)
    this.#recent.add(id)
    if (this.#recent.size > REMEMBERED) {
      const [oldest] = this.#recent
      if (oldest !== undefined) this.#recent.delete(oldest)
    }
    const number = /^\d{1,15}$/.test(id) ? Number(id) : undefined
    let missing = 0
    if (number !== undefined && this.#last !== undefined) {
      const step = number - this.#last
      if (step === 1) this.#inARow += 1
      else if (step > 1 && this.#inARow >= ENOUGH) missing = step - 1
    }
    if (number === undefined) this.#inARow = 0
    // What comes again does not set the count back.
    if (!isRepeated) this.#last = number
    return { missing, isRepeated }
  }
}
