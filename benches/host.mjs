// @ts-check
/**
 * `npm run bench:host`: the parser on the host, beside other crates, with criterion; and how many
 * instructions each takes, counted by valgrind where there is one.
 */

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { CORPORA, corpus } from './corpora.mjs'
import { replaceBlock } from './document.mjs'
import { machine } from './results.mjs'
import { DASH, digits, table } from './table.mjs'

/** @typedef {import('./corpora.mjs').CorpusName} CorpusName */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUTPUT = path.join(ROOT, 'target', 'bench')
const CORPORA_FOLDER = path.join(OUTPUT, 'corpora')
const CRITERION_FOLDER = path.join(OUTPUT, 'criterion')
const DOCUMENT = path.join(ROOT, 'benches', 'RESULTS.md')

/** In the order in which the benchmark runs them. */
const PARSERS = ['ours', 'ours, Strings', 'eventsource-stream', 'sseer']
/** What the benchmark calls each cut, and what the tables do. */
const CUTS = new Map([
  ['event', 'one event per chunk'],
  ['1400', 'chunks of 1,400 bytes'],
  ['16384', 'chunks of 16,384 bytes'],
])

/** The chunks that instructions are counted on. */
const COUNTED_CUT = '16384'
/** Under valgrind everything takes some fifty times as long. */
const COUNTED_CORPORA = CORPORA.filter((name) => name !== 'line')

/** @typedef {{ corpus: string, cut: string, parser: string, bytesPerSecond?: number, failure?: string }} Measured */
/** @typedef {{ corpus: CorpusName, parser: string, instructionsPerByte: number }} Counted */

const { values: options } = parseArgs({ options: { report: { type: 'boolean', default: false } } })

writeCorpora()
const measured = measure()
const counted = count()
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: machine(),
  crates: crates(),
  measured,
  counted,
}
writeFileSync(path.join(OUTPUT, 'host.json'), `${JSON.stringify(results, null, 2)}\n`)
const text = report()
console.log(`\n${text}`)
if (options.report) {
  writeFileSync(DOCUMENT, replaceBlock(readFileSync(DOCUMENT, 'utf8'), 'host', text))
}

/** Writes the corpora as files, each with what is to be found in it. */
function writeCorpora() {
  mkdirSync(CORPORA_FOLDER, { recursive: true })
  for (const name of CORPORA) {
    const { messages, events } = corpus(name)
    const description = {
      dataBytes: messages.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0),
      eventLengths: events.map(({ length }) => length),
    }
    writeFileSync(path.join(CORPORA_FOLDER, name), corpus(name).bytes)
    writeFileSync(path.join(CORPORA_FOLDER, `${name}.json`), JSON.stringify(description))
  }
}

/** @returns {Measured[]} */
function measure() {
  rmSync(CRITERION_FOLDER, { recursive: true, force: true })
  const environment = {
    CORPORA_FOLDER,
    CORPORA: CORPORA.join(),
    CRITERION_HOME: CRITERION_FOLDER,
  }
  const output = cargo(
    ['bench', '--package', 'wasm-eventsource-bench', '--bench', 'parsers'],
    environment,
  )
  console.log(output)
  /** @type {Measured[]} */
  const measured = [...output.matchAll(/^(wrong|slow)\t(.*)\t(.*)\t(.*)\t(.*)$/gm)].map(
    ([, verdict, corpusName, cut, parser, detail]) => ({
      corpus: corpusName,
      cut,
      parser,
      ...(verdict === 'wrong'
        ? { failure: detail }
        : { bytesPerSecond: (bytesOf(corpusName) * 1e9) / Number(detail) }),
    }),
  )
  for (const file of readdirSync(CRITERION_FOLDER, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith(path.join('new', 'benchmark.json'))) continue
    const folder = path.dirname(path.join(CRITERION_FOLDER, file))
    const { group_id: group, value_str: parser, throughput } = readJson(folder, 'benchmark.json')
    const nanoseconds = readJson(folder, 'estimates.json').median.point_estimate
    const [corpusName, cut] = group.split('-')
    measured.push({
      corpus: corpusName,
      cut,
      parser,
      bytesPerSecond: (throughput.Bytes * 1e9) / nanoseconds,
    })
  }
  return measured
}

