/** Messages whose data is JSON. */

import { NativeSyntaxError } from '../natives.js'
import { leaveWhileWaiting } from './leave-while-waiting.js'
import type { ServerSentEvent } from './server-sent-event.js'

/** The options of {@link json}. */
export interface JsonOptions {
  /**
   * Data that is no JSON, but means that the stream is complete: `'[DONE]'`, for example.
   * @default none: the stream is complete when the messages end
   */
  until?: string | undefined
}

/** The data of a message is not JSON. `cause` is the `SyntaxError` that `JSON.parse` has thrown. */
export class MalformedJsonError extends NativeSyntaxError {
  /** The message. */
  readonly event: ServerSentEvent

  /** @internal */
  constructor(event: ServerSentEvent, cause: unknown) {
    const start = event.data.length > 40 ? `${event.data.slice(0, 40)}…` : event.data
    super(`The data of the message is not JSON: ${JSON.stringify(start)}`, { cause })
    this.event = event
  }

  // On the prototype, where minifying does not take it.
  override get name(): string {
    return 'MalformedJsonError'
  }
}

/**
 * What the data of messages stands for, parsed as JSON:
 *
 * ```ts
 * for await (const { choices } of json<Chunk>(source, { until: '[DONE]' })) write(choices[0])
 * ```
 *
 * Messages without data, which some servers send to keep a connection alive, are skipped. Nothing
 * checks that the data has the type `T`.
 *
 * @param messages - an `EventSource`, what `eventsFrom` gives, a stream, or an array
 * @returns an iterator that rejects with a {@link MalformedJsonError}, or with what `messages` fails
 * with. When it ends, fails or is left, the iteration of `messages` is left too, which closes a source.
 */
export function json<T = unknown>(
  messages: AsyncIterable<ServerSentEvent> | Iterable<ServerSentEvent>,
  options?: JsonOptions,
): AsyncGenerator<T, void, undefined> {
  let iterator: AsyncIterator<ServerSentEvent> | undefined
  const iterate = (): AsyncIterator<ServerSentEvent> =>
    (iterator = (messages as AsyncIterable<ServerSentEvent>)[Symbol.asyncIterator]())
  const watched = Symbol.asyncIterator in messages ? { [Symbol.asyncIterator]: iterate } : messages
  return leaveWhileWaiting(values<T>(watched, options), () => {
    // What it fails with, the generator fails with.
    iterator?.return?.().catch(() => {})
  })
}

async function* values<T>(
  messages: AsyncIterable<ServerSentEvent> | Iterable<ServerSentEvent>,
  { until }: JsonOptions = {},
): AsyncGenerator<T, void, undefined> {
  for await (const message of messages) {
    if (message.data === until) return
    if (message.data.trim() !== '') yield parse<T>(message)
  }
}

function parse<T>(message: ServerSentEvent): T {
  try {
    return JSON.parse(message.data) as T
  } catch (cause) {
    throw new MalformedJsonError(message, cause)
  }
}
