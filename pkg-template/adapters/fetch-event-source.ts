/**
 * `wasm-eventsource/fetch-event-source`: for code that was written for npm
 * `@microsoft/fetch-event-source` 2. docs/differences.md lists where it differs.
 */

import type { Bytes } from '../decoding/bytes.js'
import { checkResponse, EventStreamDecoder, init as startEngine } from '../decoder.js'
import { visit } from './remarks.js'

/** The content type of event streams. */
export const EventStreamContentType = 'text/event-stream'

/** A message, as {@link FetchEventSourceInit.onmessage} gets it. */
export interface EventSourceMessage {
  /** The ID that the event has of its own; `''` if it has none. */
  id: string
  /** What the server calls it; `''` if it gives no name. */
  event: string
  /** Its text; lines are joined by LF. */
  data: string
  /** The reconnection time in ms, if the stream has set one since the message before. */
  retry?: number | undefined
}

/** The options: those of `fetch`, and some more. */
export interface FetchEventSourceInit extends Omit<RequestInit, 'headers' | 'body'> {
  /** Headers to add; one is `Accept: text/event-stream`, if there is none here. */
  headers?: HeadersInit | undefined
  /** What `fetch` takes, and any bytes. */
  body?: BodyInit | Bytes | null | undefined
  /**
   * Called with each response, before its body is read. To refuse it, throw.
   * @default throws an `EventSourceError` unless the status is 200, and the content type right
   */
  onopen?: ((response: Response) => Promise<void> | void) | undefined
  /** Called with each message. What it throws ends the request, and goes to `onerror`. */
  onmessage?: ((message: EventSourceMessage) => void) | undefined
  /** Called when the server has ended a response. To ask again, throw. */
  onclose?: (() => void) | undefined
  /**
   * Called with whatever a request has failed with. To give up, throw, which rejects the promise;
   * otherwise return in how many ms to ask again.
   * @default asks again after what the stream's `retry` says, 1000 ms if it says nothing
   */
  onerror?: ((error: any) => number | null | undefined | void) | undefined
  /**
   * Whether the request goes on while the page is hidden. Otherwise it is aborted, and made again
   * from the last event ID when the page is shown.
   * @default false
   */
  openWhenHidden?: boolean | undefined
  /**
   * Called in the place of the global function.
   * @default the global `fetch`, as it is at the time of the call
   */
  fetch?: typeof globalThis.fetch | undefined
}

const LAST_EVENT_ID = 'Last-Event-ID'
const DEFAULT_RETRY_INTERVAL = 1_000
/** What a server may make of the interval, in ms; the class has the same limits. */
const MIN_RETRY_INTERVAL = 100
/** What a timer takes, in ms. */
const MAX_INTERVAL = 2 ** 31 - 1

/**
 * Fetches an event stream, again and again if it has to, and calls back with its messages.
 *
 * @returns a promise that resolves when the server has ended a response, unless `onclose` throws, or
 * when `signal` is aborted; and rejects with what `onerror` throws
 */
export async function fetchEventSource(
  input: RequestInfo | URL,
  { signal, openWhenHidden = false, onclose, onerror, ...init }: FetchEventSourceInit = {},
): Promise<void> {
  await startEngine()
  const decoder = new EventStreamDecoder({ keepsRemarks: true })
  init.onopen ??= checkResponse
  const stream = { decoder, headers: headersOf(input, init.headers) }
  while (!signal?.aborted) {
    const attempt = new AbortController()
    const stopWatching = watch(attempt, signal, openWhenHidden)
    try {
      await unlessAborted(attempt.signal, readOnce(input, init, stream, attempt.signal))
      onclose?.()
      return
    } catch (error) {
      if (!attempt.signal.aborted) {
        const asked = onerror?.(error) ?? undefined
        const time = decoder.reconnectionTime ?? DEFAULT_RETRY_INTERVAL
        const interval = asked ?? Math.max(time, MIN_RETRY_INTERVAL)
        stopWatching()
        await sleep(Math.min(interval, MAX_INTERVAL), signal)
      }
    } finally {
      stopWatching()
      // Whatever happened, nobody reads its response any more.
      attempt.abort()
    }
    if (!openWhenHidden) await untilVisible(signal)
  }
}

