/** What happens to the page, or the worker, that a source lives in. */

/** What a source does about it. */
export interface LifecycleActions {
  /** The page is put aside. */
  suspend(): void
  /** The page is back. */
  resume(): void
  /** The device is online again. */
  goOnline(): void
}

/**
 * Tells of the lifecycle until the signal is aborted.
 *
 * A page that has an open connection when it is left cannot go into the back/forward cache, or is
 * thrown out of it: so its connections are closed before, and opened again when it comes back.
 *
 * @param pauseWhenHidden - whether a page that is only hidden counts as put aside
 */
export function watchLifecycle(
  { suspend, resume, goOnline }: LifecycleActions,
  pauseWhenHidden: boolean,
  signal: AbortSignal,
): void {
  // A runtime that has no such method, Node for one, has no such events either.
  const listen = (type: string, listener: (event: Event) => void): void =>
    globalThis.addEventListener?.(type, listener, { signal })

  listen('online', goOnline)
  listen('pagehide', (event) => {
    if ((event as PageTransitionEvent).persisted) suspend()
  })
  listen('pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted && !isPaused()) resume()
  })

  const page = globalThis.document
  const isPaused = (): boolean => pauseWhenHidden && page?.visibilityState === 'hidden'
  if (pauseWhenHidden) {
    page?.addEventListener('visibilitychange', () => (isPaused() ? suspend() : resume()), { signal })
    if (isPaused()) suspend()
  }
}
