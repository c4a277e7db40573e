/** The class, finished. In JavaScript, as to TypeScript a constant is no class: see the declaration. */

import { EventSource as Class } from './event-source.js'
import { finish } from './finish.js'

export const EventSource = /* @__PURE__ */ finish(Class)
