/**
 * What people write, as their TypeScript sees it: compiled with every version in `../typescript`, against
 * the packed tarball, never run.
 */

import {
  type Attempt,
  checkResponse,
  type Decision,
  EventSource,
  EventSourceError,
  type EventSourceErrorReason,
  type EventSourceIterator,
  type EventSourceMessage,
  type EventSourceOptions,
  EventStreamDecoder,
  EventStreamDecoderStream,
  EventTooLargeError,
  eventsFrom,
  init,
  json,
  MalformedJsonError,
  type ServerSentEvent,
} from 'wasm-eventsource'
import * as decoding from 'wasm-eventsource/decoder'
import { createParser, type ParseError } from 'wasm-eventsource/eventsource-parser'
import { fetchEventSource, type FetchEventSourceInit } from 'wasm-eventsource/fetch-event-source'
import * as noWasm from 'wasm-eventsource/no-wasm'
import * as slim from 'wasm-eventsource/slim'

interface Tick {
  price: number
}

/** Whether two types are the same, `any` being none but itself. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(..._: Same<A, B> extends true ? [] : ['not the same', A, B]): void {}

// The class stands where the native one is expected.

type Native = typeof globalThis.EventSource
const classes: Native[] = [EventSource, slim.EventSource, noWasm.EventSource]
const native: globalThis.EventSource = new EventSource('/')
const typed: EventSource = new EventSource<{ price: MessageEvent<string> }>('/')
void [classes, native, typed]
class Subclass extends EventSource<{ price: MessageEvent<string> }> {}
new Subclass(new URL('https://example.test/')).close()
same<InstanceType<typeof slim.EventSource>, EventSource>()

// Events.

const source = new EventSource<{ price: MessageEvent<Tick>; state: MessageEvent<'on' | 'off'> }>('/')
source.addEventListener('price', (event) => same<typeof event, MessageEvent<Tick>>())
source.addEventListener('state', ({ data }) => same<typeof data, 'on' | 'off'>())
source.addEventListener('error', (event) => {
  same<typeof event.reason, EventSourceErrorReason>()
  same<typeof event.retryIn, number | null>()
  same<typeof event.status, number | undefined>()
})
source.addEventListener('open', ({ response }) => same<typeof response, Response | undefined>())
source.addEventListener('message', ({ data }) => same<typeof data, string>())
source.addEventListener('of any name', (event) => same<typeof event, MessageEvent<string>>())
source.addEventListener('price', { handleEvent: (event) => void event.type })
source.removeEventListener('price', console.log)
source.onmessage = function (event) {
  same<typeof event, MessageEvent<string>>()
  this.close()
}
source.onerror = null
// @ts-expect-error an event is an object
new EventSource<{ price: string }>('/')

// Bytes, whatever TypeScript thinks of what is under them.

declare const bytes: Uint8Array
declare const buffer: ArrayBuffer
declare const body: ReadableStream<Uint8Array>
declare const response: Response
const decoder = new EventStreamDecoder({ maxEventSize: undefined, lastEventId: '1' })
for (const chunk of [bytes, buffer, new DataView(buffer), Uint8Array.of(1)]) decoder.decode(chunk)
same<ReturnType<typeof decoder.decode>, ServerSentEvent[]>()
// @ts-expect-error text is not bytes
decoder.decode('data: a')
// @ts-expect-error read-only
decoder.lastEventId = ''
body.pipeThrough(new EventStreamDecoderStream({ maxEventSize: 1 }))
response.body?.pipeThrough(new EventStreamDecoderStream())
new EventSource('/', { method: 'POST', body: bytes })
new EventSource('/', { method: 'POST', body: async () => bytes })
new EventSource('/', { method: 'POST', body, reconnect: false })
fetchEventSource('/', { method: 'POST', body: bytes })

// Loops, in which no version may make `any` of a message.

export async function loops(): Promise<void> {
  for await (const message of source) same<typeof message, EventSourceMessage>()
  for await (const event of eventsFrom(response)) same<typeof event, ServerSentEvent>()
  for await (const event of eventsFrom(body, { maxEventSize: 5 })) same<typeof event, ServerSentEvent>()
  for await (const tick of json<Tick>(source, { until: '[DONE]' })) same<typeof tick, Tick>()
  for await (const tick of json<Tick>(eventsFrom(response))) same<typeof tick, Tick>()
  for await (const value of json([])) same<typeof value, unknown>()
  const iterator: EventSourceIterator = source[Symbol.asyncIterator]()
  const { value, done } = await iterator.next()
  if (!done) same<typeof value, EventSourceMessage>()
  await iterator.return()
  await Promise.all([init(), slim.init(), slim.init(new URL('https://example.test/')), noWasm.init(), checkResponse(response)])
  try {
    using disposed = new EventSource('/')
    void disposed
  } catch (error) {
    if (error instanceof EventSourceError) same<typeof error.reason, EventSourceErrorReason>()
    if (error instanceof EventTooLargeError) same<typeof error.events, readonly ServerSentEvent[]>()
    if (error instanceof MalformedJsonError) same<typeof error.event, ServerSentEvent>()
  }
}

// Options, also those that are not set.

declare const maybe: boolean
const options = {
  method: maybe ? 'POST' : undefined,
  headers: maybe ? { Authorization: 'x' } : undefined,
  reconnect: { strategy: 'exponential', jitter: 'full', decide: async ({ retryIn }): Promise<Decision> => retryIn },
  body: (attempt: Attempt) => `${attempt.number}`,
  cache: maybe ? 'reload' : undefined,
  fetch: maybe ? (url, init) => fetch(url, init) : undefined,
  signal: maybe ? AbortSignal.timeout(1) : null,
  onComment: maybe ? (text) => void text.length : undefined,
} satisfies EventSourceOptions
new EventSource('/', options)
// @ts-expect-error the URL is required
new EventSource()
// @ts-expect-error misspelt
new EventSource('/', { withCredential: true })
// @ts-expect-error no such strategy
new EventSource('/', { reconnect: { strategy: 'random' } })
// @ts-expect-error read-only
source.readyState = 1

// The adapters.

createParser({ onEvent: ({ id, event, data }) => void [id, event, data] }).feed('data: a')
createParser({ onError: (error) => same<typeof error, ParseError>(), maxBufferSize: undefined }).reset({ consume: true })
const settings: FetchEventSourceInit = { onopen: async (response) => void response.ok, openWhenHidden: true }
fetchEventSource('/', settings)

// One type for all files: what the one makes, the other takes.
export async function decodeAlone(response: Response, source: EventSource): Promise<ServerSentEvent[]> {
  const decoder: EventStreamDecoder = new decoding.EventStreamDecoder({ maxEventSize: 1_000 })
  for await (const tick of decoding.json<Tick>(source)) tick.price satisfies number
  for await (const event of decoding.eventsFrom(response)) event satisfies ServerSentEvent
  return decoder.decode(new Uint8Array())
}
