// @ts-check
/** Whether a figure grows, from samples of it. */

/**
 * By how much it grows for each unit, by linear regression.
 * @param {readonly { at: number, value: number }[]} samples
 * @returns {number}
 */
export function slope(samples) {
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const at = mean(samples.map(({ at }) => at))
  const value = mean(samples.map(({ value }) => value))
  const above = samples.reduce((sum, sample) => sum + (sample.at - at) * (sample.value - value), 0)
  const below = samples.reduce((sum, sample) => sum + (sample.at - at) ** 2, 0)
  if (below === 0) throw new Error('A slope takes samples at two places at least')
  return above / below
}
