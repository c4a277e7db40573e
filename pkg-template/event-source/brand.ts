/**
 * How copies of this package know the classes of one another: there are several on a page that loads
 * more than one of its files.
 */

const BRAND = /* @__PURE__ */ Symbol.for('wasm-eventsource')

/** Whether a class is that of a copy of this package. */
export function isOurs(value: unknown): boolean {
  return typeof value === 'function' && Object.hasOwn(Object(value.prototype), BRAND)
}

/** Marks a class as one of this package, and has `instanceof` go by the mark. */
export function mark(ours: Function): void {
  Object.defineProperty(ours.prototype, BRAND, { value: true })
  Object.defineProperty(ours, Symbol.hasInstance, {
    value(this: unknown, value: object) {
      const isInstance = Function.prototype[Symbol.hasInstance].call(this, value)
      // Not those of a subclass, nor the prototypes, which have no mark of another's.
      return isInstance || (this === ours && BRAND in Object(value) && !Object.hasOwn(value, BRAND))
    },
  })
}
