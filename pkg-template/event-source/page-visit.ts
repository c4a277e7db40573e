/** Whether the page is put aside while something is awaited. */

/**
 * Knows whether the page, if there is one, has gone into the back/forward cache since this was made. What
 * connects in there throws the page out.
 */
export class PageVisit {
  #isAside = false
  #goOn: (() => void) | undefined
  /** No signal ends it: Jest with jsdom has signals of Node, which the window takes for none. */
  readonly #hear = ({ type, persisted }: PageTransitionEvent): void => {
    if (type === 'pagehide') this.#isAside = persisted
    else this.#return()
  }

  constructor() {
    globalThis.addEventListener?.('pagehide', this.#hear)
    globalThis.addEventListener?.('pageshow', this.#hear)
  }

  /** Watches no further; if the page is put aside, not before it is back. Returns whether that is so. */
  end(goOn: () => void): boolean {
    if (this.#isAside) this.#goOn = goOn
    else this.#stop()
    return this.#isAside
  }

  #return(): void {
    this.#isAside = false
    if (this.#goOn === undefined) return
    this.#stop()
    this.#goOn()
  }

  #stop(): void {
    globalThis.removeEventListener?.('pagehide', this.#hear)
    globalThis.removeEventListener?.('pageshow', this.#hear)
  }
}
