// @ts-check
/** Reads ratios out of what was measured. */

import { CORPORA } from './corpora.mjs'
import { geometricMean, median, ratio } from './statistics.mjs'

/** @typedef {import('./throughput.mjs').Cell} Cell */
/** @typedef {import('./throughput.mjs').ClientName} ClientName */
/** @typedef {import('./corpora.mjs').CorpusName} CorpusName */
/** @typedef {import('./corpora.mjs').Cut} Cut */

/** @typedef {Pick<Cell, 'table' | 'cut'>} Group what is compared: one table, cut in one way */

/**
 * @param {readonly Cell[]} cells
 * @param {Group} group
 * @param {Cell['corpus']} corpus
 * @param {ClientName} client
 */
export function find(cells, { table, cut }, corpus, client) {
  return cells.find(
    (cell) =>
      cell.table === table && cell.cut === cut && cell.corpus === corpus && cell.client === client,
  )
}

/**
 * How many times as fast the one client was as the other; nothing where one of them was not
 * measured, or has failed.
 * @param {readonly Cell[]} cells
 * @param {Group} group
 * @param {Cell['corpus']} corpus
 * @param {ClientName} client
 * @param {ClientName} other
 */
export function compare(cells, group, corpus, client, other) {
  const [ours, theirs] = [client, other].map((name) => find(cells, group, corpus, name))
  const isMeasured = [ours, theirs].every((cell) => cell && cell.failure === undefined)
  return ours && theirs && isMeasured ? ratio(ours.rates, theirs.rates) : undefined
}

/**
 * @typedef {object} Summary
 * @property {number} mean the geometric mean of the ratios on each corpus
 * @property {{ corpus: CorpusName, ratio: number }} worst
 * @property {{ corpus: CorpusName, ratio: number }[]} ratios
 * @property {CorpusName[]} failed the corpora that the other client could not read, which count nowhere
 */

/**
 * @param {readonly Cell[]} cells
 * @param {Group[]} groups all count alike
 * @param {ClientName} client
 * @param {ClientName} other
 * @returns {Summary | undefined} nothing where there is no ratio
 */
export function summarize(cells, groups, client, other) {
  /** @type {{ corpus: CorpusName, ratio: number }[]} */
  const all = []
  /** @type {Set<CorpusName>} */
  const failed = new Set()
  for (const group of groups) {
    for (const corpus of CORPORA) {
      const compared = compare(cells, group, corpus, client, other)
      if (compared) all.push({ corpus, ratio: compared.median })
      else if (find(cells, group, corpus, other)?.failure !== undefined) failed.add(corpus)
    }
  }
  if (all.length === 0) return undefined
  return {
    mean: geometricMean(all.map(({ ratio }) => ratio)),
    worst: all.reduce((worst, one) => (one.ratio < worst.ratio ? one : worst)),
    ratios: all,
    failed: [...failed],
  }
}

/**
 * @param {readonly Cell[]} cells
 * @param {Cell['corpus']} length
 * @param {ClientName} client
 * @returns {number | undefined} in ms
 */
export function timePerEvent(cells, length, client) {
  const cell = cells.find((cell) => cell.corpus === length && cell.client === client)
  if (cell === undefined || cell.failure !== undefined) return undefined
  return 1000 / median(cell.rates)
}
