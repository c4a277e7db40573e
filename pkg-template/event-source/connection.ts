/** The connection of a source, which an engine makes, and what the engine tells of it. */

import { BatchReader } from '../decoding/batch-reader.js'
import { appendMessages, decodeBatch } from '../decoding/batch.js'
import type { ServerSentEvent } from '../decoding/server-sent-event.js'
import { type Engine, isOnItsWay, startEngine } from '../engine/engine.js'
import type { LossDetail, Source, SourceOptions, SourceReceiver, Standing } from '../engine/glue.js'
import type { EventSourceErrorReason, EventSourceFailure } from '../failures/failure.js'
import type { Attempt, Decision, ReconnectOptions } from '../options/options.js'
import { nextTask } from './next-task.js'
import { PageVisit } from './page-visit.js'
import { freshStanding } from './standing.js'

const CONNECTING = 0
const CLOSED = 2

/** How long a flood of messages may keep the event loop waiting, in ms. */
const LONGEST_TASK = 50

/** A message, or the text of a comment. */
export type Item = ServerSentEvent | string

/** What the messages and comments of one batch are cut from: see `src/batch.rs`. */
export interface BatchText {
  /** The data, types and IDs of messages that are complete. */
  readonly messages: string
  /** The comments, and where they stand among the messages; empty where none are wanted. */
  readonly remarks: string
}

/** What a source does about its connection. Any of these may close it. */
export interface ConnectionActions {
  /** It is established. */
  open(response: Response | undefined): void
  /**
   * Messages have come, from this origin, and comments, if they are wanted, and the text that they were
   * cut from. Returns what to wait for before further ones are read.
   */
  deliver(items: readonly Item[], origin: string, text: BatchText): Promise<void> | undefined
  /** Asks the user whether to go on. */
  decide: ReconnectOptions['decide']
  /** It is lost, or was never established; complete if nothing more was to come. */
  lose(failure: EventSourceFailure, isComplete: boolean): void
}

/** What a connection is to do. The last event ID and `standing` change with what comes. */
export type ConnectionOptions = Omit<SourceOptions, 'madeAt' | 'lifetime' | 'hasCrashed'>

/** What an `EventSource` has its events from. */
export interface EventOrigin {
  readonly readyState: 0 | 1 | 2
  /** The last event ID string. */
  readonly lastEventId: string
  /** Whether it is shared with other sources: see {@link EventSourceOptions.share}. */
  readonly shared: boolean
  /** Whether it is for this source to write down where the stream is to go on. */
  readonly keepsPlace: boolean
  /**
   * The reconnection time when a message was dispatched, by its number among those that are being
   * delivered, or as it is now.
   */
  reconnectionTime(message?: number): number
  /** What follows is a stream of its own, if the user brings it: each response is one anyway. */
  reset(): void
  /** Ends it for good, for all that share it if that is wanted; nothing follows. */
  close(forAll: boolean): void
}

/** The connection of a source, until it is closed. */
export class Connection implements SourceReceiver, EventOrigin {
  readonly #options: ConnectionOptions
  readonly #actions: ConnectionActions
  #engine: Engine | undefined
  #source: Source | undefined
  #isClosed = false
  readonly #reader = new BatchReader()
  #origin = ''
  #lastFailure: EventSourceFailure | null = null
  /** Ends the request that is under way. */
  #controller: AbortController | undefined
  /** Ends all that the engine listens to. */
  #lifetime: AbortController | undefined
  /** Whether the engine has crashed since the last message. */
  #hasCrashed = false
  /** When it was, the first time or with another engine, on the clock of `performance.now()`. */
  #madeAt = 0
  readonly shared: boolean = false
  readonly keepsPlace: boolean = true
  /** How long listeners have kept the event loop waiting, in ms. */
  #busy = 0

