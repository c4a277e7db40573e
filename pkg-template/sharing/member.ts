/**
 * A member of a group of sources that hold one connection: what it does about what it hears. It has no
 * clock, no chance and no browser: whoever drives it tells it what happens and when, and does what it asks
 * for through {@link Effects}. `docs/sharing.md` has the rules, and why they are as they are.
 */

import type { BatchText, Item } from '../event-source/connection.js'
import { Deadlines } from './deadlines.js'
import type { Beginning, Effects } from './effects.js'
import { type Batch, isOfThisPage, type Loss, type Message, type PlainFailure, type State } from './messages.js'
import { Peers } from './peers.js'
import { type Place, placeBehind, SOMEWHERE } from './place.js'
import { Reader } from './reader.js'
import { failureBecause, Reception } from './reception.js'
import { isAbove, placeOf, type Stream } from './stream.js'
import { ANSWER, CLAIM, HIDDEN, JOIN, RELEASE, RETRY, SILENCE, SUCCESSION, TURN } from './times.js'

/** A member, from when it joins until it leaves. */
export class Member {
  readonly #id: string
  readonly #random: number
  readonly #cut: Beginning['cut']
  readonly #effects: Effects
  readonly #reader: Reader
  readonly #deadlines: Deadlines<'join' | 'silence' | 'answer' | 'connect' | 'handover' | 'release'>
  #role: 'joining' | 'following' | 'leading' | 'gone' = 'joining'
  #isVisible: boolean
  readonly #peers = new Peers()
  /** The last one that was followed, or led. */
  #stream: Stream | undefined
  #isLocked = false
  /** Whether nobody is to follow. */
  #isAtEnd = false

  /** Joins. */
  constructor(beginning: Beginning, effects: Effects, now: number) {
    this.#id = beginning.id
    this.#random = beginning.random
    this.#isVisible = beginning.isVisible
    this.#cut = beginning.cut
    this.#effects = effects
    this.#reader = new Reader(new Reception(effects, beginning.seen, beginning.place), beginning.time, effects)
    this.#deadlines = new Deadlines((at) => effects.wake(at))
    this.#join(now)
  }

  /** Where it is in the stream. */
  get place(): Place | undefined {
    return this.#reader.reception.place
  }

  /** Whether it leads, or has led when it left. */
  get isLeading(): boolean {
    return this.#stream?.from === this.#id
  }

  /** The reconnection time, in ms. */
  get time(): number {
    return this.#reader.time
  }

  // What happens.

