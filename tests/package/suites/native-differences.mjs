/**
 * Where a browser's own class departs from the standard. Such a test is skipped for that browser
 * and that class, with the reason; it still runs for the class of this package.
 */

const differences = await (await fetch('/tests/package/native-differences.json')).json()

/** Defines a test, which is skipped if there is a reason to. */
export function differing(reason, title, test) {
  if (reason) it.skip(`${title} (skipped: ${reason})`, test)
  else it(title, test)
}

/**
 * Takes the tests that differences are listed for out of a run with the native class.
 * @param {Mocha.Suite} root
 * @param {string} engine
 * @returns {string[]} the titles of the list that no test has
 */
export function skipDifferences(root, engine) {
  const unknown = new Set(Object.keys(differences))
  root.eachTest((test) => {
    const title = test.titlePath().join(': ').replace(/ \[spec [^\]]*\]$/, '')
    if (!unknown.delete(title)) return
    const reason = differences[title][engine]
    if (reason === undefined) return
    test.pending = true
    test.title += ` (skipped: ${reason})`
  })
  return [...unknown]
}
