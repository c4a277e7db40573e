/** Where in a stream somebody is. */

import type { Item } from '../event-source/connection.js'

/** Where in a stream somebody is: behind the message with this ID. */
export interface Place {
  readonly lastEventId: string
  /**
   * Whether the ID tells it: the last message had an ID of its own. Behind one that had none, a server
   * that is asked to go on from the ID of the message before it sends it again, or does not.
   */
  readonly isExact: boolean
}

/** Nobody knows where. */
export const SOMEWHERE: Place = { lastEventId: '', isExact: false }

/** The place behind these messages, for who was at `place` before them. */
export function placeBehind(place: Place, items: readonly Item[]): Place {
  let last: string | undefined
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index]!
    if (typeof item === 'string') continue
    if (last === undefined) last = item.lastEventId
    else return { lastEventId: last, isExact: isTold(last, item.lastEventId) }
  }
  return last === undefined ? place : { lastEventId: last, isExact: isTold(last, place.lastEventId) }
}

/** Whether two places are the same, for sure. */
export function areSame(one: Place, other: Place): boolean {
  return one.isExact && other.isExact && one.lastEventId === other.lastEventId
}

/** Whether a message had an ID of its own, given that of the one before it. */
function isTold(lastEventId: string, former: string): boolean {
  return lastEventId !== '' && lastEventId !== former
}
