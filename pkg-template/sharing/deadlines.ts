/** When something is due, for who has no clock: one timer for all. */

export class Deadlines<Name extends string> {
  readonly #wake: (at: number) => void
  readonly #times = new Map<Name, number>()
  /** When the timer fires. */
  #next = Infinity

  /** @param wake - sets the timer, in the place of the one that was set before */
  constructor(wake: (at: number) => void) {
    this.#wake = wake
  }

  has(name: Name): boolean {
    return this.#times.has(name)
  }

  /** Something is due at that time, and not when it was before. */
  set(name: Name, at: number): void {
    this.#times.set(name, at)
    this.#schedule(at)
  }

  delete(...names: Name[]): void {
    for (const name of names) this.#times.delete(name)
  }

  clear(): void {
    this.#times.clear()
  }

  /** The timer has fired: what is due, the earliest first. Each is so once. */
  take(now: number): Name[] {
    this.#next = Infinity
    const due = [...this.#times].filter(([, at]) => at <= now).sort(([, one], [, other]) => one - other)
    const names = due.map(([name]) => name)
    this.delete(...names)
    for (const at of this.#times.values()) this.#schedule(at)
    return names
  }

  /** What is put off need not set the timer anew: it fires for nothing, once. */
  #schedule(at: number): void {
    if (at >= this.#next) return
    this.#next = at
    this.#wake(at)
  }
}
