/** `wasm-eventsource`: the class, with the WebAssembly module inside. */

import { provideEngine } from './engine/engine.js'
import { startInlinedEngine } from './engine/inlined-engine.js'

export * from './api.js'

provideEngine(startInlinedEngine)
