/** What both entry points export. */

export { EventSource, type EventSourceEventMap, type EventSourceHandler } from './event-source.js'
export { EventSourceError } from './event-source-error.js'
export {
  EventSourceErrorEvent,
  type EventSourceErrorReason,
  type EventSourceFailure,
  EventSourceOpenEvent,
} from './events.js'
export type { Attempt, Decision, EventSourceOptions, ReconnectOptions } from './options.js'
export {
  EventStreamDecoder,
  type EventStreamDecoderOptions,
  EventTooLargeError,
} from './event-stream-decoder.js'
export { EventStreamDecoderStream } from './event-stream-decoder-stream.js'
export { eventsFrom } from './events-from.js'
export { json, type JsonOptions, MalformedJsonError } from './json.js'
export type { EventSourceMessage, ServerSentEvent } from './server-sent-event.js'
/** @internal For the adapters. */
export { startEngine } from './engine.js'
/** @internal For the adapters. */
export { checkResponse } from './events-from.js'
