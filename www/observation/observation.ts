/** What is known of a connection and its story: what the wire, the list and the figures show. */

import { type EventSource, type EventSourceErrorEvent, EventStreamDecoder } from 'wasm-eventsource'

import { Continuity } from './continuity.js'
import { Rates } from './rates.js'
import { Ring } from './ring.js'
import type { Watcher } from './tap.js'
import type { Chapter, Chunk, Exchange, Phase, Row, Silence, Stretch } from './types.js'

/** What is kept at most. */
export const MOST_ROWS = 100_000
export const MOST_TEXT = 64_000_000
export const MOST_BYTES = 48_000_000
const MOST_CHAPTERS = 1_000
const MOST_STRETCHES = 400
/** How much of a refused answer is shown. */
const BODY_SHOWN = 1_000
/** Less than this is no stall. */
const SHORTEST_STALL = 2_000

export class Observation implements Watcher<Exchange> {
  readonly rows = new Ring<Row>()
  readonly chunks = new Ring<Chunk>()
  readonly chapters = new Ring<Chapter>()
  readonly stretches = new Ring<Stretch>()
  /** The stalls that are over. */
  readonly silences = new Ring<Silence>()
  readonly rates = new Rates()
  /** How many events there were of each type. */
  readonly types = new Map<string, number>()

  exchange: Exchange | undefined
  requests = 0
  opened = 0
  losses = 0
  events = 0
  comments = 0
  bytes = 0
  missing = 0
  repeated = 0
  withoutId = 0
  stalls = 0
  lastEventId = ''
  reconnectionTime: number | undefined
  lastFailure: EventSourceErrorEvent | undefined
  /** Since when nothing has come, when that is longer than it should be. */
  stalledSince: number | undefined
  droppedBytes = 0
  /** How long the last answer that came took to begin, in ms. */
  timeToFirstByte: number | undefined