/**
 * How many instructions a pass takes, without what the program takes to begin and end.
 * @returns {Counted[] | undefined} nothing where there is nobody to count
 */
function count() {
  if (spawnSync('valgrind', ['--version']).status !== 0) {
    console.error(
      'No instructions are counted, as there is no valgrind. On Debian: sudo apt-get install valgrind',
    )
    return undefined
  }
  return COUNTED_CORPORA.flatMap((name) =>
    PARSERS.map((parser) => {
      const [once, twice] = [1, 2].map((passes) =>
        instructions([CORPORA_FOLDER, name, COUNTED_CUT, parser, String(passes)]),
      )
      return { corpus: name, parser, instructionsPerByte: (twice - once) / bytesOf(name) }
    }),
  )
}

/**
 * @param {string[]} args
 * @returns {number}
 */
function instructions(args) {
  const valgrind = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', '--log-fd=1']
  const output = cargo([
    ...['bench', '--quiet', '--package', 'wasm-eventsource-bench', '--bench', 'instructions'],
    ...['--config', `target.'cfg(all())'.runner=${JSON.stringify(valgrind)}`, '--', ...args],
  ])
  const collected = /Collected : (\d+)/.exec(output)?.[1]
  if (collected === undefined) throw new Error(`valgrind did not count:\n${output}`)
  return Number(collected)
}

/** @param {string} name of a corpus */
function bytesOf(name) {
  return corpus(/** @type {CorpusName} */ (name)).bytes.length
}

/**
 * Runs cargo, whose messages pass through.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {string} what was written to the standard output
 */
function cargo(args, environment = {}) {
  const { status, stdout } = spawnSync('cargo', args, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) throw new Error(`\`cargo ${args.join(' ')}\` failed`)
  return stdout
}

/** @param {...string} file */
function readJson(...file) {
  return JSON.parse(readFileSync(path.join(...file), 'utf8'))
}

/** @returns {Record<string, string>} the versions of the crates */
function crates() {
  const lock = readFileSync(path.join(ROOT, 'Cargo.lock'), 'utf8')
  const names = ['wasm-eventsource', 'eventsource-stream', 'sseer']
  return Object.fromEntries(
    names.map((name) => [
      name,
      new RegExp(`^name = "${name}"\\nversion = "(.+)"`, 'm').exec(lock)?.[1] ?? '',
    ]),
  )
}

/** @returns {string} */
function report() {
  const { date, machine, crates } = results
  const parts = [
    [
      `- ${date}, \`npm run bench:host\``,
      `- ${machine.processor}, ${machine.system}`,
      `- ${Object.entries(crates)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}`,
    ].join('\n'),
  ]
  for (const [cut, title] of CUTS) {
    const rows = CORPORA.map((name) => [
      corpus(name).title,
      ...PARSERS.map((parser) => {
        const one = measured.find(
          (one) => one.corpus === name && one.cut === cut && one.parser === parser,
        )
        if (one?.failure !== undefined) return 'wrong'
        return one?.bytesPerSecond === undefined ? DASH : digits(one.bytesPerSecond / 1e6)
      }),
    ])
    parts.push(`MB a second, ${title}:`, table(['corpus', ...PARSERS], rows))
  }
  if (counted !== undefined) {
    const rows = COUNTED_CORPORA.map((name) => [
      corpus(name).title,
      ...PARSERS.map((parser) => {
        const one = counted.find((one) => one.corpus === name && one.parser === parser)
        return one === undefined ? DASH : digits(one.instructionsPerByte)
      }),
    ])
    parts.push(
      `Instructions for each byte, ${CUTS.get(COUNTED_CUT)}:`,
      table(['corpus', ...PARSERS], rows),
    )
  }
  const wrong = measured.filter(({ failure }) => failure !== undefined)
  if (wrong.length > 0) {
    const list = wrong.map(
      ({ parser, corpus, cut, failure }) => `- ${parser} (${corpus}, ${CUTS.get(cut)}): ${failure}`,
    )
    parts.push('What was wrong:', list.join('\n'))
  }
  return parts.join('\n\n')
}