  /** Connects, soon. Throws where WebAssembly cannot be started. */
  constructor(options: ConnectionOptions, actions: ConnectionActions) {
    this.#options = options
    this.#actions = actions
    if (options.reader === undefined) {
      this.#start()
    } else {
      startEngine()
      // No event comes before the task is over that the source was made in.
      void nextTask().then(() => this.#start())
    }
  }

  /** The state, as the engine tells it; while there is none, it is on its way. */
  get readyState(): 0 | 1 | 2 {
    if (this.#isClosed) return CLOSED
    return (this.#source?.readyState ?? CONNECTING) as 0 | 1 | 2
  }

  get lastEventId(): string {
    return this.#source?.lastEventId ?? this.#options.lastEventId
  }

  /** What a connection elsewhere would go on from that takes the place of this one. */
  get standing(): Standing {
    return this.#source?.standing ?? this.#options.standing ?? freshStanding(null)
  }

  reconnectionTime(message?: number): number {
    return this.#source?.reconnectionTime(message) ?? this.#options.standing?.reconnectionTime ?? this.#options.delay
  }

  reset(): void {
    if (this.#options.reader === undefined) return
    this.#reader.startStream()
    this.#source?.reset()
  }

  close(): void {
    this.#isClosed = true
    if (this.#source !== undefined) this.#engine?.disconnect(this.#source, this)
    this.#source = undefined
    // The engine may not have begun to read, or have crashed. What has failed fails again.
    this.#options.reader?.cancel().catch(() => {})
  }

  #start(): void {
    this.#madeAt = performance.now()
    const engine = startEngine()
    if (!isOnItsWay(engine)) {
      this.#connect(engine)
      return
    }
    const page = new PageVisit()
    const fail = (reason: EventSourceErrorReason, error?: unknown): void => {
      if (!this.#isClosed && this.#source === undefined) {
        this.#actions.lose(failureWithoutEngine(reason, error), false)
      }
    }
    const { connectTimeout } = this.#options
    const timer =
      connectTimeout < Infinity ? setTimeout(fail, connectTimeout, 'connect-timeout') : undefined
    engine
      .then(
        (engine) => {
          page.end(() => this.#start()) || this.#connect(engine)
        },
        (error: unknown) => {
          page.end(() => this.#start()) || fail('internal', error)
        },
      )
      .finally(() => clearTimeout(timer))
  }

  #connect(engine: Engine): void {
    if (this.#isClosed) return
    this.#engine = engine
    const options = {
      ...this.#options,
      madeAt: this.#madeAt,
      lifetime: (this.#lifetime = new AbortController()),
      hasCrashed: this.#hasCrashed,
    }
    this.#source = engine.connect(options, this)
  }

  /** The engine has crashed, and is not there any more: goes on with another, as after any loss. */
  crash(error: Error): void {
    this.#source = undefined
    this.#lifetime?.abort()
    this.#controller?.abort()
    try {
      // What crashes one engine after the other, with no message in between, will not stop to.
      if (this.#hasCrashed) throw error
      this.#hasCrashed = true
      // Its delay is over by now, and the row of losses is not known.
      this.#options.firstDelay = 0
      this.setReconnectionTime(this.#options.standing?.reconnectionTime ?? null)
      this.#start()
    } catch (error) {
      this.#actions.lose(failureWithoutEngine('internal', error), false)
    }
  }

  attempt(number: number, lastEventId: string, controller: AbortController): Attempt {
    this.#controller = controller
    return { number, lastEventId, failure: this.#lastFailure }
  }

  open(response: Response | undefined, origin: string): void {
    this.#origin = origin
    this.#reader.startStream()
    this.#actions.open(response)
  }

  deliver(
    bytes: Uint8Array,
    beginsInAscii: boolean,
    remarks: Uint8Array | undefined,
  ): Promise<void> | undefined {
    const batch = this.#reader.read(bytes, beginsInAscii)
    const messages: ServerSentEvent[] = []
    appendMessages(batch, messages)
    const last = messages.at(-1)
    if (last !== undefined) {
      this.#hasCrashed = false
      // Where another engine would go on.
      this.#options.lastEventId = last.lastEventId
    }
    const comments = remarks === undefined ? '' : decodeBatch(remarks)
    const items = comments === '' ? messages : withComments(messages, comments)
    const text = { messages: batch.text && batch.beginning + batch.text, remarks: comments }
    // This clock takes less time to read than that of `performance.now()`, but may be set back.
    const begun = Date.now()
    const room = this.#actions.deliver(items, this.#origin, text)
    this.#busy += Math.max(0, Date.now() - begun)
    if (room === undefined && this.#busy < LONGEST_TASK) return undefined
    this.#busy = 0
    return room ?? nextTask()
  }

  setReconnectionTime(time: number | null): void {
    // From where another engine would go on.
    this.#options.standing = freshStanding(time)
  }

  decide(loss: LossDetail, response: Response | undefined, error: unknown): Promise<Decision> {
    return ask(this.#actions.decide, failureOf(loss, response, error))
  }

  lose(loss: LossDetail, response: Response | undefined, error: unknown): void {
    const failure = (this.#lastFailure = failureOf(loss, response, error))
    this.#actions.lose(failure, loss.isComplete)
  }
}

/** Asks the user. What it waits for may never come, so it holds nothing of the source. */
async function ask(decide: ReconnectOptions['decide'], failure: EventSourceFailure): Promise<Decision> {
  const decision = await decide?.(failure)
  if (decision === undefined || decision === null || typeof decision === 'boolean' || decision >= 0) {
    return decision
  }
  throw new TypeError(
    'reconnect.decide: must return a boolean or a delay in ms, 0 or more (or null, or undefined)',
  )
}

/** The messages and comments of a batch that a connection has read elsewhere, in the order of the stream. */
export function itemsOf({ messages: text, remarks }: BatchText): readonly Item[] {
  const messages: ServerSentEvent[] = []
  appendMessages({ beginning: '', text }, messages)
  return remarks === '' ? messages : withComments(messages, remarks)
}

/** Messages, and the comments between them, in the order of the stream: see `src/batch.rs`. */
function withComments(messages: readonly ServerSentEvent[], remarks: string): Item[] {
  let index = 0
  return Array.from(remarks.match(/\n|[^\r\n]*\r/g) ?? [], (remark) =>
    remark === '\n' ? messages[index++]! : remark.slice(0, -1),
  )
}

function failureOf(
  { isComplete, ...loss }: LossDetail,
  response: Response | undefined,
  error: unknown,
): EventSourceFailure {
  return {
    ...loss,
    reason: loss.reason as EventSourceErrorReason,
    status: loss.status ?? undefined,
    response,
    error,
  }
}

/** The failure of a source that no engine could tell of. */
function failureWithoutEngine(reason: EventSourceErrorReason, error: unknown): EventSourceFailure {
  return { reason, status: undefined, response: undefined, error, attempt: 1, retryIn: null }
}
