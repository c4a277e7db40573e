// @ts-check
/** `@microsoft/fetch-event-source`, which calls a function with plain objects. */

import { fetchEventSource } from '@microsoft/fetch-event-source'

import { serve } from '../frame.mjs'

serve({
  connect: ({ url, fetch }, { message, end }) => {
    const controller = new AbortController()
    fetchEventSource(url, {
      fetch,
      signal: controller.signal,
      // Else it adds a listener for the visibility of the page.
      openWhenHidden: true,
      onmessage: message,
      onclose: () => end('closed'),
      onerror: (error) => {
        throw error
      },
    }).catch((error) => end(String(error)))
    return () => controller.abort()
  },
  fields: ({ event, data, id }) => ({ type: event || 'message', data, lastEventId: id }),
})
