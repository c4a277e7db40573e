// @ts-check
/** The server's clock, read in the page. */

/**
 * Finds out what time it is at the server. Both clocks are the machine's monotonic one, so only the
 * moment that each counts from differs. That of an answer lies between sending the question and
 * getting it: the questions narrow the range down, and the middle of it is taken. What is left, a
 * fraction of the shortest way there and back, is the same for all that is measured with it.
 *
 * @param {number} questions
 * @returns {Promise<() => number>} the time at the server, in ms
 */
export async function serverClock(questions) {
  let least = -Infinity
  let greatest = Infinity
  for (let question = 0; question < questions; question++) {
    const asked = performance.now()
    const time = Number(await (await fetch('/clock')).text())
    const answered = performance.now()
    least = Math.max(least, time - answered)
    greatest = Math.min(greatest, time - asked)
  }
  const difference = (least + greatest) / 2
  return () => performance.now() + difference
}
