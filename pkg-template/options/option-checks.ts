/** Checks of what users pass as options. Each throws an error that names the option. */

/** A dictionary that has been read, and what stands before the names of its members in messages. */
export interface Dictionary {
  prefix: string
  members: Record<string, unknown>
}

interface Types {
  string: string
  boolean: boolean
  function: (...args: any[]) => any
}

/** A member of this type, or `undefined` where it is not set. */
export function ofType<T extends keyof Types>(
  dictionary: Dictionary,
  name: string,
  type: T,
  expected = `a ${type}`,
): Types[T] | undefined {
  const value = dictionary.members[name]
  if (value !== undefined && typeof value !== type) throw wrong(dictionary, name, expected)
  return value as Types[T] | undefined
}

/** A number, `least` at least, finite unless told otherwise. */
export function number(
  dictionary: Dictionary,
  name: string,
  expected: string,
  least: number,
  byDefault: number,
  mayBeInfinite = false,
): number {
  const value = dictionary.members[name]
  if (value === undefined) return byDefault
  if (typeof value !== 'number') throw wrong(dictionary, name, expected)
  if (!(value >= least && (mayBeInfinite || value < Infinity))) {
    throw wrong(dictionary, name, `${mayBeInfinite ? '' : 'finite, and '}at least ${least}`, RangeError)
  }
  return value
}

/** As {@link number}, in ms. */
export function milliseconds(
  dictionary: Dictionary,
  name: string,
  least: number,
  byDefault = Infinity,
): number {
  return number(dictionary, name, 'a number of ms', least, byDefault)
}

/** A member that is one of some texts; by default the first. */
export function choice<T extends string>(
  dictionary: Dictionary,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const value = (dictionary.members[name] ?? choices[0]) as T
  if (!choices.includes(value)) {
    throw wrong(dictionary, name, `one of ${choices.filter(Boolean).join(', ')}`)
  }
  return value
}

/** The error of an option that is not as expected. */
export function wrong(
  { prefix, members }: Dictionary,
  name: string,
  expected: string,
  type: new (message: string) => Error = TypeError,
): Error {
  return new type(`${prefix}${name}: must be ${expected}, not ${textOf(members[name])}`)
}

/** A value, as an error tells of it. Of some objects no text can be made. */
export function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

/**
 * How many bytes one event may buffer by default: 64 MiB.
 *
 * The memory of a wasm instance never shrinks, so that there has to be a limit. Precedents: Chromium
 * holds back a server whose response nobody reads at about this size; the WebSocket server `ws` takes
 * messages of up to 100 MiB; Go's `bufio.Scanner`, which many servers read event streams with, stops
 * at 64 KiB a line.
 *
 * DIFFERENCE: the native class has no limit.
 */
const DEFAULT_MAX_EVENT_SIZE = 64 * 1024 * 1024

/**
 * The largest `maxEventSize` that has an effect, also where it is `Infinity`. The longest string of V8,
 * the shortest of all engines, has 2^29 - 24 code units, and UTF-8 has at least one byte for each; the
 * rest is for what a batch has beside a type or an ID of that length.
 */
const LARGEST_MAX_EVENT_SIZE = 2 ** 29 - 64 * 1024

/** How many bytes one event may buffer. */
export function maxEventSizeOf(options: Dictionary): number {
  const expected = 'a number of bytes'
  const size = number(options, 'maxEventSize', expected, 1, DEFAULT_MAX_EVENT_SIZE, true)
  return Math.min(size, LARGEST_MAX_EVENT_SIZE)
}

/** The last event ID to begin with, or the empty string. */
export function lastEventIdOf(options: Dictionary): string {
  const lastEventId = ofType(options, 'lastEventId', 'string') ?? ''
  // What one field of one line cannot hold.
  if (/[\0\n\r]/.test(lastEventId)) {
    throw new TypeError('lastEventId: must not contain NUL, LF or CR')
  }
  return lastEventId
}
