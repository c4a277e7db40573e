/** The class that takes the place of the native `EventSource`. */

import type { Bytes } from '../decoding/bytes.js'
import type { EventSourceMessage } from '../decoding/server-sent-event.js'
import { EventSourceError } from '../failures/event-source-error.js'
import { type EventSourceFailure, messageOf } from '../failures/failure.js'
import { NativeEventTarget } from '../natives.js'
import type { EventSourceOptions } from '../options/options.js'
import { type CheckedOptions, readOptions } from '../options/read-options.js'
import { mayDiffer } from '../options/share-checks.js'
import { tellComment } from './comments.js'
import type { EventOrigin, Item } from './connection.js'
import { type CurrentHandler, EventHandler, type EventSourceHandler } from './event-handler.js'
import type { EventMap, EventSourceEventMap } from './event-map.js'
import { EventSourceErrorEvent, EventSourceOpenEvent } from './events.js'
import { connect, keyOf } from './late-connection.js'
import { dispatchEvent, Listeners } from './listeners.js'
import { type EventSourceIterator, MessageQueue, roomIn } from './message-queue.js'
import { parseUrl } from './parse-url.js'
import { closeOnAbort, Reference } from './reference.js'
import { ResumePoint } from './resume-point.js'
import { splitUserInfo, withAuthorization } from './user-info.js'

const CLOSED = 2

/** What the source that is being made reads in the place of a response: see `fromReadableStream`. */
let ownReader: ReadableStreamDefaultReader | undefined

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
 * Call {@link close} when it is no longer needed: as long as there is a listener or a loop, it stays alive.
 *
 * @typeParam Events - the types of the events that the server names:
 * `new EventSource<{ price: MessageEvent<string> }>('/ticker')`. The data of each is text.
 */
export class EventSource<Events extends EventMap<Events> = {}> extends NativeEventTarget {
  /** The value of `readyState` while connecting, or waiting to reconnect. */
  declare static readonly CONNECTING: 0
  /** The value of `readyState` while a response is being read. */
  declare static readonly OPEN: 1
  /** The value of `readyState` after `close()`, or once there will be no further attempt. */
  declare static readonly CLOSED: 2
  /** The same as `EventSource.CONNECTING`. */
  declare readonly CONNECTING: 0
  /** The same as `EventSource.OPEN`. */
  declare readonly OPEN: 1
  /** The same as `EventSource.CLOSED`. */
  declare readonly CLOSED: 2

  /**
   * Reads an event stream of your own, one that `fetch` has given for example. There is no reconnection:
   * the end of the stream is an `error` event with which the source is closed. To go on with another
   * stream, pipe one after the other through a `TransformStream`, and call {@link reset} in between.
   *
   * This is a proposal to the standard, and may change: https://github.com/whatwg/html/pull/12272
   *
   * @param stream - bytes; it is locked, and cancelled when the source is closed
   * @throws a `TypeError` if it is locked already, or no `ReadableStream`
   */
  declare static fromReadableStream: (stream: ReadableStream<Bytes>) => EventSource

