/**
 * How a member comes by its messages: over the channel, over a connection of its own that all follow, or
 * over one for itself alone, until it has caught up with the others.
 */

import type { Standing } from '../engine/glue.js'
import { freshStanding } from '../event-source/standing.js'
import type { Effects } from './effects.js'
import type { Loss, State } from './messages.js'
import { type CutBatch, Overheard } from './overheard.js'
import { type Place, SOMEWHERE } from './place.js'
import type { Reception } from './reception.js'
import { placeOf, type Stream } from './stream.js'

/** How much text may wait for the loops of one source, in UTF-16 code units: 1 MiB. */
export const CAPACITY = 512 * 1024

export class Reader {
  readonly reception: Reception
  readonly #effects: Effects
  #purpose: 'lead' | 'alone' | 'trial' | undefined
  /** Where a trial has begun. */
  #trialPlace: Place = SOMEWHERE
  /** What it hears while it reads alone. */
  #overheard: Overheard | undefined
  #isSlow = false
  /** What the policy of reconnecting has come to where the stream is read, for whoever reads it next. */
  standing: Standing = freshStanding(null)
  /** The reconnection time, in ms. */
  time: number
  /** When the next attempt is due. */
  due = 0

  constructor(reception: Reception, time: number, effects: Effects) {
    this.reception = reception
    this.time = time
    this.#effects = effects
  }

  /** What its connection is for, if it has one: to lead, to catch up, or to lead should it succeed. */
  get purpose(): 'lead' | 'alone' | 'trial' | undefined {
    return this.#purpose
  }

  get trialPlace(): Place {
    return this.#trialPlace
  }

  /** Whether its loops are too slow for the others, so that it reads alone. */
  get isSlow(): boolean {
    return this.#isSlow
  }

  /** Whether more waits for its loops than may. */
  get isLate(): boolean {
    return this.#effects.waiting() > CAPACITY && !this.#isSlow && !this.reception.isLosing
  }

  /** Begins a connection, from where it is. What is left of a delay is waited for by one that leads. */
  connect(purpose: 'lead' | 'alone' | 'trial', now: number): void {
    const place = this.reception.place ?? SOMEWHERE
    const isToLead = purpose === 'lead'
    this.#purpose = purpose
    this.#trialPlace = place
    this.#effects.connect({
      lastEventId: place.lastEventId,
      standing: isToLead ? this.standing : freshStanding(this.standing.reconnectionTime),
      firstDelay: isToLead ? Math.max(0, this.due - now) : 0,
    })
  }

  /** Ends its connection, if it has one. */
  disconnect(): void {
    if (this.#purpose === undefined) return
    this.#purpose = this.#overheard = undefined
    this.#isSlow = false
    this.#effects.holdBack(false)
    this.#effects.disconnect()
  }

  /** From now on, its connection is the one that all follow. */
  lead(): void {
    this.#purpose = 'lead'
    this.#overheard = undefined
  }

  /** From now on, its connection is for itself, and read as slowly as its loops want. */
  stepAside(): void {
    this.#purpose = 'alone'
    this.#beSlow()
  }

  /** The stream of another one is followed, which goes on from that place. */
  follow(place: Place, isOpen: boolean, now: number): void {
    if (this.#purpose === 'alone') {
      this.#overheard = new Overheard(place, CAPACITY)
      this.meet(isOpen, now)
    } else if (!this.reception.goOnFrom(place, isOpen)) {
      this.readAlone(place, now)
    }
  }

  /** Reads what it has missed, while it hears what comes behind that place. */
  readAlone(place: Place, now: number): void {
    this.#overheard = new Overheard(place, CAPACITY)
    this.connect('alone', now)
  }

  /** The one that leads tells how things stand. */
  takeNote({ standing, time, delay }: State, now: number): void {
    this.standing = standing
    this.time = time
    this.due = now + delay
  }

  /** The one that leads tells again how things stand. */
  hearState({ count, isOpen, isVisible, ...place }: State, stream: Stream, now: number): void {
    const isMissing = count !== stream.count
    Object.assign(stream, { count, isOpen, isVisible })
    if (isMissing) {
      if (this.#purpose !== 'alone') this.disconnect()
      this.follow(placeOf(place), isOpen, now)
    } else if (this.#purpose === 'alone') {
      this.meet(isOpen, now)
    } else if (isOpen) {
      this.reception.tellOpen()
    }
  }

  /** The one that leads has received messages. */
  hearBatch(one: CutBatch, stream: Stream, now: number): void {
    const isMissing = one.batch.count !== stream.count + 1
    stream.count = one.batch.count
    if (isMissing && this.#purpose === 'alone') {
      // What it has heard before does not lead here.
      this.#overheard = new Overheard(SOMEWHERE, CAPACITY)
    } else if (isMissing) {
      this.disconnect()
      // What has been missed is asked for, where it can be.
      if (this.reception.place?.isExact) this.readAlone(SOMEWHERE, now)
      else this.reception.tellGap('handover', stream.isOpen)
    }
    if (one.batch.messages !== '') this.startAnew()
    this.#hear(one, stream.isOpen, now)
  }

  /** A connection that has delivered a message was a success: the next loss is the first of a new row. */
  startAnew(): void {
    const { reconnectionTime, losses } = this.standing
    if (losses !== 0) this.standing = freshStanding(reconnectionTime)
  }

  /** The one that leads has lost its connection. Who reads alone has one that is not lost. */
  hearLoss({ failure, isComplete, standing }: Loss, stream: Stream, now: number): void {
    stream.isOpen = false
    this.standing = standing
    this.due = now + (failure.retryIn ?? 0)
    if (this.#purpose !== 'alone') this.reception.tellLoss(failure, isComplete)
  }

  /** Something has come over the channel, whose stream is open or not. */
  #hear(one: CutBatch, isOpen: boolean, now: number): void {
    if (this.#purpose === 'alone') {
      this.#overheard?.add(one)
      this.meet(isOpen, now)
    } else {
      this.deliver(one, now)
    }
  }

  /** Goes on with what it has heard, once it has come to that. */
  meet(isOpen: boolean, now: number): void {
    const { place } = this.reception
    if (this.#purpose !== 'alone' || this.#isSlow || !isOpen || !place) return
    const rest = this.#overheard?.behind(place)
    if (rest === undefined) return
    this.disconnect()
    this.reception.tellOpen()
    for (const one of rest) this.#hear(one, false, now)
  }

  /** Delivers messages. If too many wait, it reads alone; but not if it leads: see {@link isLate}. */
  deliver(one: CutBatch, now: number): void {
    this.reception.deliver(one)
    if (!this.isLate || this.#purpose === 'lead') return
    if (!this.reception.place?.isExact) return this.reception.setLosing(true, false)
    // It hears again once it has the time.
    if (this.#purpose !== 'alone') {
      if (this.#purpose === 'trial') this.disconnect()
      this.readAlone(this.reception.place, now)
    }
    this.#beSlow()
  }

  /** No message waits for its loops any more. */
  catchUp(isOpen: boolean): void {
    this.#isSlow = false
    this.#effects.holdBack(false)
    if (this.reception.isLosing) this.reception.setLosing(false, isOpen)
  }

  #beSlow(): void {
    this.#isSlow = true
    this.#effects.holdBack(true)
  }
}
