/**
 * The locks of a group. Each member that leads has one of its own, which the others wait for: the browser
 * gives it to the first of them when the page of its holder has gone, by whatever means.
 */

export class Locks {
  readonly #prefix: string
  readonly #manager: LockManager | undefined
  #held: (() => void) | undefined
  #isHolding = false
  #watched: { leader: string; end(): void } | undefined

  /** @param prefix - what the names of the locks of the group begin with */
  constructor(prefix: string) {
    this.#prefix = prefix
    // There is none but in a secure context.
    this.#manager = globalThis.navigator?.locks
  }

  /** Whether somebody leads who holds a lock; false where that cannot be told. */
  async isAnyHeld(): Promise<boolean> {
    const { held = [] } = (await this.#manager?.query()) ?? {}
    return held.some(({ name }) => name?.startsWith(this.#prefix))
  }

  /** Takes the lock of a member, and keeps it until `release` is called. */
  hold(id: string, onHeld: () => void): void {
    if (this.#isHolding) return
    this.#isHolding = true
    this.#held = this.#request(id, onHeld)
  }

  /** Gives it back, in so many ms. */
  release(delay: number): void {
    const release = this.#held
    this.#isHolding = false
    this.#held = undefined
    if (delay > 0) setTimeout(() => release?.(), delay)
    else release?.()
  }

  /** Waits for the lock of that leader alone, and keeps it until something else is watched. */
  watch(leader: string | undefined, onFree: (leader: string) => void): void {
    if (this.#watched?.leader === leader) return
    this.#watched?.end()
    this.#watched = leader === undefined ? undefined : { leader, end: this.#request(leader, () => onFree(leader)) }
  }

  /** Asks for a lock. Returns what gives it up, or ends the waiting. */
  #request(id: string, onGranted: () => void): () => void {
    const waiting = new AbortController()
    let end = (): void => waiting.abort()
    this.#manager
      ?.request(this.#prefix + id, { signal: waiting.signal }, () => {
        if (waiting.signal.aborted) return undefined
        const kept = new Promise<void>((resolve) => (end = resolve))
        onGranted()
        return kept
      })
      // It was given up, or a page of this kind may have no locks: nothing depends on them.
      .catch(() => {})
    return () => end()
  }
}
