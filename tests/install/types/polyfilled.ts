/** The global class, as an import of the polyfill declares it. */

import 'wasm-eventsource/polyfill'
import type { PolyfilledEventSource } from 'wasm-eventsource/polyfill'

const source = new EventSource('/', { headers: { Authorization: 'x' }, reconnect: { jitter: 'full' } })
source.addEventListener('error', ({ reason, retryIn }) => void [reason satisfies string, retryIn satisfies number | null])
source.addEventListener('open', ({ response }) => response satisfies Response | undefined)
source.addEventListener('price', ({ data }) => void data)
source.lastEventId satisfies string
source.reconnectionTime satisfies number
// @ts-expect-error misspelt
new EventSource('/', { header: {} })

new window.EventSource('/').onerror = ({ message }) => message satisfies string
const named = new window.EventSource<{ state: MessageEvent<'on' | 'off'> }>('/')
named.addEventListener('state', ({ data }) => data satisfies 'on' | 'off')
window.EventSource.fromReadableStream(new ReadableStream()).close()
const { native } = self.EventSource
if (native !== undefined) new native('/', { withCredentials: true }).close()
window.EventSource satisfies PolyfilledEventSource

export async function loop(): Promise<void> {
  for await (const { data, origin } of source) void [data satisfies string, origin satisfies string]
}
