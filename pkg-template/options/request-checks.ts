/** Checks of the options that shape the request. Each throws a `TypeError` that names the option. */

import { choice, type Dictionary, textOf, wrong } from './option-checks.js'
import type { EventSourceOptions } from './options.js'

/** What the members of `RequestInit` that are enumerations may be: Fetch standard, section 5.4. */
const CHOICES: Record<string, [string, ...string[]]> = {
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  credentials: ['omit', 'same-origin', 'include'],
  duplex: ['half'],
  priority: ['high', 'low', 'auto'],
  redirect: ['follow', 'error', 'manual'],
  referrerPolicy: [
    'no-referrer',
    ...['no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin'],
    ...['origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url', ''],
  ],
}

/**
 * Reads the option `headers`, as `fetch` would: pairs, where it can be iterated over, or else the own
 * properties of an object. That is done once, since an iterator can be read once.
 *
 * @returns what can be read any number of times, and changes no more
 */
export function readHeaders(options: Dictionary): EventSourceOptions['headers'] {
  const given = options.members['headers'] ?? undefined
  if (given === undefined || typeof given === 'function') return given as EventSourceOptions['headers']
  if (typeof given !== 'object') {
    throw wrong(options, 'headers', 'an object, pairs, Headers, or a function that gives them')
  }
  const pairs = Symbol.iterator in given ? Array.from(given as Iterable<unknown>, pairOf) : Object.entries(given)
  return pairs.map(([name, value]) => checkedHeader(`${name}`, `${value}`))
}

function pairOf(given: unknown): [unknown, unknown] {
  const pair = typeof given === 'object' && given !== null ? Array.from(given as Iterable<unknown>) : []
  if (pair.length !== 2) throw new TypeError('headers: must be pairs of a name and a value')
  return pair as [unknown, unknown]
}

function checkedHeader(name: string, value: string): [string, string] {
  const isValid = (name: string, value: string): boolean => {
    try {
      new Headers([[name, value]])
      return true
    } catch {
      return false
    }
  }
  if (!isValid(name, '')) {
    throw new TypeError(`headers: ${JSON.stringify(name)} cannot be the name of a header, which is a token`)
  }
  if (!isValid(name, value)) {
    throw new TypeError(
      `headers: the value of ${JSON.stringify(name)} must have no NUL, CR or LF, and no character above U+00FF`,
    )
  }
  return [name, value]
}

/** Lets the browser check what it would refuse later, or leave out without a word. */
export function checkRequest(
  passedOn: Dictionary,
  init: RequestInit,
  headers: EventSourceOptions['headers'],
): void {
  for (const [name, choices] of Object.entries(CHOICES)) choice(passedOn, name, choices)
  const { method, mode, cache, referrer } = init
  if (mode !== 'cors' && mode !== 'same-origin') {
    throw new TypeError(`mode: must be 'cors' or 'same-origin', not ${textOf(mode)}: others hide the stream`)
  }
  if (cache === 'only-if-cached' && mode !== 'same-origin') {
    throw new TypeError('cache: only-if-cached needs the mode same-origin')
  }
  if (!isTaken({ method })) {
    const members = { prefix: '', members: { method } }
    throw wrong(members, 'method', 'a method that a page may use, which is a token and none of CONNECT, TRACE and TRACK')
  }
  if (referrer !== undefined && !isTaken({ referrer })) {
    throw wrong(passedOn, 'referrer', 'a URL, about:client or the empty string')
  }
  const { duplex, ...rest } = init as RequestInit & { duplex?: string }
  const given = typeof headers === 'function' ? undefined : headers
  const request = new Request('data:,', { ...rest, headers: given })
  for (const [name] of new Headers(given)) {
    if (!request.headers.has(name)) {
      throw new TypeError(`headers: a page may not set "${name}"; the browser sets it itself`)
    }
  }
}

function isTaken(init: RequestInit): boolean {
  try {
    new Request('data:,', init)
    return true
  } catch {
    return false
  }
}
