/**
 * `wasm-eventsource/polyfill`: puts the class in the place of `globalThis.EventSource`.
 *
 * What TypeScript's own library says of the global class can be added to, not changed. So the options and
 * the events of `addEventListener` are known of the bare name; what the library says otherwise, which is
 * `onerror`, `onopen`, names of events, and all static members, is known of `window.EventSource` and `self.EventSource`.
 */

import type {
  EventSource as OurEventSource,
  EventSourceErrorEvent,
  EventSourceIterator,
  EventSourceOpenEvent,
  EventSourceOptions,
} from './index.js'

/** The class in the place of the native one. */
export type PolyfilledEventSource = typeof OurEventSource & {
  /** The native class; `undefined` where there is none, and where it has stayed in its place. */
  readonly native: (new (url: string | URL, init?: { withCredentials?: boolean }) => EventSource) | undefined
}

declare global {
  interface EventSourceInit extends EventSourceOptions {}

  interface EventSource {
    addEventListener(
      type: 'error',
      listener: (this: EventSource, event: EventSourceErrorEvent) => unknown,
      options?: boolean | AddEventListenerOptions,
    ): void
    addEventListener(
      type: 'open',
      listener: (this: EventSource, event: EventSourceOpenEvent) => unknown,
      options?: boolean | AddEventListenerOptions,
    ): void
    readonly lastEventId: string
    readonly reconnectionTime: number
    readonly shared: boolean
    closeForAll(): void
    [Symbol.asyncIterator](): EventSourceIterator
    [Symbol.dispose](): void
  }

  interface Window {
    EventSource: PolyfilledEventSource
  }
  interface WorkerGlobalScope {
    EventSource: PolyfilledEventSource
  }
}