  /** It is known that somebody leads, who may take long to answer. */
  expectAnswer(now: number): void {
    if (this.#role === 'joining') this.#deadlines.set('join', now + ANSWER)
  }

  /** Something has come over the channel. */
  receive(message: Message, now: number): void {
    if (this.#role === 'gone' || message.from === this.#id) return
    switch (message.type) {
      case 'hello':
        return this.#hearHello(message.from, message.asks, now)
      case 'state':
        return this.#hearState(message, now)
      case 'batch':
        if (this.#isOfLeader(message, now)) {
          this.#reader.hearBatch({ batch: message, items: this.#cut(message) }, this.#stream!, now)
        }
        return
      case 'loss':
        if (!this.#isOfLeader(message, now)) return
        this.#isAtEnd = message.failure.retryIn === null && this.#reader.purpose !== 'alone'
        this.#reader.hearLoss(message, this.#stream!, now)
        if (this.#isAtEnd) this.#end()
        return
      case 'leave':
        return this.#hearLeave(message.from, message.heir, now)
      case 'end':
        this.#isAtEnd = true
        this.#end()
        this.#reader.reception.tellLoss(failureBecause('left', null), true)
    }
  }

  /** The time has come that was told. */
  tick(now: number): void {
    for (const due of this.#deadlines.take(now)) {
      if (this.#role === 'gone') return
      if (due === 'release') this.#release()
      else if (due === 'join') this.#lead(now, 0)
      else if (due === 'connect') this.#reader.connect('lead', now)
      else if (due === 'handover') this.#tryToLead(now)
      // Who is too slow leaves it to others.
      else if (this.#reader.isSlow) continue
      else if (due === 'silence') this.#ask(now)
      else this.#lead(now, CLAIM)
    }
  }

  /** The page is shown, or hidden. */
  setVisible(isVisible: boolean, now: number): void {
    this.#isVisible = isVisible
    if (this.#role === 'leading') this.#announce(now)
    if (this.#role !== 'following') return
    if (isVisible) this.#ask(now)
    this.#watchVisibility(now)
  }

  /** The lock of a leader has come: it is gone, or has given it up. */
  handleLock(leader: string, now: number): void {
    if (this.#role !== 'following' || this.#stream?.from !== leader) return
    // Who is too slow leaves it to the next in the queue.
    if (this.#reader.isSlow) this.#effects.watch(undefined)
    else this.#lead(now, 0)
  }

  /** Its own lock has come. */
  handleHold(now: number): void {
    this.#isLocked = true
    if (this.#role === 'leading') this.#announce(now)
    else this.#release()
  }

  /** Its connection is established. */
  handleOpen(now: number): void {
    if (this.#reader.purpose === 'trial' && !this.#succeed()) return this.#failTrial(now)
    if (this.#reader.purpose === 'lead') {
      this.#stream!.isOpen = true
      this.#announce(now)
    }
    this.#reader.reception.tellOpen()
  }

  /** Messages and comments have come over its connection. */
  handleBatch(text: BatchText, items: readonly Item[], origin: string, times: Batch['times'], now: number): void {
    const stream = this.#stream!
    const isLeading = this.#reader.purpose === 'lead'
    const count = isLeading ? (stream.count += 1) : 0
    const batch: Batch = { type: 'batch', from: this.#id, epoch: stream.epoch, count, ...text, origin, times }
    if (isLeading) {
      if (text.messages !== '') this.#reader.startAnew()
      stream.place = placeBehind(stream.place, items)
      this.#effects.post(batch)
    }
    this.#reader.deliver({ batch, items }, now)
    if (!isLeading) this.#reader.meet(stream.isOpen, now)
    else if (this.#reader.isLate) this.#handleLateness()
  }

  /** Its connection was lost, or never established. */
  handleLoss(failure: PlainFailure, isComplete: boolean, now: number): void {
    if (this.#reader.purpose === 'trial') return this.#failTrial(now)
    const isFinal = failure.retryIn === null
    if (this.#reader.purpose === 'lead') {
      const { epoch } = this.#stream!
      const { standing } = this.#reader
      this.#stream!.isOpen = false
      this.#reader.due = now + (failure.retryIn ?? 0)
      this.#isAtEnd = isFinal && !isOfThisPage(failure)
      // Another one may be luckier.
      if (isFinal && !this.#isAtEnd) this.leave()
      else this.#effects.post({ type: 'loss', from: this.#id, epoch, failure, isComplete, standing })
    }
    if (isFinal) this.#end()
    this.#reader.reception.tellLoss(failure, isComplete)
  }

  /** What the policy of its connection has come to, and the reconnection time. */
  setStanding(standing: State['standing'], time: number, now: number): void {
    if (this.#reader.purpose !== 'lead') return
    const isNews = time !== this.#reader.time
    Object.assign(this.#reader, { standing, time })
    if (isNews) this.#announce(now)
  }

  /** No message waits for its loops any more. */
  handleDrained(now: number): void {
    if (this.#role === 'gone') return
    const { isSlow } = this.#reader
    this.#reader.catchUp(this.#stream?.isOpen ?? false)
    if (!isSlow) return
    // It has led, and nobody has followed yet.
    if (this.#stream!.from === this.#id) return this.#join(now)
    // It has paid no heed to whether the leader is there.
    this.#ask(now)
    this.#reader.meet(this.#stream!.isOpen, now)
  }

  /** The source is closed, or its page put aside. */
  leave(): void {
    if (this.#role !== 'gone' && !this.#isAtEnd) this.#sayFarewell()
    this.#end()
  }

  /** All sources are to be closed. */
  endForAll(): void {
    if (this.#role === 'gone') return
    this.#isAtEnd = true
    this.#effects.post({ type: 'end', from: this.#id })
    this.#end()
  }

  // Who is there.

  #join(now: number): void {
    this.#role = 'joining'
    this.#greet(true)
    this.#deadlines.set('join', now + JOIN)
  }

  /** Tells that it is there. */
  #greet(asks: boolean): void {
    this.#effects.post({ type: 'hello', from: this.#id, asks })
  }

  /** Asks whether the leader is there. */
  #ask(now: number): void {
    this.#greet(true)
    this.#deadlines.set('answer', now + ANSWER)
  }

  #hearHello(from: string, asks: boolean, now: number): void {
    this.#peers.add(from)
    if (this.#role === 'leading') {
      // Not before there is somebody to hold it for: a browser may keep a page that has asked for a lock
      // out of the back/forward cache.
      if (!this.#isLocked) this.#effects.hold()
      if (asks) this.#announce(now)
    } else if (this.#role === 'joining') {
      // Of those that come at the same time, one goes first. It may have said so before the other came.
      if (from < this.#id) this.#deadlines.set('join', now + TURN)
      else if (asks) this.#greet(false)
    }
  }

  #hearLeave(from: string, heir: string, now: number): void {
    this.#peers.delete(from)
    if (this.#stream?.from !== from || this.#reader.isSlow) return
    if (heir === this.#id) this.#lead(now, 0)
    // Another one is named, or is given the lock. Should it not be there:
    else this.#deadlines.set('silence', now + SUCCESSION)
  }

  #sayFarewell(): void {
    // Where there is a lock, the next in its queue follows.
    const names = this.#role === 'leading' && !this.#isLocked
    this.#effects.post({ type: 'leave', from: this.#id, heir: names ? this.#peers.last : '' })
  }

  #end(): void {
    if (this.#role === 'gone') return
    this.#role = 'gone'
    this.#deadlines.clear()
    this.#reader.disconnect()
    this.#effects.watch(undefined)
    // What was said last is to be heard before the lock comes.
    this.#effects.release(this.#isAtEnd ? RELEASE : 0)
  }

  // Who leads.

  /** Leads, from where it is; connects in `delay` ms, unless another one is heard of until then. */
  #lead(now: number, delay: number): void {
    const reader = this.#reader
    const isReading = reader.purpose === 'alone'
    if (!isReading) reader.disconnect()
    this.#begin(this.place ?? SOMEWHERE, isReading && reader.reception.isOpen)
    if (isReading) {
      reader.lead()
      return this.#announce(now)
    }
    this.#announce(now)
    if (delay > 0) this.#deadlines.set('connect', now + delay)
    else reader.connect('lead', now)
    // Last, as the source may be closed when it hears of it.
    if (this.place?.isExact === false) reader.reception.tellGap('handover', false)
  }

  #begin(place: Place, isOpen: boolean): void {
    const former = this.#stream
    const epoch = Math.max(this.#effects.unixTime(), (former?.epoch ?? 0) + 1)
    // If that one is still there, it will say so.
    if (former) this.#peers.delete(former.from)
    this.#stream = { from: this.#id, epoch, count: 0, place, isOpen, isVisible: true }
    this.#role = 'leading'
    this.#deadlines.clear()
  }

  #hearState(state: State, now: number): void {
    const { from, epoch, isOpen, isVisible, isLocked } = state
    const stream = this.#stream
    if (stream?.from === from && stream.epoch === epoch) {
      this.#takeNote(state, now)
      this.#reader.hearState(state, stream, now)
      return this.#watchVisibility(now)
    }
    if (stream !== undefined && !isAbove(state, stream)) {
      // It has been passed over, and does not know yet.
      if (this.#role === 'leading') this.#announce(now)
      return
    }
    // It may not have heard of this one, and thinks that it is alone.
    this.#greet(false)
    if (this.#isLocked) this.#deadlines.set('release', now + RELEASE)
    if (this.#reader.purpose !== 'alone') this.#reader.disconnect()
    const place = placeOf(state)
    this.#role = 'following'
    this.#stream = { from, epoch, count: state.count, place, isOpen, isVisible }
    this.#peers.add(from)
    this.#deadlines.delete('join', 'connect', 'handover')
    this.#takeNote(state, now)
    this.#reader.follow(place, isOpen, now)
    this.#watchVisibility(now)
  }

  #takeNote(state: State, now: number): void {
    this.#reader.takeNote(state, now)
    this.#effects.watch(state.isLocked ? state.from : undefined)
    this.#hearAnything(now)
  }

  /** Whether a message is of the one that is followed, which is there, then. */
  #isOfLeader({ from, epoch }: Batch | Loss, now: number): boolean {
    const stream = this.#stream
    if (stream?.from === from && stream.epoch === epoch) {
      this.#hearAnything(now)
      return true
    }
    // It has been passed over, and does not know yet.
    if (this.#role === 'leading') this.#announce(now)
    return false
  }

  #hearAnything(now: number): void {
    this.#deadlines.delete('answer')
    this.#deadlines.set('silence', now + SILENCE * (1 + this.#random / 5))
  }

  /** Its own loops are too slow for the others, if there are any. */
  #handleLateness(): void {
    if (!this.#peers.areThere) return this.#effects.holdBack(true)
    if (!this.place?.isExact) return this.#reader.reception.setLosing(true, false)
    this.#sayFarewell()
    this.#role = 'following'
    this.#deadlines.clear()
    this.#reader.stepAside()
    this.#release()
  }

  #release(): void {
    this.#isLocked = false
    this.#effects.release(0)
  }

  /** Tells how things stand with this one, which leads. */
  #announce(now: number): void {
    const { standing, time, due } = this.#reader
    const delay = this.#stream!.isOpen ? 0 : Math.max(0, due - now)
    const { place, ...stream } = { ...this.#stream!, isVisible: this.#isVisible, isLocked: this.#isLocked }
    this.#effects.post({ type: 'state', ...stream, ...place, time, standing, delay })
  }

  // Leadership follows visibility.

  /** Sees to it that a visible one takes the lead of one that is hidden, in a while. */
  #watchVisibility(now: number): void {
    if (!this.#isVisible || this.#stream!.isVisible) this.#deadlines.delete('handover')
    else if (!this.#deadlines.has('handover')) this.#deadlines.set('handover', now + HIDDEN * (1 + this.#random / 5))
  }

  /** Connects, and leads once that has succeeded. Where a gap would come of it, the hidden one goes on. */
  #tryToLead(now: number): void {
    const isPossible = this.#reader.purpose === undefined && this.#stream!.isOpen && this.place?.isExact
    if (isPossible) this.#reader.connect('trial', now)
    else this.#deadlines.set('handover', now + HIDDEN)
  }

  /** The trial has: this one leads, from where it has asked. Meanwhile it may have come further. */
  #succeed(): boolean {
    const { trialPlace, reception } = this.#reader
    if (!this.place?.isExact || !reception.goOnFrom(trialPlace, true)) return false
    this.#begin(trialPlace, true)
    this.#reader.lead()
    return true
  }

  #failTrial(now: number): void {
    this.#reader.disconnect()
    this.#deadlines.set('handover', now + RETRY)
  }
}
