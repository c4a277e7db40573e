/** The events of a response that somebody else has fetched. */

import { startEngine } from '../engine/engine.js'
import { EventSourceError } from '../failures/event-source-error.js'
import type { EventSourceErrorReason } from '../failures/failure.js'
import type { Bytes } from './bytes.js'
import { decodeChunk } from './decode-chunk.js'
import { EventStreamDecoder, type EventStreamDecoderOptions } from './event-stream-decoder.js'
import { leaveWhileWaiting } from './leave-while-waiting.js'
import type { ServerSentEvent } from './server-sent-event.js'

/**
 * The events of a response, or of a stream of bytes, for a `for await` loop:
 *
 * ```ts
 * for await (const { type, data } of eventsFrom(await fetch(url))) console.log(type, data)
 * ```
 *
 * The body is read when the loop asks for more. Leaving the loop, also by `return()` while a message
 * is awaited, cancels it (in Firefox, only aborting the fetch closes the connection of a server that
 * is silent).
 *
 * @param source - a response whose body has not been read yet, or a body
 * @param options - see {@link EventStreamDecoderOptions}
 * @returns an iterator that rejects with
 * - an {@link EventSourceError} with the reason `status` or `content-type`, if the response is not a
 *   200 or not `text/event-stream`; its `response` is the one given, the body unread
 * - an `EventTooLargeError`, after the events that came before
 * - a `TypeError`, if the body has been read already, or if a chunk is not bytes
 * - an `Error`, if WebAssembly cannot be started here
 * - what the body fails with, an `AbortError` for example
 */
export function eventsFrom(
  source: Response | ReadableStream<Bytes>,
  options?: EventStreamDecoderOptions,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const leaving = new AbortController()
  return leaveWhileWaiting(read(source, options, leaving.signal), () => leaving.abort())
}

async function* read(
  source: Response | ReadableStream<Bytes>,
  options: EventStreamDecoderOptions | undefined,
  leaving: AbortSignal,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  await startEngine()
  const decoder = new EventStreamDecoder(options)
  const body = isStream(source) ? source : await bodyOf(source)
  if (body === null) return
  if (body.locked) throw new TypeError('eventsFrom: the body is being read by somebody else')
  const reader = body.getReader()
  // Whatever becomes of the cancelling: a read that waits is at its end at once.
  const cancel = (): void => void reader.cancel().catch(() => {})
  leaving.addEventListener('abort', cancel)
  try {
    while (!leaving.aborted) {
      const { value, done } = await reader.read()
      if (done) return
      const { events, failure } = decodeChunk(decoder, value)
      yield* events
      if (failure !== undefined) throw failure
    }
  } finally {
    // Fails as the body has failed, which is known by now; of a body that has ended it does nothing.
    cancel()
    reader.releaseLock()
  }
}

function isStream(source: Response | ReadableStream): source is ReadableStream {
  // Not by `instanceof`: it may come from another realm, or be a polyfill.
  if (typeof source === 'object' && source !== null) {
    if ('getReader' in source) return true
    if ('headers' in source) return false
  }
  throw new TypeError(
    `eventsFrom: expects a Response or a ReadableStream, not ${String(source)}` +
      ('then' in Object(source) ? '; await it first' : ''),
  )
}

/** The body of a response, if it is an event stream. */
async function bodyOf(response: Response): Promise<ReadableStream<Bytes> | null> {
  await checkResponse(response)
  if (response.bodyUsed) throw new TypeError('eventsFrom: the body has been read already')
  return response.body
}

/**
 * Checks that a response is what the standard wants: a 200, and an event stream. For a response whose
 * body you read yourself; {@link eventsFrom} does it.
 *
 * @returns a promise that rejects with an {@link EventSourceError} with the reason `status` or
 * `content-type`; its `response` is the one given, the body unread
 */
export async function checkResponse(response: Response): Promise<void> {
  const { glue } = await startEngine()
  if (response.status !== 200) throw refusal(response, 'status')
  if (!glue.Decoder.isEventStream(response.headers.get('Content-Type') ?? '')) {
    throw refusal(response, 'content-type')
  }
}

function refusal(response: Response, reason: EventSourceErrorReason): EventSourceError {
  return new EventSourceError({
    reason,
    status: reason === 'status' ? response.status : undefined,
    response,
    error: undefined,
    attempt: 1,
    retryIn: null,
    url: response.url,
  })
}
