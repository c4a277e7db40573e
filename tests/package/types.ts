/**
 * The class has the type that lib.dom gives the native one, so that code written for the one takes
 * the other. Compiled by `npm run check`, never run.
 */

import { EventSource, type EventSourceErrorReason, type EventSourceOptions } from '../../pkg/index.js'
import * as slim from '../../pkg/slim.js'

type NativeConstructor = typeof globalThis.EventSource

EventSource satisfies NativeConstructor
slim.EventSource satisfies NativeConstructor

export function writtenForTheNativeClass(Source: NativeConstructor): void {
  const source = new Source(new URL('https://example.test/'), { withCredentials: true })
  source.onmessage = function (event) {
    this.close()
    const data: string = event.data
    void data
  }
  source.addEventListener('price', ({ data, lastEventId, origin }: MessageEvent<string>) => {
    void [data, lastEventId, origin]
  })
  const state: number = source.readyState
  if (state === Source.CLOSED || state === source.OPEN) source.onerror = null
}
writtenForTheNativeClass(EventSource)

const source: globalThis.EventSource = new EventSource('/', {
  method: 'POST',
  headers: new Headers({ Authorization: 'Bearer x' }),
  body: new URLSearchParams({ a: 'b' }),
  lastEventId: '1',
  reconnect: { strategy: 'exponential', jitter: 'full', statuses: [429], decide: async () => 5 },
  maxEventSize: 1024,
  fetch: (url, init) => fetch(url, init),
  sendLastEventId: { query: 'lastEventId' },
  signal: AbortSignal.timeout(1_000),
  connectTimeout: 1_000,
  idleTimeout: 30_000,
  pauseWhenHidden: true,
  onComment: (text) => void text.length,
  redirect: 'error',
} satisfies EventSourceOptions)
source.close()

new EventSource('/').addEventListener('error', (event) => {
  const reason: EventSourceErrorReason = event.reason
  const retryIn: number | null = event.retryIn
  const status: number | undefined = event.status
  void [reason, retryIn, status]
})

// @ts-expect-error the URL is required
new EventSource()
// @ts-expect-error misspelt
new EventSource('/', { withCredential: true })
// @ts-expect-error no such strategy
new EventSource('/', { reconnect: { strategy: 'random' } })
// @ts-expect-error read-only
source.readyState = 1

slim.init('/wasm_eventsource_bg.wasm') satisfies Promise<void>
