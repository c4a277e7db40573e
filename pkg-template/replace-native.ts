/** What the polyfills do to `globalThis.EventSource`. */

import { isOurs } from './event-source/brand.js'
import type { EventSource } from './event-source/event-source.js'

/** Where the native class is found that is watched. */
const WATCHED = Symbol.for('wasm-eventsource.watched')

/** Puts the class in the place of the native one. Returns whether that had yet to be done. */
export function replaceNative(ours: typeof EventSource): boolean {
  const found: unknown = globalThis.EventSource
  if (isOurs(found)) return false
  Object.defineProperty(ours, 'native', { value: watchedBy(found) ?? found })
  replace(ours)
  return true
}

/**
 * Where the native class has to stay: says so, and says once when an option is used that it does not
 * know, and would ignore without a word.
 *
 * @param obstacle - why it stays, and what to do about it
 */
export function tellOfOptions(obstacle: string): void {
  const native: unknown = globalThis.EventSource
  if (isOurs(native) || watchedBy(native) !== undefined) return
  console.warn(`wasm-eventsource: the native EventSource stays. ${obstacle}`)
  if (typeof native !== 'function') return
  let isTold = false
  const watched: object = new Proxy(native, {
    construct(target, args: unknown[], newTarget): object {
      const unknown = Object.keys(Object(args[1])).filter((name) => name !== 'withCredentials')
      if (unknown.length > 0 && !isTold) {
        isTold = true
        console.error(
          `wasm-eventsource: the native EventSource ignores the option ${unknown.join(', ')}. ${obstacle}`,
        )
      }
      return Reflect.construct(target, args, newTarget === watched ? target : newTarget)
    },
  })
  Object.defineProperty(native, WATCHED, { value: native })
  replace(watched)
}

function watchedBy(value: unknown): unknown {
  return Object(value)[WATCHED]
}

function replace(value: unknown): void {
  Object.defineProperty(globalThis, 'EventSource', { value, writable: true, configurable: true })
}
