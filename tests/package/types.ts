/**
 * The class has the type that lib.dom gives the native one, so that code written for the one takes
 * the other. Compiled by `npm run check`, never run.
 */

import { createParser } from '../../pkg/eventsource-parser.js'
import { fetchEventSource } from '../../pkg/fetch-event-source.js'
import {
  EventSource,
  type EventSourceErrorReason,
  type EventSourceMessage,
  type EventSourceOptions,
  EventStreamDecoder,
  EventStreamDecoderStream,
  eventsFrom,
  json,
  type ServerSentEvent,
} from '../../pkg/index.js'
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
  resume: { storage: sessionStorage, key: 'a' },
  share: 'user-42',
  redirect: 'error',
} satisfies EventSourceOptions)
source.close()

const own: EventSource = EventSource.fromReadableStream(new Blob().stream())
const attributes: [string, number] = [own.lastEventId, own.reconnectionTime]
own.reset()
void attributes

const shared: boolean = new EventSource('/', { share: true }).shared
const end: void = new EventSource('/', { share: shared }).closeForAll()
const reasons: EventSourceErrorReason[] = ['handover', 'slow', 'left']
void [end, reasons]

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
// @ts-expect-error no name
new EventSource('/', { share: 42 })
// @ts-expect-error read-only
own.shared = true
// @ts-expect-error read-only
source.readyState = 1

slim.init('/wasm_eventsource_bg.wasm') satisfies Promise<void>

export async function everyWayToRead(response: Response): Promise<void> {
  using source = new EventSource('/')
  for await (const message of source) {
    message satisfies EventSourceMessage
    break
  }
  for await (const event of eventsFrom(response)) event satisfies ServerSentEvent
  for await (const event of eventsFrom(response.body!, { maxEventSize: 5 })) void event.lastEventId
  const events: ReadableStream<ServerSentEvent> = response.body!.pipeThrough(
    new EventStreamDecoderStream(),
  )
  for await (const { a } of json<{ a: number }>(source, { until: '[DONE]' })) a satisfies number
  for await (const unknown of json(eventsFrom(events as never))) unknown satisfies unknown
  const decoder = new EventStreamDecoder({ lastEventId: '1' })
  for (const { type, data } of decoder.decode(new ArrayBuffer(1))) void [type, data]
  decoder.reconnectionTime satisfies number | undefined
  // @ts-expect-error text is not bytes
  decoder.decode('data: a')
  // @ts-expect-error read-only
  decoder.lastEventId = ''
}

createParser({ onEvent: ({ id, event, data }) => void [id, event, data] }).feed('data: a')
fetchEventSource('/', { onopen: async (response) => void response.ok, openWhenHidden: true })
