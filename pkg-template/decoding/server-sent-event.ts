/** A message of an event stream, as whoever does not listen to a source gets it. */

/** A message of an event stream. */
export interface ServerSentEvent {
  /** What the server calls it; `'message'` where it gives no name. */
  type: string
  /** Its text; lines are joined by LF. */
  data: string
  /** The last event ID: that of this message, or of one before it; `''` if there was none. */
  lastEventId: string
}

/** A message of a source. */
export interface EventSourceMessage extends ServerSentEvent {
  /** The origin of the URL that it came from, after redirects. */
  origin: string
}
