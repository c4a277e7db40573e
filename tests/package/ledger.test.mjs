// @ts-check
/** The ledger of the standard's statements: that it is complete, and that its check finds what is wrong. */

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { count, disagreements, readLedger, report } from '../ledger.mjs'
import { resultsOfCargo, resultsOfTap } from '../test-results.mjs'

const BROWSERS = ['chromium', 'firefox']

/** What a run in which everything has passed would have found. */
function completeResults() {
  return readLedger().flatMap(({ number, shownIn = [] }) =>
    shownIn.map((where) => ({
      where,
      subject: 'polyfill',
      title: `shows ${number}`,
      statements: [number],
      outcome: /** @type {'passed' | 'failed' | 'skipped'} */ ('passed'),
    })),
  )
}

/**
 * The sentences about the ledger, after `change` has been made to its entry of that number.
 * @param {string} number
 * @param {object} change
 */
function afterChange(number, change) {
  const ledger = readLedger().map((it) => (it.number === number ? { ...it, ...change } : it))
  return disagreements(ledger, completeResults())
}

it('has an entry for each statement, and none that a complete run would not show', () => {
  assert.deepEqual(disagreements(readLedger(), completeResults()), [])
  const { shown, different } = count(readLedger())
  assert.equal(shown + different, 147)
})

it('finds a statement that no test has shown where the ledger says so', () => {
  const results = completeResults().filter((it) => it.title !== 'shows 53' || it.where !== 'firefox')
  assert.deepEqual(disagreements(readLedger(), results), ['53: no test that bears it has passed in firefox.'])
})

it('does not take a test of the native class, or one that failed or was skipped, for a proof', () => {
  for (const change of [{ subject: 'native' }, { outcome: 'failed' }, { outcome: 'skipped' }]) {
    const results = completeResults().map((it) => (it.title === 'shows 17' ? { ...it, ...change } : it))
    const sentences = disagreements(readLedger(), /** @type {any} */ (results))
    assert.ok(sentences.includes('17: no test that bears it has passed in webkit.'), String(sentences))
  }
})

it('finds numbers that are missing, unknown or there twice', () => {
  assert.deepEqual(afterChange('1', { number: '137' }), [
    'The ledger has 0 entries for 1.',
    'The ledger has 137, which is no statement.',
    'no test that bears it has passed in chromium.',
    'no test that bears it has passed in firefox.',
    'no test that bears it has passed in webkit.',
  ].map((text) => (text.startsWith('no') ? `137: ${text}` : text)))
  assert.ok(afterChange('2', { number: '1' }).includes('The ledger has 2 entries for 1.'))
  const result = { where: 'host', subject: 'core', title: 'a', statements: ['200'], outcome: /** @type {const} */ ('passed') }
  assert.deepEqual(disagreements(readLedger(), [...completeResults(), result]), [
    '"a" bears 200, which is no statement.',
  ])
})

it('finds a difference without a reason, and an entry that says nothing', () => {
  assert.deepEqual(afterChange('55', { difference: ' ' }), ['55: the difference has no reason.'])
  assert.deepEqual(afterChange('126', { difference: undefined }), [
    '126: it is neither shown anywhere nor a difference.',
  ])
})

it('finds a test of ours that was skipped, and one of the native class without a reason', () => {
  const skipped = { where: 'webkit', title: 'a', statements: ['1'], outcome: /** @type {const} */ ('skipped') }
  const sentences = disagreements(readLedger(), [
    ...completeResults(),
    { ...skipped, subject: 'polyfill', reason: 'too slow' },
    { ...skipped, subject: 'native', reason: '' },
    { ...skipped, subject: 'native', reason: 'known' },
  ])
  assert.deepEqual(sentences, [
    '1: skipped: "a", webkit, polyfill.',
    '1: skipped without a reason: "a", webkit, native.',
  ])
})

it('reads the results of cargo test', () => {
  const output = [
    'running 4 tests',
    'test content_type::tests::spec_32_0c_in_any_case ... ok',
    'test every_vector_holds_however_it_is_cut ... FAILED',
    'test slow ... ignored',
    'test spec_66_67_two ... ok',
  ].join('\n')
  const [unit, vectors, slow, two] = resultsOfCargo(output, 'host', ['90', '94'])
  assert.deepEqual(unit?.statements, ['32', '0.C'])
  assert.deepEqual([vectors?.statements, vectors?.outcome], [['90', '94'], 'failed'])
  assert.deepEqual([slow?.statements, slow?.outcome], [[], 'skipped'])
  assert.deepEqual([two?.statements, two?.outcome, two?.where], [['66', '67'], 'passed', 'host'])
})

it('reads the results of node --test', () => {
  const output = [
    '# Subtest: firefox',
    '    # Subtest: passes the suites with native',
    '        # Subtest: events: a \\\\ and a \\# [spec 66, 0.B]',
    '        ok 1 - events: a \\\\ and a \\# [spec 66, 0.B]',
    '        # Subtest: events: other [spec 7]',
    '        not ok 2 - events: other [spec 7]',
    '        # Subtest: events: third [spec 8]',
    '        ok 3 - events: third [spec 8] # SKIP drops NUL',
    '        1..3',
    '    not ok 1 - passes the suites with native',
    'not ok 1 - firefox',
    '# Subtest: in Node [spec 1]',
    'ok 2 - in Node [spec 1]',
  ].join('\n')
  const results = resultsOfTap(output, BROWSERS).filter(({ statements }) => statements.length > 0)
  const firefox = { where: 'firefox', subject: 'native' }
  assert.deepEqual(results, [
    { ...firefox, title: 'events: a \\ and a #', statements: ['66', '0.B'], outcome: 'passed' },
    { ...firefox, title: 'events: other', statements: ['7'], outcome: 'failed' },
    { ...firefox, title: 'events: third', statements: ['8'], outcome: 'skipped', reason: 'drops NUL' },
    { where: 'host', subject: 'package', title: 'in Node', statements: ['1'], outcome: 'passed' },
  ])
})

it('writes what it says so that one can read it', () => {
  const results = [
    ...completeResults(),
    {
      where: 'firefox',
      subject: 'native',
      title: 'a row',
      statements: ['115'],
      outcome: /** @type {const} */ ('skipped'),
      reason: 'drops NUL',
    },
  ]
  const [, entry] = report(readLedger(), results).split('\n## 115\n')
  assert.equal(
    entry?.split('\n## ')[0],
    '\nNUL in data is kept.\n\n- shows 115 (host, chromium, firefox, webkit)\n- native firefox drops NUL: a row\n',
  )
})
