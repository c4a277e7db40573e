/**
 * The one `<script>`: puts the class in the place of `globalThis.EventSource`, and the native one,
 * where there is one, at `EventSource.native`.
 */

import { provideEngine } from './engine/engine.js'
import { startInlinedEngine } from './engine/inlined-engine.js'
import { whyNoWebAssembly } from './engine/web-assembly-support.js'
import { EventSource } from './event-source/event-source.js'

const obstacle = whyNoWebAssembly()
if (obstacle === undefined) {
  provideEngine(startInlinedEngine)
  Object.defineProperty(EventSource, 'native', { value: globalThis.EventSource })
  Object.defineProperty(globalThis, 'EventSource', {
    value: EventSource,
    writable: true,
    configurable: true,
  })
} else {
  console.warn(`wasm-eventsource: the native EventSource stays. ${obstacle}`)
}
