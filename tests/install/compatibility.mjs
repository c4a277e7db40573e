// @ts-check
/** Makes `docs/compatibility.md` of what the tests of the tarball have found. */

/** @typedef {import('./matrix/results.mjs').Finding} Finding */

const PREAMBLE = `# Where it works

Written from what the tests in [tests/install](../tests/install) find, which \`npm run release\` runs: each installs the
packed tarball, builds a small app, and has it receive an event with a header that the native class cannot send. What
does not simply work says what to do; what was not tried is left empty.
`

/**
 * @param {string} lines - of JSON, a {@link Finding} each
 * @returns {string} the document
 */
export function compatibility(lines) {
  /** @type {Finding[]} */
  const findings = lines.trim().split('\n').map((line) => JSON.parse(line))
  /** @type {Map<string, Finding[]>} */
  const tables = new Map()
  for (const finding of findings) tables.set(finding.table, [...(tables.get(finding.table) ?? []), finding])
  const sections = [...tables].map(([title, rows]) => `## ${title}\n\n${isDense(rows) ? grid(rows) : list(rows)}\n`)
  return [PREAMBLE, ...sections].join('\n')
}

/** @param {Finding} finding */
const toolOf = ({ tool, version }) => `${tool} ${tool.includes(version) ? '' : version}`.trim()

/** @template T @param {T[]} values */
const distinct = (values) => [...new Set(values)]

/** Whether most tools were tried with most of what there is. @param {Finding[]} rows */
function isDense(rows) {
  const cells = distinct(rows.map(toolOf)).length * distinct(rows.map(({ what }) => what)).length
  return rows.length > 1 && rows.length > cells / 2
}

/** @param {Finding[]} rows */
function list(rows) {
  return table(['', '', ''], rows.map((row) => [toolOf(row), row.what, row.result]))
}

/** A table with the shorter of both ways across; what does not simply work is told below. @param {Finding[]} rows */
function grid(rows) {
  const tools = distinct(rows.map(toolOf))
  const whats = distinct(rows.map(({ what }) => what))
  /** @type {[keys: string[], (row: Finding) => string][]} */
  const ways = [
    [tools, toolOf],
    [whats, ({ what }) => what],
  ]
  const [[across, acrossOf], [down, downOf]] = /** @type {[typeof ways[0], typeof ways[0]]} */ (
    ways.sort(([a], [b]) => a.length - b.length)
  )
  const notes = distinct(rows.map(({ result }) => result).filter((result) => result !== 'works'))
  /** @param {Finding | undefined} row */
  const cell = (row) => (row === undefined ? '' : row.result === 'works' ? '✓' : `(${notes.indexOf(row.result) + 1})`)
  const body = down.map((key) => [
    key,
    ...across.map((other) => cell(rows.find((row) => downOf(row) === key && acrossOf(row) === other))),
  ])
  return [table(['', ...across], body), ...notes.map((note, index) => `\n(${index + 1}) ${note}.`)].join('\n')
}

/** @param {string[]} head @param {string[][]} body */
function table(head, body) {
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
