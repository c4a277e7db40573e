/// <reference lib="esnext.disposable" preserve="true" />
/** The class that takes the place of the native `EventSource`. */

import { appendMessages, type Batch } from './batch.js'
import {
  type Connection,
  type Engine,
  internalFailure,
  requireWebAssembly,
  runningEngine,
  Signal,
  startEngine,
} from './engine.js'
import { EventHandler } from './event-handler.js'
import { EventSourceError } from './event-source-error.js'
import { EventSourceErrorEvent, type EventSourceFailure, EventSourceOpenEvent } from './events.js'
import { FirstRequest } from './first-request.js'
import { dispatchEvent, Listeners } from './listeners.js'
import { MessageQueue } from './message-queue.js'
import { nextTask } from './next-task.js'
import type { EventSourceOptions } from './options.js'
import { watchLifecycle } from './page-lifecycle.js'
import { type CheckedOptions, readOptions } from './read-options.js'
import { SourceReceiver } from './receiver.js'
import { Requests } from './request.js'
import type { EventSourceMessage, ServerSentEvent } from './server-sent-event.js'

const CONNECTING = 0
const OPEN = 1
const CLOSED = 2

/** The events of an `EventSource`; those that the server names are `MessageEvent`s. */
export interface EventSourceEventMap {
  open: EventSourceOpenEvent
  message: MessageEvent<string>
  error: EventSourceErrorEvent
}

/** What an event handler attribute takes. */
export type EventSourceHandler<E extends Event> = ((this: EventSource, event: E) => unknown) | null

/**
 * What an event handler attribute returns. Wider than what it takes, so that the class can stand
 * where the native one is expected, whose handlers know less of their arguments.
 */
type CurrentHandler = ((this: any, event: any) => unknown) | null

/**
 * A connection to a server that sends events, after the HTML standard, section 9.2
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html): connects at once, fires `open`,
 * `error` and the server's messages as events, and reconnects until it is closed.
 *
 * ```ts
 * const source = new EventSource('/ticker')
 * source.addEventListener('price', (event) => console.log(JSON.parse(event.data)))
 * source.onerror = (event) => console.warn(event.reason, event.retryIn)
 * ```
 *
 * Call {@link close} when it is no longer needed: an open connection keeps itself alive.
 */
export class EventSource extends EventTarget {
  /** The value of `readyState` while connecting, or waiting to reconnect. */
  declare static readonly CONNECTING: 0
  /** The value of `readyState` while a response is being read. */
  declare static readonly OPEN: 1
  /** The value of `readyState` after `close()`, or once there will be no further attempt. */
  declare static readonly CLOSED: 2
  /** {@inheritDoc EventSource.CONNECTING} */
  declare readonly CONNECTING: 0
  /** {@inheritDoc EventSource.OPEN} */
  declare readonly OPEN: 1
  /** {@inheritDoc EventSource.CLOSED} */
  declare readonly CLOSED: 2

  readonly #url: string
  readonly #withCredentials: boolean
  readonly #listeners = new Listeners(this)
  readonly #onopen = new EventHandler(this, 'open', this.#listeners)
  readonly #onmessage = new EventHandler(this, 'message', this.#listeners)
  readonly #onerror = new EventHandler(this, 'error', this.#listeners)
  #readyState: 0 | 1 | 2 = CONNECTING
  #connection: Connection | undefined
  /** Those of the loops over this source. */
  readonly #queues = new Set<MessageQueue<EventSourceMessage>>()
  /** What loops throw that begin after the connection has failed for good, in an array. */
  #failure: [EventSourceError] | undefined
  /** Ends what the source listens to. */
  readonly #lifetime = new AbortController()

