/**
 * Expectations that are not the same everywhere. A test expects what the standard says, unless a
 * variant with its reason says otherwise.
 *
 * @typedef {object} Variant
 * @property {'native' | 'ours'} [of] of which class, if not of both
 * @property {string[]} [engines] in which engines, if not in all
 * @property {unknown} expected
 * @property {string} why
 */

/**
 * What to expect of the class under test in this engine.
 * @template T
 * @param {{ name: string, engine: string }} page
 * @param {T} standard
 * @param {Variant[]} variants
 * @returns {T}
 */
export function expectedIn({ name, engine }, standard, variants) {
  const variant = variants.find(
    ({ of, engines, why }) =>
      why !== undefined &&
      (of === undefined || (of === 'native') === (name === 'native')) &&
      (engines === undefined || engines.includes(engine)),
  )
  return variant === undefined ? standard : /** @type {T} */ (variant.expected)
}
