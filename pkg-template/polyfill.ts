/**
 * The one `<script>`: puts the class in the place of `globalThis.EventSource`, and the native one,
 * where there is one, at `EventSource.native`.
 */

import { provideEngine } from './engine.js'
import { EventSource } from './event-source.js'
import { startInlinedEngine } from './inlined-engine.js'
import { whyNoWebAssembly } from './web-assembly-support.js'

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
