/** What both entry points export. */

export { EventSource, type EventSourceEventMap, type EventSourceHandler } from './event-source.js'
export {
  EventSourceErrorEvent,
  type EventSourceErrorReason,
  type EventSourceFailure,
  EventSourceOpenEvent,
} from './events.js'
export type { Attempt, EventSourceOptions, ReconnectOptions } from './options.js'
