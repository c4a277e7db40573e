/**
 * The one `<script>`: puts the class in the place of `globalThis.EventSource`, and the native one,
 * where there is one, at `EventSource.native`.
 */

import { startAhead } from './engine/start-ahead.js'
import { whyNoWebAssembly } from './engine/web-assembly-support.js'
import { EventSource } from './event-source/finished-event-source.js'
import { replaceNative, tellOfOptions } from './replace-native.js'

const obstacle = whyNoWebAssembly()
if (obstacle !== undefined) tellOfOptions(obstacle)
else if (replaceNative(EventSource)) startAhead()
