/** What a member has received of late, to know it again if it comes once more. */

import type { ServerSentEvent } from '../decoding/server-sent-event.js'
import type { BatchText, Item } from '../event-source/connection.js'

/**
 * How much text is kept, in UTF-16 code units: 256 Ki, up to half a MiB for each source. It has to reach
 * back no further than two members can be apart when the leader changes; who is further behind reads
 * alone until it has caught up.
 */
export const MEMORY = 256 * 1024

/** The text of the last batches. Their IDs are looked for when they are needed, which is seldom. */
export class Seen {
  readonly #cut: (batch: BatchText) => readonly Item[]
  #texts: string[] = []
  #length = 0
  /** The ID that they come behind, while that is known. */
  #start: string | undefined

  constructor(cut: (batch: BatchText) => readonly Item[]) {
    this.#cut = cut
  }

  /** How much text is kept. */
  get length(): number {
    return this.#length
  }

  /** Keeps the text of a batch, and forgets what is too old. */
  add(messages: string): void {
    this.#texts.push(messages)
    this.#length += messages.length
    while (this.#length > MEMORY) {
      this.#length -= this.#texts.shift()!.length
      this.#start = undefined
    }
  }

  /** Forgets all: what comes, comes behind this ID. */
  begin(lastEventId: string): void {
    this.#texts = []
    this.#length = 0
    this.#start = lastEventId
  }

  /** The IDs that have come behind the last message with this one; `undefined` if that is not known. */
  after(lastEventId: string): Set<string> | undefined {
    const ids = this.#texts.flatMap((messages) =>
      this.#cut({ messages, remarks: '' }).map((item) => (item as ServerSentEvent).lastEventId),
    )
    if (this.#start !== undefined) ids.unshift(this.#start)
    const index = ids.lastIndexOf(lastEventId)
    return index < 0 ? undefined : new Set(ids.slice(index + 1))
  }
}
