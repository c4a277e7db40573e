// @ts-check
/** Tables in Markdown, aligned so that they can be read as they are, and the numbers in them. */

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => width(row[column] ?? ''))),
  )
  /** @param {readonly string[]} row */
  const line = (row) =>
    `| ${widths
      .map((wanted, column) => {
        const text = row[column] ?? ''
        const space = ' '.repeat(wanted - width(text))
        return column === 0 ? text + space : space + text
      })
      .join(' | ')} |`
  const rule = `|${widths.map((width, column) => '-'.repeat(width + 1) + (column ? ':' : '-')).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** @param {string} text */
function width(text) {
  return [...text].length
}

/**
 * A number with three digits that count, or as many as it has before the point.
 * @param {number} value
 */
export function digits(value) {
  if (value >= 1000) return Math.round(value).toLocaleString('en')
  return value.toLocaleString('en', { maximumSignificantDigits: 3, useGrouping: false })
}

/**
 * So many a second: `1.23 M`, `456 k`.
 * @param {number} value
 */
export function rate(value) {
  if (value >= 1e6) return `${digits(value / 1e6)} M`
  return value >= 1e3 ? `${digits(value / 1e3)} k` : digits(value)
}

/** @param {import('./statistics.mjs').Spread} spread */
export function spreadText({ median, least, greatest }) {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`
}

export const DASH = '–'
