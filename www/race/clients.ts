/** Those that race: the native class, ours, and what else is used in its place. */

import { fetchEventSource } from '@microsoft/fetch-event-source'
import { EventSource as PackageEventSource } from 'eventsource'
import { EventSourcePolyfill } from 'event-source-polyfill'
import { SSE } from 'sse.js'
import { EventSource as Ours } from 'wasm-eventsource'

export interface Runner {
  name: string
  isOurs?: boolean
  /**
   * Connects, and calls back for each event of the types.
   * @returns how to close it
   */
  connect(
    url: string,
    types: string[],
    onEvent: (type: string, data: string) => void,
    onError: (what: string) => void,
  ): () => void
}

interface Like {
  addEventListener(type: string, listener: (event: { data: string }) => void): void
  close(): void
}

function likeNative(make: (url: string) => Like): Runner['connect'] {
  return (url, types, onEvent, onError) => {
    const source = make(url)
    for (const type of types) source.addEventListener(type, ({ data }) => onEvent(type, data))
    source.addEventListener('error', () => onError('an error event'))
    return () => source.close()
  }
}

export const RUNNERS: Runner[] = [
  { name: 'wasm-eventsource', isOurs: true, connect: likeNative((url) => new Ours(url) as unknown as Like) },
  {
    name: 'native EventSource',
    connect: likeNative((url) => new globalThis.EventSource(url) as unknown as Like),
  },
  { name: 'eventsource', connect: likeNative((url) => new PackageEventSource(url) as unknown as Like) },
  {
    name: '@microsoft/fetch-event-source',
    connect: (url, _types, onEvent, onError) => {
      const controller = new AbortController()
      fetchEventSource(url, {
        signal: controller.signal,
        openWhenHidden: true,
        onmessage: ({ event, data }) => onEvent(event || 'message', data),
        onerror: (error) => {
          throw error
        },
      }).catch((error: unknown) => onError(String(error)))
      return () => controller.abort()
    },
  },
  { name: 'event-source-polyfill', connect: likeNative((url) => new EventSourcePolyfill(url)) },
  { name: 'sse.js', connect: likeNative((url) => new SSE(url) as unknown as Like) },
]
