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

/** The place of a member among some texts; by default the first. */
export function choice(dictionary: Dictionary, name: string, choices: string[]): number {
  const value = dictionary.members[name]
  const index = value === undefined ? 0 : choices.indexOf(value as string)
  if (index < 0) throw wrong(dictionary, name, `one of ${choices.join(', ')}`)
  return index
}

/** The error of an option that is not as expected. */
export function wrong(
  { prefix, members }: Dictionary,
  name: string,
  expected: string,
  type: new (message: string) => Error = TypeError,
): Error {
  return new type(`${prefix}${name}: must be ${expected}, not ${String(members[name])}`)
}

/**
 * How many bytes one event may buffer: 64 MiB by default.
 *
 * The memory of a wasm instance never shrinks, so that there has to be a limit. Precedents: Chromium
 * holds back a server whose response nobody reads at about this size; the WebSocket server `ws` takes
 * messages of up to 100 MiB; Go's `bufio.Scanner`, which many servers read event streams with, stops
 * at 64 KiB a line.
 *
 * DIFFERENCE: the native class has no limit.
 */
export function maxEventSizeOf(options: Dictionary): number {
  return number(options, 'maxEventSize', 'a number of bytes', 1, 64 * 1024 * 1024, true)
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
