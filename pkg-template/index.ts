/** `wasm-eventsource`: the class, with the WebAssembly module inside. */

import { provideEngine } from './engine.js'
import { startInlinedEngine } from './inlined-engine.js'

export * from './api.js'

provideEngine(startInlinedEngine)
