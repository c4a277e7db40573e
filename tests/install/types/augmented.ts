/** Names of events that are declared once, for all sources of a program. */

import { EventSource } from 'wasm-eventsource'
import { EventSource as Slim } from 'wasm-eventsource/slim'

declare module 'wasm-eventsource' {
  interface EventSourceEventMap {
    price: MessageEvent<'1' | '2'>
  }
}

for (const source of [new EventSource('/'), new Slim('/')]) {
  source.addEventListener('price', ({ data }) => data satisfies '1' | '2')
  source.addEventListener('open', ({ response }) => response satisfies Response | undefined)
}
