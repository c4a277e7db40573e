/** The others of a group, as far as they have been heard of. */

/** Of how many a member keeps in mind that they are there. */
const MOST = 256

export class Peers {
  /** The last one is the last that was heard of. */
  readonly #ids = new Set<string>()

  get areThere(): boolean {
    return this.#ids.size > 0
  }

  /** The one that was heard of last; empty if there is none. */
  get last(): string {
    return [...this.#ids].at(-1) ?? ''
  }

  add(id: string): void {
    this.#ids.delete(id)
    this.#ids.add(id)
    if (this.#ids.size > MOST) this.#ids.delete(this.#ids.values().next().value!)
  }

  delete(id: string): void {
    this.#ids.delete(id)
  }
}
