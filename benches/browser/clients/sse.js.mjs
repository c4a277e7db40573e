// @ts-check
/** `sse.js`: events of the browser, which it does not dispatch; it reads with `XMLHttpRequest`. */

import { SSE } from 'sse.js'

import { connectEventSource, eventFields } from '../event-source-like.mjs'
import { serve } from '../frame.mjs'

serve({
  connect: ({ url, fetch }, receiver) => {
    if (fetch !== undefined) throw new Error('takes no fetch')
    return connectEventSource(new SSE(url), receiver)
  },
  fields: eventFields,
})