  /**
   * Connects to `url`; events come once the caller has returned.
   *
   * @param url - resolved against the document's base URL, or that of the worker's script
   * @param init - see {@link EventSourceOptions}
   * @throws a `SyntaxError` `DOMException` if `url` is no valid URL
   * @throws a `TypeError` or `RangeError` that names the option that is wrong
   * @throws an `Error` if this page cannot run WebAssembly; its message says what to do
   */
  constructor(url: string | URL, init: EventSourceOptions | undefined = undefined) {
    super()
    if (arguments.length === 0) throw new TypeError('EventSource: 1 argument required: the URL')
    const given = `${url}`
    const options = readOptions(init)
    this.#url = parseUrl(given)
    this.#withCredentials = options.withCredentials

    const { signal } = options
    if (signal?.aborted) {
      this.#close()
      return
    }
    const engine = runningEngine()
    if (engine === undefined) requireWebAssembly()
    signal?.addEventListener('abort', () => this.#close(), { signal: this.#lifetime.signal })
    const requests = new Requests(this.#url, options.request)
    if (engine !== undefined) {
      this.#connect(engine, options, requests)
    } else {
      this.#startEngine(options, requests).catch((error: unknown) =>
        this.#loseConnection(internalFailure(error), options),
      )
    }
  }

  /** The absolute URL that was asked for; redirects do not change it. */
  get url(): string {
    return this.#url
  }

  /** The state of the connection: `CONNECTING`, `OPEN` or `CLOSED`. */
  get readyState(): 0 | 1 | 2 {
    return this.#readyState
  }

  /** Whether credentials are sent to another origin too. */
  get withCredentials(): boolean {
    return this.#withCredentials
  }

  /** Called when the connection was established, and each time that it is again. */
  get onopen(): CurrentHandler {
    return this.#onopen.value
  }
  set onopen(handler: EventSourceHandler<EventSourceOpenEvent>) {
    this.#onopen.value = handler
  }

  /** Called for each message that the server gave no type. */
  get onmessage(): CurrentHandler {
    return this.#onmessage.value
  }
  set onmessage(handler: EventSourceHandler<MessageEvent<string>>) {
    this.#onmessage.value = handler
  }

  /** Called when the connection was lost: `readyState` tells whether for good. */
  get onerror(): CurrentHandler {
    return this.#onerror.value
  }
  set onerror(handler: EventSourceHandler<EventSourceErrorEvent>) {
    this.#onerror.value = handler
  }

  // DIFFERENCE: the native class inherits these two.
  /** Adds a listener for the events of a type, as that of any `EventTarget` does. */
  override addEventListener<K extends keyof EventSourceEventMap>(
    type: K,
    listener: (this: EventSource, event: EventSourceEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  override addEventListener(
    type: string,
    listener: (this: EventSource, event: MessageEvent<string>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void
  override addEventListener(type: unknown, callback: unknown): void {
    if (#listeners in Object(this)) this.#listeners.add(...arguments)
    else Reflect.apply(EventTarget.prototype.addEventListener, this, arguments)
  }

  /** Removes a listener, as that of any `EventTarget` does. */
  override removeEventListener<K extends keyof EventSourceEventMap>(
    type: K,
    listener: (this: EventSource, event: EventSourceEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  override removeEventListener(
    type: string,
    listener: (this: EventSource, event: MessageEvent<string>) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void
  override removeEventListener(type: unknown, callback: unknown): void {
    if (#listeners in Object(this)) this.#listeners.remove(...arguments)
    else Reflect.apply(EventTarget.prototype.removeEventListener, this, arguments)
  }

  /**
   * Closes the connection for good, in any state. No further event is fired, not even for what has
   * already come.
   */
  close(): void {
    this.#close()
  }

  /**
   * The messages of all types, from now on, for a `for await` loop:
   *
   * ```ts
   * for await (const { type, data } of source) console.log(type, data)
   * ```
   *
   * The loop gets messages at its own pace: while some 64 KiB of text wait for it, nothing further is
   * read, for listeners and other loops neither. It goes on over lost connections that are
   * reestablished. It ends when the source is closed, at once; when the server answers 204; and when
   * the server has ended a stream that is not to be asked for again. What has come before is not lost
   * in the latter two. Leaving the loop closes the source, for other loops too.
   *
   * @returns an iterator that rejects with an {@link EventSourceError}, after the messages that have
   * come before, when there will be no further attempt for another reason; one that is never advanced
   * stops the reader too, until the source is closed
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<EventSourceMessage, undefined> {
    const queue = new MessageQueue<EventSourceMessage>(() => this.#close())
    if (this.#readyState === CLOSED) {
      queue.end(this.#failure)
    } else {
      this.#queues.add(queue)
    }
    return queue
  }

  /** Apart from {@link close}, which a subclass may override, and which is for its users to call. */
  #close(): void {
    this.#readyState = CLOSED
    this.#lifetime.abort()
    const connection = this.#connection
    this.#connection = undefined
    connection?.close()
    for (const queue of this.#queues) queue.clear()
    this.#queues.clear()
  }

  /** Starts the engine, which takes some time, while the first request is on its way already. */
  async #startEngine(options: CheckedOptions, requests: Requests): Promise<void> {
    // Nothing happens before the caller has returned.
    await undefined
    if (this.#readyState === CLOSED) return
    const { signal } = this.#lifetime
    const request = new FirstRequest(requests, options.lastEventId, signal)
    await Promise.race([request.isSent, nextTask()])
    if (!signal.aborted) this.#connect(await startEngine(), options, requests, request)
  }

  #connect(
    engine: Engine,
    options: CheckedOptions,
    requests: Requests,
    firstRequest?: FirstRequest,
  ): void {
    if (this.#readyState === CLOSED) return
    const receiver = new SourceReceiver(requests, firstRequest, options, {
      open: (response) => {
        this.#readyState = OPEN
        dispatchEvent.call(this, new EventSourceOpenEvent(response))
      },
      deliver: (batch, origin) => {
        this.#deliver(batch, origin)
        return this.#room()
      },
      lose: (failure) => this.#loseConnection(failure, options),
    })
    const connection = (this.#connection = receiver.connection =
      engine.connect(options.engine, receiver))
    watchLifecycle(
      {
        suspend: () => {
          this.#readyState = CONNECTING
          connection.signal(Signal.Suspend)
        },
        resume: () => connection.signal(Signal.Resume),
        goOnline: () => connection.signal(Signal.GoOnline),
      },
      options.pauseWhenHidden,
      this.#lifetime.signal,
    )
  }

  // DIFFERENCE: a microtask that a listener queues runs after all listeners of the event; no script
  // can make the browser run it between them.
  #deliver(batch: Batch, origin: string): void {
    const messages: ServerSentEvent[] = []
    appendMessages(batch, messages)
    for (const { type, data, lastEventId } of messages) {
      if (this.#readyState === CLOSED) return
      for (const queue of this.#queues) queue.push({ type, data, lastEventId, origin })
      this.#listeners.dispatch(type, data, origin, lastEventId)
    }
  }

  /** A promise that resolves once all loops have room for messages, if one has none. */
  #room(): Promise<void> | undefined {
    if (this.#queues.size === 0) return undefined
    const holds = Array.from(this.#queues, (queue) => queue.hold()).filter(Boolean)
    return holds.length > 0 ? Promise.all(holds).then(() => this.#room()) : undefined
  }

  #loseConnection(failure: EventSourceFailure, options: CheckedOptions): void {
    if (failure.retryIn === null) {
      if (!isComplete(failure, options)) this.#failure = [new EventSourceError(failure)]
      for (const queue of this.#queues) queue.end(this.#failure)
      this.#queues.clear()
      this.#close()
    } else {
      this.#readyState = CONNECTING
    }
    dispatchEvent.call(this, new EventSourceErrorEvent(failure))
  }
}

export interface EventSource {
  /** The same as {@link EventSource.close}, for `using`. */
  [Symbol.dispose](): void
}

/** Whether there is nothing more to come, which is no failure. */
function isComplete(
  { reason, status, attempt }: EventSourceFailure,
  { maxAttempts }: CheckedOptions,
): boolean {
  return status === 204 || (reason === 'ended' && attempt < maxAttempts)
}

function parseUrl(url: string): string {
  // A worker has no document; its location is that of its script.
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  try {
    return new URL(url, base).href
  } catch (cause) {
    throw new DOMException(
      `EventSource: cannot parse ${JSON.stringify(url)} as a URL` +
        (base === undefined ? '; there is no page to resolve it against' : ` relative to ${base}`),
      'SyntaxError',
    )
  }
}

// Web IDL: constants are on the constructor and on the prototype, attributes and operations are
// enumerable, and the class has the interface's name, which minifying would take from it.
Object.defineProperty(EventSource, 'name', { value: 'EventSource', configurable: true })
for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSED })) {
  Object.defineProperty(EventSource, name, { value, enumerable: true })
  Object.defineProperty(EventSource.prototype, name, { value, enumerable: true })
}
for (const name of Object.getOwnPropertyNames(EventSource.prototype)) {
  if (name !== 'constructor') {
    Object.defineProperty(EventSource.prototype, name, { enumerable: true })
  }
}
// Where there is no such symbol, there is no `using` either.
if (Symbol.dispose !== undefined) {
  Object.defineProperty(EventSource.prototype, Symbol.dispose, {
    value(this: EventSource): void {
      this.close()
    },
    configurable: true,
    writable: true,
  })
}
Object.defineProperty(EventSource.prototype, Symbol.toStringTag, {
  value: 'EventSource',
  configurable: true,
})

// Libraries that take npm `eventsource` ask for this before they pass a `fetch`.
Object.defineProperty(EventSource, Symbol.for('eventsource.supports-fetch-override'), {
  value: true,
})
