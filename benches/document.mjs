// @ts-check
/** A document of which blocks are generated, and the rest is written by hand. */

/**
 * Puts a text into its block, which is between two comments, and leaves all else as it is.
 * @param {string} document
 * @param {string} name
 * @param {string} text
 * @returns {string}
 */
export function replaceBlock(document, name, text) {
  const begin = `<!-- begin: ${name} -->`
  const end = `<!-- end: ${name} -->`
  const start = document.indexOf(begin)
  const stop = document.indexOf(end)
  if (start < 0 || stop < start) throw new Error(`the document has no block ${begin} … ${end}`)
  return `${document.slice(0, start + begin.length)}\n${text}\n${document.slice(stop)}`
}
