/** The text that the deltas of a language model add up to. */

import type { Row } from '../observation/types.js'
import { parsed } from './filter.js'

/** The longest text that is kept. */
const LONGEST = 1_000_000

/** Where the usual interfaces put the next piece of text. */
const PATHS: readonly (readonly (string | number)[])[] = [
  ['choices', 0, 'delta', 'content'],
  ['choices', 0, 'text'],
  ['delta', 'text'],
  ['delta', 'content'],
  ['delta'],
  ['token'],
  ['response'],
  ['candidates', 0, 'content', 'parts', 0, 'text'],
]

/** The piece of text that an event adds, or nothing. */
export function deltaOf(row: Row): string | undefined {
  if (row.kind !== 'event') return undefined
  const value = parsed(row.data)
  for (const path of PATHS) {
    const piece = path.reduce<unknown>((part, name) => {
      return typeof part === 'object' && part !== null ? Reflect.get(part, name) : undefined
    }, value)
    if (typeof piece === 'string') return piece
  }
  return undefined
}

/** Joins the deltas of rows as they come. */
export class DeltaText {
  text = ''
  #next = 0

  /** @returns whether the text has grown */
  update(rows: { first: number; end: number; at(number: number): Row | undefined }): boolean {
    const before = this.text.length
    for (this.#next = Math.max(this.#next, rows.first); this.#next < rows.end; this.#next++) {
      const row = rows.at(this.#next)
      const piece = row && deltaOf(row)
      if (piece !== undefined && this.text.length < LONGEST) this.text += piece
    }
    return this.text.length > before
  }
}
