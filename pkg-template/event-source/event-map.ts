/** The types of events, by their names. */

import type { EventSourceErrorEvent, EventSourceOpenEvent } from './events.js'

/**
 * The events of every `EventSource`; those that the server names are `MessageEvent`s. To have the names
 * that your servers use known everywhere, add to it in
 * `declare module 'wasm-eventsource' { interface EventSourceEventMap { price: MessageEvent<string> } }`.
 */
export interface EventSourceEventMap {
  open: EventSourceOpenEvent
  message: MessageEvent<string>
  error: EventSourceErrorEvent
}

/** The types of the events of a source, by their names. */
export type EventMap<Events> = { [Name in keyof Events]: Event }