/** What one attempt leaves to the next. */
interface Stream {
  decoder: EventStreamDecoder
  headers: Headers
}

/** One attempt, from its request to the end of its body. */
async function readOnce(
  input: RequestInfo | URL,
  { headers: _, onopen, onmessage, fetch, ...init }: FetchEventSourceInit,
  stream: Stream,
  signal: AbortSignal,
): Promise<void> {
  // A request that has been sent once could not be sent again.
  const request = input instanceof Request ? input.clone() : input
  const response = await (fetch ?? globalThis.fetch)(request, {
    ...(init as RequestInit),
    headers: stream.headers,
    signal,
  })
  if (signal.aborted) return
  await onopen?.(response)
  if (signal.aborted) return
  stream.decoder.reset()
  const reader = response.body?.getReader()
  while (reader !== undefined && !signal.aborted) {
    const { value, done } = await reader.read()
    if (done || signal.aborted) return
    deliver(stream, value, (message) => {
      if (!signal.aborted) onmessage?.(message)
    })
  }
}

/** @throws an `EventTooLargeError`; what `onmessage` throws */
function deliver(
  { decoder, headers }: Stream,
  chunk: Bytes,
  onmessage: (message: EventSourceMessage) => void,
): void {
  let retry: number | undefined
  const failure = visit(decoder, chunk, {
    message(event, data, id = '') {
      onmessage({ id, event, data, retry })
      retry = undefined
    },
    id(id) {
      if (id === '') headers.delete(LAST_EVENT_ID)
      else headers.set(LAST_EVENT_ID, byteString(id))
    },
    retry: (time) => (retry = time),
  })
  if (failure !== undefined) throw failure
}

/** The headers of a request, those of its own included, and one more. */
function headersOf(input: RequestInfo | URL, given: HeadersInit | undefined): Headers {
  const headers = new Headers(input instanceof Request ? input.headers : undefined)
  new Headers(given).forEach((value, name) => headers.set(name, value))
  if (!headers.has('Accept')) headers.set('Accept', EventStreamContentType)
  return headers
}

/** A header value is taken byte by byte: the bytes of the text in UTF-8, each as one character. */
function byteString(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}

/** Aborts the attempt with the signal, and when the page gets hidden, until the result is called. */
function watch(
  attempt: AbortController,
  signal: AbortSignal | null | undefined,
  openWhenHidden: boolean,
): () => void {
  const page = openWhenHidden ? undefined : globalThis.document
  const abort = () => attempt.abort()
  const abortIfHidden = () => {
    if (page?.hidden) abort()
  }
  signal?.addEventListener('abort', abort)
  page?.addEventListener('visibilitychange', abortIfHidden)
  return () => {
    signal?.removeEventListener('abort', abort)
    page?.removeEventListener('visibilitychange', abortIfHidden)
  }
}

/** What the promise comes to, or a rejection as soon as the signal is aborted. */
function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })
}

/** Resolves after so many ms, or when the signal is aborted. */
function sleep(time: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, time)
    signal?.addEventListener('abort', wake)
    if (signal?.aborted) wake()
  })
}

/** Resolves while the page is shown, or when the signal is aborted. */
function untilVisible(signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve) => {
    const page = globalThis.document
    const look = () => {
      if (page?.hidden && !signal?.aborted) return
      page?.removeEventListener('visibilitychange', look)
      signal?.removeEventListener('abort', look)
      resolve()
    }
    page?.addEventListener('visibilitychange', look)
    signal?.addEventListener('abort', look)
    look()
  })
}
