/** `wasm-eventsource/decoder`: what decodes, without the class, and with a module that can do no more. */

export {
  type Bytes,
  checkResponse,
  EventSourceError,
  type EventSourceErrorReason,
  type EventSourceFailure,
  EventStreamDecoder,
  type EventStreamDecoderOptions,
  EventStreamDecoderStream,
  EventTooLargeError,
  eventsFrom,
  init,
  json,
  type JsonOptions,
  MalformedJsonError,
  type ServerSentEvent,
} from './index.js'
