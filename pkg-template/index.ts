/** `wasm-eventsource`: the class, with the WebAssembly module inside. */

import { provideEngine } from './engine.js'
import { startInlinedEngine } from './inlined-engine.js'

export { EventSource, type EventSourceEventMap, type EventSourceHandler } from './event-source.js'
export {
  EventSourceErrorEvent,
  type EventSourceErrorReason,
  type EventSourceFailure,
  EventSourceOpenEvent,
} from './events.js'
export type { Attempt, EventSourceOptions, ReconnectOptions } from './options.js'

provideEngine(startInlinedEngine)
