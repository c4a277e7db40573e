/**
 * Makes the class what Web IDL wants. Apart from it, in a function that bundlers can be told to be without
 * effect if nobody uses the class: with statements beside it, the class would be in every bundle.
 */

import { mark } from './brand.js'
import { type EventSource, statics } from './event-source.js'

const CONSTANTS = { CONNECTING: 0, OPEN: 1, CLOSED: 2 }

/** Finishes the class, and returns it. */
export function finish(Class: typeof EventSource): typeof EventSource {
  const { prototype } = Class
  // Constants are on the constructor and on the prototype, attributes and operations are enumerable,
  // and the class has the interface's name, which minifying would take from it.
  Object.defineProperty(Class, 'name', { value: 'EventSource', configurable: true })
  for (const [name, value] of Object.entries(CONSTANTS)) {
    Object.defineProperty(Class, name, { value, enumerable: true })
    Object.defineProperty(prototype, name, { value, enumerable: true })
  }
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name !== 'constructor') Object.defineProperty(prototype, name, { enumerable: true })
  }
  for (const [name, value] of Object.entries(statics)) {
    Object.defineProperty(Class, name, { value, enumerable: true, configurable: true, writable: true })
  }
  // Where there is no such symbol, there is no `using` either.
  if (Symbol.dispose !== undefined) {
    Object.defineProperty(prototype, Symbol.dispose, {
      value(this: EventSource): void {
        this.close()
      },
      configurable: true,
      writable: true,
    })
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: 'EventSource', configurable: true })
  // Libraries that take npm `eventsource` ask for this before they pass a `fetch`.
  Object.defineProperty(Class, Symbol.for('eventsource.supports-fetch-override'), { value: true })
  mark(Class)
  return Class
}
