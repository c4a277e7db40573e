// @ts-check
/**
 * `npm run soak`: the long runs. Each part is a module of `tests/soak`; what they find is kept in
 * `tests/soak/results.json`, part by part, and `docs/endurance.md` is made of that.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { ensurePackage } from '../pkg-template/build/build.mjs'
import { document, RESULTS } from './soak/support/document.mjs'

const PARTS = readdirSync(new URL('soak', import.meta.url))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length))

const USAGE = `Usage: npm run soak [-- PART… [--PARAMETER VALUE…]]
  PART         some of ${PARTS.join(', ')}; all by default
  --PARAMETER  of the part, if it is one: --help PART tells which there are
  --report     runs nothing, and makes docs/endurance.md anew of what is known`

await main(process.argv.slice(2))

/** @param {string[]} args */
async function main(args) {
  // What the parts import may have to be installed first.
  if (!args.includes('--report')) await ensurePackage()
  const parameters = args.includes('--report') ? [] : await Promise.all(PARTS.map(parametersOf))
  const names = [...new Set(parameters.flatMap((them) => Object.keys(them)))]
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      report: { type: 'boolean' },
      help: { type: 'boolean' },
      ...Object.fromEntries(names.map((name) => [name, { type: /** @type {const} */ ('string') }])),
    },
  })
  const { report, help, ...given } = values
  const wanted = positionals.length > 0 ? positionals : PARTS
  const unknown = wanted.filter((name) => !PARTS.includes(name))
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}.\n${USAGE}`)
  if (help) {
    console.log(USAGE)
    for (const name of positionals) console.log(name, await parametersOf(name))
    return
  }
  const failed = []
  if (!report) {
    if (Object.keys(given).length > 0 && wanted.length !== 1) throw new Error('Parameters are those of one part')
    for (const name of wanted) {
      try {
        await runPart(name, /** @type {Record<string, string>} */ (given))
      } catch (error) {
        // The others may take hours more, and may well find something.
        console.error(error)
        failed.push(name)
      }
    }
  }
  writeFileSync(fileURLToPath(new URL('../docs/endurance.md', import.meta.url)), document(read()))
  if (failed.length === 0) return
  console.error(`Failed: ${failed.join(', ')}. Of these, docs/endurance.md has what was known before.`)
  process.exitCode = 1
}

/**
 * @param {string} name
 * @param {Record<string, string>} given
 */
async function runPart(name, given) {
  const part = await load(name)
  const changed = changedBy(name, part.parameters, given)
  const started = Date.now()
  const tell = (/** @type {string} */ text) =>
    process.stderr.write(`${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s  ${name}: ${text}\n`)
  const finding = await part.run({ ...part.parameters, ...changed }, tell)
  const options = Object.entries(changed).map(([key, value]) => ` --${key} ${value}`)
  const results = read()
  results[name] = {
    ...finding,
    command: `npm run soak -- ${name}${options.join('')}`,
    date: new Date().toISOString().slice(0, 10),
    took: Math.round((Date.now() - started) / 1000),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? arch()}`,
  }
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`)
}

/**
 * The parameters that the command line changes, of the types of the defaults.
 * @param {string} name
 * @param {Record<string, number | string>} defaults
 * @param {Record<string, string>} given
 */
function changedBy(name, defaults, given) {
  /** @type {Record<string, number | string>} */
  const changed = {}
  for (const [key, value] of Object.entries(given)) {
    const known = defaults[key]
    if (known === undefined) {
      throw new Error(`${name} has no parameter --${key}, only ${Object.keys(defaults).join(', ')}`)
    }
    changed[key] = typeof known === 'number' ? Number(value) : value
    if (Number.isNaN(changed[key])) throw new Error(`--${key} takes a number`)
  }
  return changed
}

/** @param {string} name @returns {Promise<import('./soak/support/rows.mjs').Part>} */
function load(name) {
  return import(new URL(`soak/${name}.mjs`, import.meta.url).href)
}

/** @param {string} name */
async function parametersOf(name) {
  return (await load(name)).parameters
}

/** @returns {import('./soak/support/document.mjs').Results} */
function read() {
  return JSON.parse(readFileSync(RESULTS, 'utf8'))
}
