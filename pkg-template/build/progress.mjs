// @ts-check
/** Shows that what takes long is still going on. */

/**
 * Tells again and again how far it is and how long it has taken: in place in a terminal, elsewhere by
 * a line now and then.
 *
 * @param {() => string} describe how far it is
 * @returns {() => void} ends it
 */
export function showProgress(describe) {
  // Not the standard output, which may be what a script is called for.
  const { stderr } = process
  const [interval, before, after] = stderr.isTTY ? [1_000, '\r\x1b[K', ''] : [10_000, '', '\n']
  const started = performance.now()
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000)
    stderr.write(`${before}  ${describe()}, ${seconds} s${after}`)
  }, interval)
  return () => {
    clearInterval(timer)
    stderr.write(before)
  }
}
