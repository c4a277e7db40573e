// @ts-check
/** Counts bytes and knows no events: the limit of what anybody who fetches can reach. */

import { serve } from '../frame.mjs'
import { readBody } from '../read-body.mjs'

serve({
  connect: (source, { bytes, end }) => readBody(source, ({ length }) => bytes(length), end),
  fields: () => ({}),
})