  #text = 0
  #lastChunkAt = 0
  #lastRowAt: number | undefined
  /** How long nothing had come before each of the last chunks. */
  #gaps: number[] = []
  #continuity = new Continuity()
  /** The chunks whose events have not been delivered yet. */
  #undelivered: { chunk: number; left: number }[] = []
  #isFirstAfterResume = false
  #sources: EventSource[] = []
  #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  get phase(): Phase {
    return this.stretches.last?.phase ?? 'idle'
  }

  /** Whether nothing will come any more, unless somebody asks again. */
  get isOver(): boolean {
    return ['closed', 'failed', 'complete'].includes(this.phase)
  }

  /** Hears what a source tells of its connection. */
  attach(source: EventSource): void {
    this.#sources.push(source)
    source.addEventListener('open', () => {
      if (source.readyState !== source.OPEN) return
      this.#isFirstAfterResume = this.exchange?.sentId !== undefined
      this.opened += 1
      this.#enter({ phase: 'open', from: performance.now() })
      this.#tell({
        kind: 'open',
        title: `Open, ${this.exchange?.status ?? ''}`,
        detail: this.exchange?.contentType,
      })
    })
    source.addEventListener('error', (event) => this.#lose(event))
  }

  /** Takes the messages of a source, of whatever type, until it is over. */
  async take(source: EventSource): Promise<void> {
    try {
      for await (const { type, data, lastEventId } of source) this.#takeEvent(type, data, lastEventId)
    } catch {
      // The error event has told it.
    }
  }

  /** Takes the text of a comment. */
  takeComment(text: string): void {
    this.comments += 1
    this.#push({
      kind: 'comment',
      type: '',
      data: text,
      id: '',
      chunk: this.chunks.end - 1,
      after: 0,
      missing: 0,
      isRepeated: false,
    })
  }

  /** The page has closed the source. */
  close(): void {
    if (this.isOver || this.phase === 'idle') return
    this.#enterClosed('Closed by you')
  }

  /** The page has closed the source, and will make another that goes on from the last event ID. */
  pause(): void {
    if (this.isOver || this.phase === 'idle') return
    this.#undelivered = []
    this.#endStall(performance.now())
    this.#enter({ phase: 'paused', from: performance.now() })
    this.#tell({ kind: 'closed', title: 'Paused by you' })
  }

  tellFault(title: string, detail: string): void {
    this.#tell({ kind: 'fault', title, detail })
  }

  // ---- What the tap tells ----

  handleRequest(url: string, init: RequestInit): Exchange {
    const headers = [...new Headers(init.headers)]
    const sentId = headers.find(([name]) => name === 'last-event-id')?.[1]
    this.requests += 1
    const exchange: Exchange = {
      number: this.requests,
      method: init.method ?? 'GET',
      url,
      headers,
      sentId: sentId === undefined ? undefined : decodeHeader(sentId),
      startedAt: performance.now(),
      bytes: 0,
      events: 0,
      missing: 0,
      repeated: 0,
      decoder: new EventStreamDecoder(),
    }
    this.exchange = exchange
    this.#enter({ phase: 'connecting', from: exchange.startedAt })
    const from = exchange.sentId === undefined ? '' : `, from ${exchange.sentId}`
    this.#tell({
      kind: 'request',
      title: `Request ${exchange.number}${from}`,
      detail: `${exchange.method} ${url}`,
    })
    return exchange
  }

  handleNoResponse(exchange: Exchange): void {
    exchange.endedAt = performance.now()
  }

  handleResponse(exchange: Exchange, response: Response): void {
    exchange.status = response.status
    exchange.contentType = response.headers.get('content-type') ?? ''
    exchange.answerHeaders = [...response.headers]
    exchange.headAt = performance.now()
    this.#onChange()
  }

  handleChunk(exchange: Exchange, bytes: Uint8Array<ArrayBuffer>): void {
    const at = performance.now()
    const silence = this.#lastChunkAt === 0 ? 0 : at - Math.max(this.#lastChunkAt, exchange.startedAt)
    this.#endStall(at)
    if (exchange.firstByteAt === undefined) {
      exchange.firstByteAt = at
      this.timeToFirstByte = at - exchange.startedAt
    } else {
      this.#gaps.push(silence)
      if (this.#gaps.length > 20) this.#gaps.shift()
    }
    this.#lastChunkAt = at
    const events = countEvents(exchange.decoder, bytes)
    exchange.bytes += bytes.length
    exchange.events += events
    this.bytes += bytes.length
    this.reconnectionTime = exchange.decoder.reconnectionTime ?? this.reconnectionTime
    this.rates.add(at, events, bytes.length)
    if (events > 0) this.#undelivered.push({ chunk: this.chunks.end, left: events })
    this.chunks.push({ request: exchange.number, at, bytes, events, silence })
    while (this.bytes - this.droppedBytes > MOST_BYTES && this.chunks.length > 1) {
      this.droppedBytes += this.chunks.shift()?.bytes.length ?? 0
    }
    this.#onChange()
  }

  handleEnd(exchange: Exchange): void {
    exchange.endedAt = performance.now()
    this.#endStall(exchange.endedAt)
    this.#onChange()
    // A source that is closed fires no event, and a loop that is left closes its source.
    setTimeout(() => {
      if (this.phase === 'open' && this.#sources.every(({ readyState }) => readyState === 2))
        this.#enterClosed('Closed by the page')
    })
  }

  /** Looks whether the stream has been silent for longer than it should. To be called now and then. */
  look(now: number): void {
    if (this.phase !== 'open' || this.stalledSince !== undefined || this.#gaps.length < 4) return
    const usual = this.#gaps.toSorted((a, b) => a - b)[this.#gaps.length >> 1] ?? 0
    if (now - this.#lastChunkAt > Math.max(SHORTEST_STALL, 4 * usual)) {
      this.stalledSince = this.#lastChunkAt
      this.stalls += 1
      this.#onChange()
    }
  }

  #enterClosed(title: string): void {
    this.#undelivered = []
    this.#endStall(performance.now())
    this.#enter({ phase: 'closed', from: performance.now() })
    this.#tell({ kind: 'closed', title })
  }

  #endStall(at: number): void {
    const from = this.stalledSince
    if (from === undefined) return
    this.stalledSince = undefined
    this.silences.push({ from, to: at })
    if (this.silences.length > MOST_STRETCHES) this.silences.shift()
    this.#tell({ kind: 'stall', title: `Was silent for ${((at - from) / 1_000).toFixed(1)} s` })
  }

  #lose(event: EventSourceErrorEvent): void {
    const now = performance.now()
    this.lastFailure = event
    this.#endStall(now)
    const status = event.status === undefined ? '' : ` ${event.status}`
    const { reason, message, retryIn } = event
    const because = String(event.status ?? reason)
    const chapter: Chapter = {
      at: now,
      kind: 'lost',
      title:
        retryIn === null ? `Over: ${reason}${status}` : `Lost: ${reason}${status}; back in ${retryIn} ms`,
      detail: message,
      request: this.exchange,
    }
    if (retryIn === null) {
      chapter.kind = 'over'
      const isComplete = reason === 'ended' || event.status === 204
      this.#enter({ phase: isComplete ? 'complete' : 'failed', from: now, because })
    } else {
      this.losses += 1
      this.#enter({ phase: 'waiting', from: now, until: now + retryIn, because })
    }
    this.#tell(chapter)
    // It is dropped unless somebody begins to read it at once.
    event.response?.text().then(
      (text) => {
        chapter.body = text.slice(0, BODY_SHOWN)
        this.#onChange()
      },
      () => {},
    )
  }

  #takeEvent(type: string, data: string, id: string): void {
    this.events += 1
    this.types.set(type, (this.types.get(type) ?? 0) + 1)
    const { chunk, after } = this.#nextUndelivered()
    const isFirst = this.#isFirstAfterResume
    this.#isFirstAfterResume = false
    let missing = 0
    let isRepeated = false
    if (id === '' || (id === this.lastEventId && !isFirst)) this.withoutId += 1
    if (id !== '' && (id !== this.lastEventId || isFirst)) {
      const verdict = this.#continuity.check(id)
      missing = verdict.missing
      isRepeated = verdict.isRepeated
    }
    this.lastEventId = id
    if (this.exchange !== undefined) {
      this.exchange.missing += missing
      this.exchange.repeated += isRepeated ? 1 : 0
    }
    this.missing += missing
    this.repeated += isRepeated ? 1 : 0
    if (isFirst) {
      const verdict = missing > 0 ? `${missing} missing` : isRepeated ? 'one came twice' : 'no gap'
      this.#tell({ kind: 'resumed', title: `Resumed after ${this.exchange?.sentId}: ${verdict}` })
    }
    this.#push({ kind: 'event', type, data, id, chunk, after, missing, isRepeated })
  }

  #nextUndelivered(): { chunk: number; after: number } {
    const [next] = this.#undelivered
    if (next === undefined) return { chunk: this.chunks.end - 1, after: 0 }
    next.left -= 1
    if (next.left === 0) this.#undelivered.shift()
    return { chunk: next.chunk, after: next.left }
  }

  #push(row: Omit<Row, 'at' | 'gap' | 'request'>): void {
    const chunk = this.chunks.at(row.chunk)
    const at = chunk?.at ?? performance.now()
    const gap = this.#lastRowAt === undefined ? 0 : at - this.#lastRowAt
    this.#lastRowAt = at
    this.rows.push({ ...row, at, gap, request: chunk?.request ?? this.requests })
    this.#text += row.data.length
    while (this.rows.length > MOST_ROWS || (this.#text > MOST_TEXT && this.rows.length > 1)) {
      this.#text -= this.rows.shift()?.data.length ?? 0
    }
    this.#onChange()
  }

  #enter(stretch: Stretch): void {
    const { last } = this.stretches
    if (last !== undefined && last.to === undefined) last.to = stretch.from
    this.stretches.push(stretch)
    if (this.stretches.length > MOST_STRETCHES) this.stretches.shift()
  }

  #tell(chapter: Omit<Chapter, 'at'> & { at?: number }): void {
    const told = Object.assign(chapter, {
      at: chapter.at ?? performance.now(),
      request: chapter.request ?? this.exchange,
    })
    this.chapters.push(told)
    if (this.chapters.length > MOST_CHAPTERS) this.chapters.shift()
    this.#onChange()
  }
}

/** How many events some bytes complete; an event that is too large ends the count. */
function countEvents(decoder: EventStreamDecoder, bytes: Uint8Array<ArrayBuffer>): number {
  try {
    return decoder.decode(bytes).length
  } catch {
    return 0
  }
}

/** A last event ID goes over the wire in UTF-8, which a header shows a character for each byte of. */
function decodeHeader(value: string): string {
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}
