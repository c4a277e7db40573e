/** What the engine asks of a source, and tells it: requests, bodies and losses. */

import { type Batch, decodeBatch } from './batch.js'
import {
  type Connection,
  type FailureDetail,
  internalFailure,
  type Receiver,
  Signal,
} from './engine.js'
import { type EventSourceFailure, REASONS } from './events.js'
import type { FirstRequest } from './first-request.js'
import { nextTask } from './next-task.js'
import { type Consumer, readBody } from './read-body.js'
import type { CheckedOptions } from './read-options.js'
import type { Answer, Refusal, Requests } from './request.js'

/** How long a flood of messages may keep the event loop waiting, in ms. */
const LONGEST_TASK = 50

/** What a source does about its connection. */
export interface ConnectionActions {
  /** It is established. */
  open(response: Response): void
  /** Messages have come, from this origin. Returns what to wait for before further ones are read. */
  deliver(batch: Batch, origin: string): Promise<void> | undefined
  /** It is lost, or was never established. */
  lose(failure: EventSourceFailure): void
}

/** Sends the requests of a source and reads their bodies. */
export class SourceReceiver implements Receiver, Consumer {
  /** Set before anything is asked of the receiver. */
  connection!: Connection
  readonly #requests: Requests
  #firstRequest: FirstRequest | undefined
  readonly #options: CheckedOptions
  readonly #actions: ConnectionActions
  #lastFailure: EventSourceFailure | null = null
  // Those of the attempt that is under way.
  #controller: AbortController | undefined
  #response: Response | undefined
  #thrown: unknown
  #origin = ''
  /** How long listeners have kept the event loop waiting, in ms. */
  #busy = 0

  /** @param firstRequest - the request of the first attempt, if it is on its way already */
  constructor(
    requests: Requests,
    firstRequest: FirstRequest | undefined,
    options: CheckedOptions,
    actions: ConnectionActions,
  ) {
    this.#requests = requests
    this.#firstRequest = firstRequest
    this.#options = options
    this.#actions = actions
  }

  async fetch(number: number, lastEventId: Uint8Array, asked: AbortSignal): Promise<Answer> {
    const failure = this.#lastFailure
    const attempt = { number, lastEventId: decodeBatch(lastEventId), failure }
    const controller = (this.#controller = new AbortController())
    const { signal } = controller
    asked.addEventListener('abort', () => controller.abort(asked.reason))
    this.#thrown = this.#response = undefined
    const request = this.#firstRequest
    this.#firstRequest = undefined
    try {
      const answer = await (request?.take(signal) ?? this.#requests.send(attempt, signal))
      if (!signal.aborted) this.#response = answer.response
      return answer
    } catch (refusal) {
      const { reason, error } = refusal as Refusal
      if (!signal.aborted) this.#thrown = error
      throw REASONS.indexOf(reason)
    }
  }

  probe(signal: AbortSignal): Promise<unknown> {
    return this.#requests.probe(signal)
  }

  /** Whatever is no decision is reported, and means to give up. */
  async decide(detail: FailureDetail): Promise<number> {
    try {
      const decision = await this.#options.decide?.(this.#failureOf(detail))
      if (typeof decision === 'boolean') return decision ? -1 : NaN
      if (decision! >= 0) return decision!
      throw new TypeError('reconnect.decide: must return a boolean or a delay in ms, 0 or more')
    } catch (error) {
      void Promise.reject(error)
      return NaN
    }
  }

  async open(): Promise<void> {
    const response = this.#response!
    const { signal } = this.#controller!
    this.#response = undefined
    try {
      this.#origin = this.#requests.follow(response)
      this.#actions.open(response)
      // It may have been closed in a listener.
      if (response.body && !signal.aborted) {
        await readBody(response.body, this.connection.interpreter, this, signal)
      }
    } catch (error) {
      if (!signal.aborted) this.#thrown = error
      throw error
    }
  }

  take(batch: Batch): Promise<void> | undefined {
    const begun = Date.now()
    const { onComment } = this.#options
    if (onComment) this.#tellComments(onComment)
    const room = this.#actions.deliver(batch, this.#origin)
    this.#busy += Date.now() - begun
    if (room === undefined && this.#busy < LONGEST_TASK) return undefined
    this.#busy = 0
    return room ?? nextTask()
  }

  setBusy(isBusy: boolean): void {
    this.connection.signal(isBusy ? Signal.BeBusy : Signal.BeReady)
  }

  async error(detail: FailureDetail): Promise<boolean> {
    const failure = (this.#lastFailure = this.#failureOf(detail))
    this.#actions.lose(failure)
    if (failure.response === undefined) return false
    // Time for whoever awaits the event to begin to read the body.
    await nextTask()
    return failure.response.bodyUsed
  }

  crash(error: Error): void {
    // The engine does not ask for it any more.
    this.#controller?.abort()
    this.#actions.lose(internalFailure(error))
  }

  isOnline(): boolean {
    return globalThis.navigator?.onLine !== false
  }

  #failureOf([reason, status, attempt, retryIn]: FailureDetail): EventSourceFailure {
    return {
      reason: REASONS[reason]!,
      status: status || undefined,
      attempt,
      retryIn: retryIn >= 0 ? retryIn : null,
      error: this.#thrown,
      response: this.#response,
    }
  }

  #tellComments(onComment: (text: string) => void): void {
    for (const comment of this.connection.interpreter.remarks()) {
      // Whoever closes the source has its request aborted.
      if (this.#controller!.signal.aborted) return
      try {
        onComment(comment)
      } catch (error) {
        // Reported as an unhandled rejection; the next comment comes all the same.
        void Promise.reject(error)
      }
    }
  }
}
