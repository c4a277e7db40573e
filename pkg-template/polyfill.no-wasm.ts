/** `polyfill.ts`, for pages on which WebAssembly is forbidden. */

import { EventSource } from './event-source/finished-event-source.js'
import { replaceNative } from './replace-native.js'

replaceNative(EventSource)
