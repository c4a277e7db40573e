/** What all entry points with the class export. */

export { EventSource } from './event-source/finished-event-source.js'
export type { EventMap, EventSourceEventMap } from './event-source/event-map.js'
export type { EventSourceHandler } from './event-source/event-handler.js'
export type { EventSourceIterator } from './event-source/message-queue.js'
export { EventSourceError } from './failures/event-source-error.js'
export type { EventSourceErrorReason, EventSourceFailure } from './failures/failure.js'
export { EventSourceErrorEvent, EventSourceOpenEvent } from './event-source/events.js'
export type { Attempt, Decision, EventSourceOptions, ReconnectOptions, ResumeOptions } from './options/options.js'
export {
  EventStreamDecoder,
  type EventStreamDecoderOptions,
  EventTooLargeError,
} from './decoding/event-stream-decoder.js'
export type { Bytes } from './decoding/bytes.js'
export { EventStreamDecoderStream } from './decoding/event-stream-decoder-stream.js'
export { checkResponse, eventsFrom } from './decoding/events-from.js'
export { json, type JsonOptions, MalformedJsonError } from './decoding/json.js'
export type { EventSourceMessage, ServerSentEvent } from './decoding/server-sent-event.js'