  readonly #url: string
  readonly #withCredentials: boolean
  /** How its connection knows it. */
  readonly #reference = new Reference(this)
  readonly #listeners = new Listeners(this, () => this.#holdWhileHeard())
  readonly #onopen = new EventHandler(this, 'open', this.#listeners)
  readonly #onmessage = new EventHandler(this, 'message', this.#listeners)
  readonly #onerror = new EventHandler(this, 'error', this.#listeners)
  /** There is none if the source was closed before it could connect. */
  readonly #connection: EventOrigin | undefined
  readonly #resumePoint: ResumePoint | undefined
  readonly #onComment: EventSourceOptions['onComment']
  /** Those of the loops over this source. */
  readonly #queues = new Set<MessageQueue<EventSourceMessage>>()
  /** What loops throw that begin after the connection has failed for good, in an array. */
  #failure: [EventSourceError] | undefined
  /** What it was told. */
  readonly #options: CheckedOptions['source']
  /** The number of the message that listeners hear, among those that came with it, and its ID. */
  #message = -1
  #messageId = ''
  /** What the attributes tell once it is closed. */
  #last: { lastEventId: string; reconnectionTime: number } | undefined
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
    const reader = ownReader
    ownReader = undefined
    if (arguments.length === 0) throw new TypeError('EventSource: 1 argument required: the URL')
    const given = `${url}`
    const options = readOptions(init)
    this.#url = parseUrl(given)
    this.#withCredentials = options.withCredentials
    this.#options = options.source
    // What is shown keeps its user info, what is asked has none.
    const { url: asked, authorization } = splitUserInfo(this.#url)
    const { share, source } = options
    if (authorization !== undefined && source.init.credentials !== 'omit') {
      source.headers = withAuthorization(source.headers as EventSourceOptions['headers'], authorization)
      source.mayLeak = true
    }
    if (share === true && source.mayLeak) throw mayDiffer('a user name in the URL')

    const { signal } = options
    if (signal?.aborted) {
      this.#close()
      return
    }
    this.#onComment = options.onComment
    if (options.resume) {
      this.#resumePoint = new ResumePoint(options.resume, this.#url)
      this.#options.lastEventId = this.#resumePoint.read() || this.#options.lastEventId
      // What loops have taken since the last batch. Workers are not told of their end.
      globalThis.addEventListener?.('pagehide', this.#reference.bind(this.#keepPlace), this.#lifetime)
    }
    this.#connection = connect(
      { ...source, url: asked, reader, repeats: source.repeats && reader === undefined },
      {
        open: this.#reference.bind(this.#tellOpen),
        deliver: this.#reference.bind(this.#deliver),
        decide: options.decide,
        lose: this.#reference.bind(this.#loseConnection),
      },
      share && keyOf(asked, this.#withCredentials, share),
    )
    this.#reference.endsWithSource(this.#connection, this.#lifetime)
    this.#holdWhileHeard()
    if (signal) closeOnAbort(signal, this.#reference.bind(this.#close), this.#lifetime.signal)
  }

  /** The absolute URL that was asked for; redirects do not change it. */
  get url(): string {
    return this.#url
  }

  /** The state of the connection: `CONNECTING`, `OPEN` or `CLOSED`. */
  get readyState(): 0 | 1 | 2 {
    return this.#connection?.readyState ?? CLOSED
  }

  /** Whether credentials are sent to another origin too. */
  get withCredentials(): boolean {
    return this.#withCredentials
  }

  /**
   * The last event ID, which the next request would have. Where a message is heard, that of the message.
   *
   * This and {@link reconnectionTime} are a proposal to the standard, and may change.
   */
  get lastEventId(): string {
    if (this.#last) return this.#last.lastEventId
    if (this.#message >= 0) return this.#messageId
    return (this.#connection ?? this.#options).lastEventId
  }

  /**
   * The reconnection time in ms: the one that the server has set, or yours. Where a message is heard, as
   * it was then.
   */
  get reconnectionTime(): number {
    if (this.#last) return this.#last.reconnectionTime
    const message = this.#message < 0 ? undefined : this.#message
    return this.#connection?.reconnectionTime(message) ?? this.#options.delay
  }

  /**
   * Whether its connection is shared, as the option {@link EventSourceOptions.share} asks for: not where
   * pages have no channel to each other, nor once it is closed.
   */
  get shared(): boolean {
    return this.#connection?.shared ?? false
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
  override addEventListener<K extends keyof (EventSourceEventMap & Events)>(
    type: K,
    listener: (this: EventSource<Events>, event: (EventSourceEventMap & Events)[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  override addEventListener(
    type: string,
    listener: (this: EventSource<Events>, event: MessageEvent<string>) => unknown,
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
  override removeEventListener<K extends keyof (EventSourceEventMap & Events)>(
    type: K,
    listener: (this: EventSource<Events>, event: (EventSourceEventMap & Events)[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  override removeEventListener(
    type: string,
    listener: (this: EventSource<Events>, event: MessageEvent<string>) => unknown,
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
   * Closes this source, and all that share its connection, in all tabs: when the user logs out, for
   * example. The others get an `error` event with the reason `left`.
   */
  closeForAll(): void {
    this.#close(true, true)
  }

  /**
   * Makes ready for a fresh stream, where the source reads one {@link fromReadableStream your own}: drops
   * what is unfinished. The last event ID and the reconnection time stay. To a source that has a URL, each
   * response is a fresh stream anyway, and this does nothing.
   */
  reset(): void {
    this.#connection?.reset()
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
  [Symbol.asyncIterator](): EventSourceIterator {
    const queue = new MessageQueue<EventSourceMessage>(() => this.#close())
    if (this.readyState === CLOSED) {
      queue.end(this.#failure)
    } else {
      this.#queues.add(queue)
      this.#holdWhileHeard()
    }
    return queue
  }

  /** Apart from {@link close}, which a subclass may override, and which is for its users to call. */
  #close(isOver = true, forAll = false): void {
    if (isOver) this.#resumePoint?.forget(this.#connection)
    this.#last ??= { lastEventId: this.lastEventId, reconnectionTime: this.reconnectionTime }
    this.#connection?.close(forAll)
    this.#lifetime.abort()
    for (const queue of this.#queues) queue.clear()
    this.#queues.clear()
    this.#reference.release()
  }

  // DIFFERENCE: listeners of any type keep it alive, where the standard knows those of three; and loops.
  #holdWhileHeard(): void {
    const isHeard = this.#listeners.areThere || this.#queues.size > 0 || this.#onComment !== undefined
    this.#reference.hold(isHeard && this.readyState !== CLOSED)
  }

  #tellOpen(response: Response | undefined): void {
    dispatchEvent.call(this, new EventSourceOpenEvent(response))
  }

  // DIFFERENCE: a microtask that a listener queues runs after all listeners of the event; no script
  // can make the browser run it between them.
  #deliver(items: readonly Item[], origin: string): Promise<void> | undefined {
    for (const item of items) {
      // A listener may have closed it. To ask a signal for each message takes long.
      if (this.#last !== undefined) return undefined
      if (typeof item === 'string') {
        tellComment(this.#onComment, item)
        continue
      }
      const { type, data, lastEventId } = item
      this.#message += 1
      this.#messageId = lastEventId
      for (const queue of this.#queues) queue.push({ type, data, lastEventId, origin })
      this.#listeners.dispatch(type, data, origin, lastEventId)
    }
    this.#message = -1
    this.#keepPlace()
    return roomIn(this.#queues)
  }

  /** Keeps the ID of the last message that listeners and loops have all received, if that is wanted. */
  #keepPlace(): void {
    if (this.readyState !== CLOSED) this.#resumePoint?.keep(this.#connection, this.#queues, this.lastEventId)
  }

  #loseConnection(known: EventSourceFailure, isComplete: boolean): void {
    const failure = { ...known, url: known.url ?? splitUserInfo(this.#url).url }
    if (failure.retryIn === null) {
      if (!isComplete) {
        this.#failure = [new EventSourceError(failure)]
        if (this.#queues.size === 0 && !this.#listeners.mayBeHeard('error')) {
          console.error(`wasm-eventsource: ${messageOf(failure)}`)
        }
      }
      for (const queue of this.#queues) queue.end(this.#failure)
      this.#queues.clear()
      this.#close(isComplete || failure.response !== undefined)
    }
    dispatchEvent.call(this, new EventSourceErrorEvent(failure))
  }
}

/**
 * The static methods. Not in the class itself: with its own name in it, no bundler that leaves it to terser
 * would find out that nobody uses it, and esbuild would give it another name.
 */
export const statics: Pick<typeof EventSource, 'fromReadableStream'> = {
  fromReadableStream(stream) {
    const reader = ReadableStream.prototype.getReader.call(stream) as ReadableStreamDefaultReader
    ownReader = reader
    try {
      return new EventSource('about:event-stream')
    } catch (error) {
      reader.releaseLock()
      throw error
    }
  },
}

export interface EventSource<Events extends EventMap<Events> = {}> {
  /** The same as {@link EventSource.close}, for `using`. */
  [Symbol.dispose](): void
}
