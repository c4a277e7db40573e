// @ts-check
/** The browser's own class. */

import { connectEventSource, eventFields } from '../event-source-like.mjs'
import { serve } from '../frame.mjs'

serve({
  connect: (source, receiver) => connectEventSource(new EventSource(source.url), receiver),
  fields: eventFields,
})
