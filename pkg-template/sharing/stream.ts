/** The stream of one that leads, as a member knows it. */

import type { Place } from './place.js'

export interface Stream {
  readonly from: string
  readonly epoch: number
  count: number
  /** Where it is; known of one's own. */
  place: Place
  isOpen: boolean
  isVisible: boolean
}

/** Whether one leads, and not the other: the later, or of two at the same time, the lower ID. */
export function isAbove(one: { epoch: number; from: string }, other: { epoch: number; from: string }): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.from < other.from)
}

export function placeOf({ lastEventId, isExact }: Place): Place {
  return { lastEventId, isExact }
}
