// @ts-check
/** What a long run has found, and what it is told. */

/**
 * A row of the table in docs/endurance.md.
 * @typedef {object} Row
 * @property {string} fault what was done to the client
 * @property {string} client
 * @property {string} tried how often
 * @property {number | string} lost
 * @property {number | string} doubled
 * @property {string} memory at the end
 */

/**
 * What a part has found.
 * @typedef {object} Finding
 * @property {string} title
 * @property {string} about a sentence or two
 * @property {Row[]} rows
 * @property {string} [more] what follows the table, in Markdown
 */

/**
 * A part of the long runs: a module of this folder.
 * @typedef {object} Part
 * @property {Record<string, number | string>} parameters with their defaults; options of the command line
 * @property {(parameters: Record<string, number | string>, tell: (text: string) => void) => Promise<Finding>} run
 */

/** A number, with commas. @param {number} number */
export const count = (number) => number.toLocaleString('en')
