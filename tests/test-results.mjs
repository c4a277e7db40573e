// @ts-check
/** Reads the output of the test runners: which test ran where, and what became of it. */

/**
 * @typedef {object} TestResult
 * @property {string} where `host`, or the name of the browser
 * @property {string} subject what was tested: `core`, `native`, or an entry point of the package
 * @property {string} title without the numbers of statements
 * @property {string[]} statements the numbers that the title bears
 * @property {'passed' | 'failed' | 'skipped'} outcome
 * @property {string} [reason] why it was skipped
 */

/** The numbers in the name of a Rust test: `spec_66_67_…`, `spec_0b_85_…`. */
const NUMBERS_OF_NAME = /(?:^|::)spec((?:_(?:0[a-k]|[1-9]\d*))+)_/
/** The numbers in any other title: `… [spec 66, 0.B]`. */
const NUMBERS_OF_TITLE = / \[spec ([^\]]*)\]/
/** The Rust tests that go through all vectors, whose rows bear the numbers. */
const VECTORS = /^every_vector_holds_/

/**
 * The tests of `cargo test` and `wasm-pack test`.
 * @param {string} output
 * @param {string} where
 * @param {string[]} shownByVectors the numbers that the rows of vectors.json bear
 * @returns {TestResult[]}
 */
export function resultsOfCargo(output, where, shownByVectors) {
  return [...output.matchAll(/^test (\S+) \.\.\. (ok|FAIL(?:ED)?|ignored)/gm)].map(
    ([, title = '', word]) => {
      const numbers = NUMBERS_OF_NAME.exec(title)?.[1]?.slice(1).split('_') ?? []
      const own = numbers.map((number) => number.replace(/^0([a-k])$/, (_, k) => `0.${k.toUpperCase()}`))
      return {
        where,
        subject: 'core',
        title,
        statements: VECTORS.test(title) ? [...own, ...shownByVectors] : own,
        outcome: word === 'ok' ? 'passed' : word === 'ignored' ? 'skipped' : 'failed',
      }
    },
  )
}

/**
 * The tests of `node --test`, in TAP. The browser is the suite around a test that is named after
 * it; what is tested, that of the name `passes the suites with …`.
 * @param {string} output
 * @param {readonly string[]} browsers
 * @returns {TestResult[]}
 */
export function resultsOfTap(output, browsers) {
  /** @type {string[]} */
  const path = []
  /** @type {TestResult[]} */
  const results = []
  for (const line of output.split('\n')) {
    const [, indent = '', text = ''] = /^((?: {4})*)(.*)$/.exec(line) ?? []
    const depth = indent.length / 4
    const begin = /^# Subtest: (.*)$/.exec(text)
    if (begin) path.splice(depth, Infinity, unescape(begin[1]))
    const end = /^(not )?ok \d+ - (.*?)(?: # (SKIP|TODO)(?: (.*))?)?$/.exec(text)
    if (!end) continue
    const [, not, name, directive, reason = ''] = end
    const around = path.slice(0, depth)
    const title = unescape(name)
    const numbers = NUMBERS_OF_TITLE.exec(title)?.[1]
    results.push({
      where: around.find((name) => browsers.includes(name)) ?? 'host',
      subject: subjectOf(around),
      title: title.replace(NUMBERS_OF_TITLE, ''),
      statements: numbers?.split(', ') ?? [],
      outcome: not ? 'failed' : directive ? 'skipped' : 'passed',
      ...(directive && { reason: unescape(reason) }),
    })
  }
  return results
}

/** @param {string[]} around */
function subjectOf(around) {
  const suite = around.find((name) => name.startsWith('passes the suites with '))
  return suite?.slice('passes the suites with '.length) ?? 'package'
}

/** @param {string | undefined} text */
function unescape(text = '') {
  return text.replace(/\\([\\#])/g, '$1')
}
