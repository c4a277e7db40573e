/** What an observation is made of. */

import type { EventStreamDecoder } from 'wasm-eventsource'

export type Phase = 'idle' | 'connecting' | 'open' | 'waiting' | 'paused' | 'closed' | 'complete' | 'failed'

/** A stretch of time in one phase. */
export interface Stretch {
  phase: Phase
  from: number
  /** For a stretch that is over. */
  to?: number
  /** When the next attempt is due, while waiting. */
  until?: number
  /** What has led to it, in a word. */
  because?: string
}

/** A stretch of time in which nothing came, though it should have. */
export interface Silence {
  from: number
  to: number
}

/** A moment worth telling. */
export interface Chapter {
  at: number
  kind: 'request' | 'open' | 'lost' | 'over' | 'resumed' | 'stall' | 'closed' | 'fault'
  title: string
  detail?: string
  /** The beginning of the body of an answer that was refused. */
  body?: string
  request?: Exchange
}

/** A request, and what came of it. */
export interface Exchange {
  number: number
  method: string
  url: string
  headers: [name: string, value: string][]
  /** The ID that it asked to go on from. */
  sentId: string | undefined
  startedAt: number
  status?: number
  contentType?: string
  answerHeaders?: [name: string, value: string][]
  headAt?: number
  firstByteAt?: number
  endedAt?: number
  bytes: number
  events: number
  /** What went missing, or came twice, after it went on from an ID. */
  missing: number
  repeated: number
  /** Counts the events that its bytes complete. */
  decoder: EventStreamDecoder
}

/** Bytes that came together. */
export interface Chunk {
  request: number
  at: number
  bytes: Uint8Array<ArrayBuffer>
  /** How many events they complete. */
  events: number
  /** How long nothing had come before. */
  silence: number
}

/** An event or a comment. */
export interface Row {
  kind: 'event' | 'comment'
  type: string
  data: string
  id: string
  at: number
  gap: number
  request: number
  /** The number of the chunk that completed it. */
  chunk: number
  /** How many events of the same chunk came after it. */
  after: number
  missing: number
  isRepeated: boolean
}
