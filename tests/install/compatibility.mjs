// @ts-check
/** Makes `docs/compatibility.md` of what the tests of the tarball have found. */

/** @typedef {import('./matrix/results.mjs').Finding} Finding */

const PREAMBLE = `# Where it works

Written by \`npm run release\`, which installs the packed tarball in each of these, builds a small app, and has it
receive an event with a header that the native class cannot send. What does not simply work says what to do.
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
  const sections = [...tables].map(
    ([title, rows]) => `## ${title}

| | version | | |
|---|---|---|---|
${rows.map(({ tool, version, what, result }) => `| ${[tool, version, what, result].join(' | ')} |`).join('\n')}
`,
  )
  return [PREAMBLE, ...sections].join('\n')
}
