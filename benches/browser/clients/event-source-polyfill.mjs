// @ts-check
/** `event-source-polyfill`: look-alike events, and a dispatch of its own. */

// It keeps the `fetch` that it finds when it is loaded.
import { replacement } from '../replaceable-fetch.mjs'

import { EventSourcePolyfill } from 'event-source-polyfill'

import { connectEventSource, eventFields } from '../event-source-like.mjs'
import { serve } from '../frame.mjs'

serve({
  connect: ({ url, fetch }, receiver) => {
    replacement.fetch = fetch
    return connectEventSource(new EventSourcePolyfill(url), receiver)
  },
  fields: eventFields,
})
