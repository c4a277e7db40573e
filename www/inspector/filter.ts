/** Which rows are shown: found as they come, and anew, a slice at a time, when the filter changes. */

import type { Observation } from '../observation/observation.js'
import type { Row } from '../observation/types.js'
import { compile, type Scope } from './expression.js'

export interface Filter {
  /** `''` for all. */
  type: string
  text: string
  expression: string
  comments: boolean
}

/** How long a slice of work may take, in ms. */
const SLICE = 8

export class FilteredRows {
  /** The numbers of the rows that are shown, from `#start` on. */
  #shown: number[] = []
  #start = 0
  #next = 0
  #matches: (row: Row) => boolean = () => true
  #generation = 0
  readonly #onProgress: () => void

  constructor(onProgress: () => void) {
    this.#onProgress = onProgress
  }

  get length(): number {
    return this.#shown.length - this.#start
  }

  at(index: number): number | undefined {
    return this.#shown[this.#start + index]
  }

  /** The index of a row, or of the next one that is shown. */
  indexOf(number: number): number {
    let low = this.#start
    let high = this.#shown.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#shown[middle] ?? 0) < number) low = middle + 1
      else high = middle
    }
    return low - this.#start
  }

  /**
   * Begins anew with another filter.
   * @throws an `Error` that says what is wrong with the expression
   */
  set(filter: Filter, observation: Observation | undefined): void {
    this.#matches = predicate(filter)
    this.#shown = []
    this.#start = 0
    this.#next = observation?.rows.first ?? 0
    this.#generation += 1
    if (observation !== undefined) this.update(observation)
  }

  /**
   * Looks at the rows that are new, and drops those that are gone.
   * @returns how many of those that were shown are gone
   */
  update(observation: Observation): number {
    const { rows } = observation
    const before = this.#start
    while (this.#start < this.#shown.length && (this.#shown[this.#start] ?? 0) < rows.first) this.#start += 1
    const gone = this.#start - before
    if (this.#start > 10_000 && this.#start * 2 > this.#shown.length) {
      this.#shown.splice(0, this.#start)
      this.#start = 0
    }
    this.#next = Math.max(this.#next, rows.first)
    const deadline = performance.now() + SLICE
    while (this.#next < rows.end) {
      const row = rows.at(this.#next)
      if (row !== undefined && this.#matches(row)) this.#shown.push(this.#next)
      this.#next += 1
      if (this.#next % 64 === 0 && performance.now() > deadline) {
        this.#goOn()
        break
      }
    }
    return gone
  }

  /** The rest comes in another task, and the page is drawn in between. */
  #goOn(): void {
    const generation = this.#generation
    setTimeout(() => {
      if (generation === this.#generation) this.#onProgress()
    })
  }
}

function predicate({ type, text, expression, comments }: Filter): (row: Row) => boolean {
  const tests: ((row: Row) => boolean)[] = []
  if (!comments) tests.push((row) => row.kind === 'event')
  if (type !== '') tests.push((row) => row.type === type)
  if (text !== '') {
    const wanted = text.toLowerCase()
    tests.push((row) => row.data.toLowerCase().includes(wanted) || row.id.toLowerCase().includes(wanted))
  }
  if (expression.trim() !== '') {
    const matches = compile(expression)
    tests.push((row) => row.kind === 'event' && matches(scopeOf(row)))
  }
  return (row) => tests.every((test) => test(row))
}

function scopeOf({ type, id, data, gap }: Row): Scope {
  return { type, id, data: parsed(data), text: data, size: data.length, gap }
}

/** The data as JSON, or as it is. */
export function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}
