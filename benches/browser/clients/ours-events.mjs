// @ts-check
/** wasm-eventsource, the class. */

import { EventSource } from '../../../pkg/index.js'

import { connectEventSource, eventFields } from '../event-source-like.mjs'
import { serve } from '../frame.mjs'

serve({
  connect: ({ url, fetch }, receiver) =>
    connectEventSource(new EventSource(url, { fetch }), receiver),
  fields: eventFields,
})
