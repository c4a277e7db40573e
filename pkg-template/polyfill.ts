/**
 * The one `<script>`: puts the class in the place of `globalThis.EventSource`, and the native one,
 * where there is one, at `EventSource.native`.
 */

import { mayRunWebAssembly, provideEngine } from './engine.js'
import { EventSource } from './event-source.js'
import { startInlinedEngine } from './inlined-engine.js'

if (mayRunWebAssembly()) {
  provideEngine(startInlinedEngine)
  Object.defineProperty(EventSource, 'native', { value: globalThis.EventSource })
  Object.defineProperty(globalThis, 'EventSource', {
    value: EventSource,
    writable: true,
    configurable: true,
  })
} else {
  console.warn(
    "wasm-eventsource: the page's Content-Security-Policy forbids WebAssembly, so the native " +
      "EventSource stays. Add 'wasm-unsafe-eval' to the policy's script-src to replace it.",
  )
}
