/** `wasm-eventsource/decoder`: what decodes, without the class, and with a module that can do no more. */

export { EventSourceError } from './failures/event-source-error.js'
export { EventStreamDecoder, EventTooLargeError } from './decoding/event-stream-decoder.js'
export { EventStreamDecoderStream } from './decoding/event-stream-decoder-stream.js'
export { checkResponse, eventsFrom } from './decoding/events-from.js'
export { json, MalformedJsonError } from './decoding/json.js'
export { init } from './engine/init.js'
