// @ts-check
/** The arithmetic of the benchmarks. */

/**
 * The value below which this share of the values lies, with linear interpolation between two.
 * @param {readonly number[]} values not empty
 * @param {number} share from 0 to 1
 */
export function quantile(values, share) {
  if (values.length === 0) throw new RangeError('there is no quantile of no values')
  const sorted = [...values].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.ceil(place)
  return sorted[below] + (place - below) * (sorted[above] - sorted[below])
}

/** @param {readonly number[]} values not empty */
export function median(values) {
  return quantile(values, 0.5)
}

/** @param {readonly number[]} values not empty, positive */
export function geometricMean(values) {
  if (values.length === 0) throw new RangeError('there is no mean of no values')
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

/** @typedef {{ median: number, least: number, greatest: number }} Spread */

/**
 * The median of some values, and how far they go.
 * @param {readonly number[]} values not empty
 * @returns {Spread}
 */
export function spread(values) {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) }
}

/**
 * How many times as fast the one was as the other. They were measured in turns, so each value is
 * compared with the one of the same round: what slowed down both then does not count.
 * @param {readonly number[]} rates
 * @param {readonly number[]} others as many
 * @returns {Spread}
 */
export function ratio(rates, others) {
  if (rates.length !== others.length) throw new RangeError('there are not as many of both')
  return spread(rates.map((rate, round) => rate / others[round]))
}

/**
 * The order of a round: begun at another place in each, and backwards in every other, so that nobody
 * always comes first, or always behind the same one.
 * @template T
 * @param {readonly T[]} list
 * @param {number} round
 * @returns {T[]}
 */
export function order(list, round) {
  const start = list.length === 0 ? 0 : round % list.length
  const rotated = [...list.slice(start), ...list.slice(0, start)]
  return round % 2 === 0 ? rotated : rotated.reverse()
}
