/** What the clients use of the packages that the first run installs. */

interface EventSourceLike {
  addEventListener(type: string, listener: (event: any) => void): void
  close(): void
}

declare module 'eventsource' {
  export const EventSource: new (url: string, init?: { fetch?: typeof fetch }) => EventSourceLike
}

declare module '@microsoft/fetch-event-source' {
  export function fetchEventSource(
    url: string,
    init: {
      fetch?: typeof fetch
      signal: AbortSignal
      openWhenHidden: boolean
      onmessage: (message: any) => void
      onclose: () => void
      onerror: (error: unknown) => void
    },
  ): Promise<void>
}

declare module 'event-source-polyfill' {
  export const EventSourcePolyfill: new (url: string) => EventSourceLike
}

declare module 'sse.js' {
  export const SSE: new (url: string) => EventSourceLike
}

declare module 'eventsource-parser' {
  export function createParser(callbacks: { onEvent: (event: any) => void }): {
    feed(text: string): void
  }
}
