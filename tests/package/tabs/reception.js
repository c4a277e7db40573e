/** What a tab has received of a feed: the numbers of the events, and the times between them. */
export class Reception {
  /** The numbers in the order in which they came, as runs without a hole: [first, last]. */
  runs = []
  /** What has happened beside the events. */
  story = []
  /** Data that the feed has not sent. */
  foreign = []
  #name
  /** When the last event came. */
  #last
  #longest = 0

  /** @param name what the data of each event ends with */
  constructor(name) {
    this.#name = name
  }

  receive({ data, lastEventId }) {
    const now = performance.now()
    if (this.#last !== undefined) this.#longest = Math.max(this.#longest, now - this.#last)
    this.#last = now
    const number = Number(lastEventId)
    if (data !== `${number} ${this.#name}`) this.foreign.push(data)
    const run = this.runs.at(-1)
    if (run !== undefined && number === run[1] + 1) run[1] = number
    else this.runs.push([number, number])
  }

  get newest() {
    return this.runs.at(-1)?.[1] ?? 0
  }

  /** The longest time between two events since this was last asked, in ms. */
  takeLongest() {
    const longest = this.#longest
    this.#longest = 0
    return longest
  }

  /** The page was not there: the time until its next event says nothing. */
  restart() {
    this.#last = undefined
  }
}
