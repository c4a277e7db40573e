/** Whether the page is put aside while something is awaited. */

/**
 * Knows whether the page, if there is one, has gone into the back/forward cache since this was made. What
 * connects in there throws the page out.
 */
export class PageVisit {
  readonly #end = new AbortController()
  #isAside = false
  #goOn: (() => void) | undefined

  constructor() {
    const { signal } = this.#end
    globalThis.addEventListener?.('pagehide', ({ persisted }) => (this.#isAside = persisted), { signal })
    globalThis.addEventListener?.('pageshow', () => this.#return(), { signal })
  }

  /** Watches no further; if the page is put aside, not before it is back. Returns whether that is so. */
  end(goOn: () => void): boolean {
    if (this.#isAside) this.#goOn = goOn
    else this.#end.abort()
    return this.#isAside
  }

  #return(): void {
    this.#isAside = false
    if (this.#goOn === undefined) return
    this.#end.abort()
    this.#goOn()
  }
}
