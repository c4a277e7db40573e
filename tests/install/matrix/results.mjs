// @ts-check
/** What the matrix has found: a line of JSON for each, for `npm run release` to make a table of. */

import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Finding
 * @property {string} table
 * @property {string} tool
 * @property {string} version
 * @property {string} what - of the package was used, or of the tool
 * @property {string} result - beginning with "works", or a sentence that says what to do
 */

/** @param {Finding} finding */
export function tell(finding) {
  const file = process.env.WASM_EVENTSOURCE_FINDINGS
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(finding)}\n`)
}

/**
 * The version of a package that a project has installed.
 * @param {string} folder
 * @param {string} name
 * @returns {string}
 */
export function versionOf(folder, name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version
}
