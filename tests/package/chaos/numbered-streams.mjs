// @ts-check
/**
 * Streams of numbered events that break off again and again: whoever comes back with the ID of the last
 * event gets those behind it. What breaks them is not told here.
 */

/** The events that are sent at most before a stream breaks off. */
const MOST_EVENTS = 4

/** One numbered stream, over all of its connections. */
export class NumberedStream {
  /** How many connections have broken off. */
  tried = 0
  /** The number of the last event, once it is settled. */
  total = 0
  /** @type {number} */
  #disconnects
  #chance
  #hasBegun = false

  /**
   * @param {number} disconnects - how many connections are to break off
   * @param {() => number} chance - as `Math.random`
   */
  constructor(disconnects, chance) {
    this.#disconnects = disconnects
    this.#chance = chance
  }

  /** Whether the next connection is to break off. The first one tells the reconnection time. */
  get breaks() {
    return this.#hasBegun && this.tried < this.#disconnects
  }

  /**
   * What a client gets that has everything up to `last`.
   * @param {number} last
   * @returns {{ body: string, isWhole: boolean }} whole: nothing is to happen to it
   */
  connect(last) {
    if (!this.#hasBegun) {
      this.#hasBegun = true
      return { body: `retry: 1\n\n${event(1, this.#chance)}`, isWhole: true }
    }
    const count = 1 + Math.floor(this.#chance() * MOST_EVENTS)
    if (this.breaks) {
      this.tried += 1
      return { body: this.#events(last, last + count), isWhole: false }
    }
    this.total ||= last + count
    return { body: `${this.#events(last, this.total)}event: end\ndata: ${this.total}\n\n`, isWhole: true }
  }

  /**
   * @param {number} last
   * @param {number} to
   */
  #events(last, to) {
    let events = ''
    for (let number = last + 1; number <= to; number++) events += event(number, this.#chance)
    return events
  }
}

/**
 * An event, with its fields in one of two orders: a client that takes an ID before its event is complete
 * asks for the next one too early. `clients.mjs` knows what each one says.
 * @param {number} number
 * @param {() => number} chance
 */
function event(number, chance) {
  const line = number % 7 === 0 ? `${number} \u{1F433}` : `${number}`
  const fields = [`id: ${number}`, ...(number % 5 === 0 ? [line, line] : [line]).map((text) => `data: ${text}`)]
  if (number % 3 === 0) fields.push('event: numbered')
  if (chance() < 0.5) fields.reverse()
  const end = ['\n', '\r\n', '\r'][Math.floor(chance() * 3)]
  return [...fields, ''].map((field) => field + end).join('')
}

/**
 * Chance, the same each time: mulberry32.
 * @param {number} seed
 * @returns {() => number} as `Math.random`
 */
export function seededChance(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
