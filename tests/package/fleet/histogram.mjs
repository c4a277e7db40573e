// @ts-check
/** Draws when requests have come, as text. */

/** How wide the longest bar is, in characters. */
const WIDTH = 50

/**
 * A line for each tenth of a second, from 0 on, until the last moment.
 * @param {readonly number[]} moments in ms, in order; those below 0 are left out
 * @returns {string}
 */
export function histogram(moments) {
  const counts = perTenth(moments)
  const most = Math.max(...counts, 1)
  return counts
    .map((count, index) => {
      const bar = '█'.repeat(Math.ceil((WIDTH * count) / most))
      return `${(index / 10).toFixed(1).padStart(5)} s ${String(count).padStart(4)} ${bar}`.trimEnd()
    })
    .join('\n')
}

/**
 * How many moments each tenth of a second has.
 * @param {readonly number[]} moments
 * @returns {number[]}
 */
export function perTenth(moments) {
  /** @type {number[]} */
  const counts = []
  for (const moment of moments) {
    if (moment < 0) continue
    const index = Math.floor(moment / 100)
    while (counts.length <= index) counts.push(0)
    counts[index] += 1
  }
  return counts
}
