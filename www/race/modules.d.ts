/** What the race uses of modules without types of their own. */

declare module 'event-source-polyfill' {
  export const EventSourcePolyfill: new (url: string) => {
    addEventListener(type: string, listener: (event: { data: string }) => void): void
    close(): void
  }
}

declare module '*/benches/corpora.mjs' {
  export const CORPORA: readonly string[]
  export function titleOf(name: string): string
  export function corpus(name: string): {
    title: string
    type: string
    messages: { data: string }[]
    bytes: Uint8Array<ArrayBuffer>
  }
}
