/** What a member of a group is given, and what it asks of whoever drives it. */

import type { BatchText, ConnectionOptions, Item } from '../event-source/connection.js'
import type { Batch, Message, PlainFailure } from './messages.js'
import type { Place } from './place.js'
import type { Seen } from './seen.js'

/** What a member is made of. */
export interface Beginning {
  id: string
  /** From 0 (inclusive) to 1 (exclusive), so that members do not all act at once. */
  random: number
  isVisible: boolean
  /** The reconnection time, in ms, until another one is heard of. */
  time: number
  /** Where it goes on; `undefined` if from wherever the others are. */
  place: Place | undefined
  seen: Seen
  cut(batch: BatchText): readonly Item[]
}

/** From where a connection goes on. */
export type Start = Pick<ConnectionOptions, 'lastEventId' | 'standing' | 'firstDelay'>

/**
 * What a member asks for. Its source may be closed while it is told something; what the member still asks for after
 * that is to be ignored.
 */
export interface Effects {
  /** Tells the others. */
  post(message: Message): void
  /** Reads over a connection of its own, from there on; there is none yet. */
  connect(start: Start): void
  /** Ends that connection. */
  disconnect(): void
  /** Whether that connection is not read while messages wait for loops. */
  holdBack(isHeldBack: boolean): void
  /** Takes the lock that is its own, unless it has it. */
  hold(): void
  /** Gives it back, in so many ms. */
  release(delay: number): void
  /** Waits for the lock of that leader, and for no other; keeps it once it has it. */
  watch(leader: string | undefined): void
  /** The source is told that the stream is open. */
  open(): void
  /** The source is given messages and comments, the last ones of a batch. */
  deliver(items: readonly Item[], batch: Batch): void
  /** The source is told that the connection is lost. */
  lose(failure: PlainFailure, isComplete: boolean): void
  /** How much text waits for its loops, in UTF-16 code units. */
  waiting(): number
  /** Calls `tick` of the member at that time, and not at the one that was told before. */
  wake(at: number): void
  /** The time, in ms of Unix time. */
  unixTime(): number
}
