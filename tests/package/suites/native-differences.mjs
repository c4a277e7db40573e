/**
 * Where a browser's own class departs from the standard. Such a test is skipped for that browser
 * and that class, with the reason; it still runs for the class of this package.
 */

const reasons = new WeakMap()

/** Why a test is skipped. */
export function reasonToSkip(test) {
  return reasons.get(test) ?? ''
}

/** Defines a test, which is skipped if there is a reason to. */
export function differing(reason, title, test) {
  if (reason) reasons.set(it.skip(title, test), reason)
  else it(title, test)
}

/** Takes the tests that the list has for this browser out of a run with the native class. */
export async function skipDifferences(root, engine) {
  const differences = await (await fetch('/tests/package/native-differences.json')).json()
  const unknown = new Set(Object.keys(differences))
  root.eachTest((test) => {
    const title = test.titlePath().join(': ').replace(/ \[spec [^\]]*\]$/, '')
    unknown.delete(title)
    const reason = differences[title]?.[engine]
    if (reason === undefined) return
    test.pending = true
    reasons.set(test, reason)
  })
  if (unknown.size > 0) throw new Error(`native-differences.json: no such test: ${[...unknown]}`)
}
