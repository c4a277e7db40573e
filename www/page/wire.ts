/**
 * The wire: the life of a connection as a line. What was is to the left, now is the upright mark, and
 * to the right of it the next attempt draws near.
 */

import type { Observation } from '../observation/observation.js'
import type { Phase } from '../observation/types.js'
import { SLICE } from '../observation/rates.js'
import { h, setText } from './dom.js'
import { duration } from './formats.js'

/** How much of the past and of the future is drawn, in ms, on a wide screen; less on a narrow one. */
const PAST = 45_000
const FUTURE = 9_000
const WIDE = 1_400
const HEIGHT = 88
const LINE = 62
const TALLEST = 50
/** Labels that would stand closer than this are left out. */
const APART = 46

const COLOURS: Record<Phase, string> = {
  idle: '--line-strong',
  connecting: '--wait',
  open: '--open',
  waiting: '--wait',
  paused: '--line-strong',
  closed: '--line-strong',
  complete: '--line-strong',
  failed: '--bad',
}

export class Wire {
  readonly element: HTMLElement
  readonly #canvas = h('canvas', { height: HEIGHT })
  readonly #summary = h('p', { className: 'hidden-text' })
  readonly #observe: () => Observation | undefined
  #colours = new Map<string, string>()
  #width = 0
  #frame = 0

  constructor(observe: () => Observation | undefined) {
    this.#observe = observe
    this.#canvas.setAttribute('aria-hidden', 'true')
    this.element = h('div', { className: 'wire' }, this.#canvas, this.#summary)
    new ResizeObserver(() => this.#fit()).observe(this.element)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#colours.clear())
    addEventListener('themechange', () => this.#colours.clear())
    this.#draw()
  }

  /** Draws as long as the element is in the document. */
  #draw(): void {
    const now = performance.now()
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
    // Half of the frames are enough for a line that moves some pixels in a second.
    if (this.element.isConnected && this.#frame++ % (isCalm ? 30 : 2) === 0) this.#paint(now)
    requestAnimationFrame(() => this.#draw())
  }

  #fit(): void {
    const scale = devicePixelRatio
    this.#width = this.element.clientWidth
    this.#canvas.width = this.#width * scale
    this.#canvas.height = HEIGHT * scale
    this.#colours.clear()
    this.#paint(performance.now())
  }

  #paint(now: number): void {
    const context = this.#canvas.getContext('2d')
    if (context === null || this.#width === 0) return
    const observation = this.#observe()
    const scale = devicePixelRatio
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, this.#width, HEIGHT)
    const part = Math.min(Math.max(this.#width / WIDE, 0.4), 1)
    const perMs = this.#width / (PAST + FUTURE) / part
    const x = (at: number) => (at - now + PAST * part) * perMs
    const nowX = x(now)

    // The track that the wire will run on.
    context.lineWidth = 1
    this.#stroke(context, '--line', [1, 5], 0, this.#width)
    if (observation !== undefined) {
      this.#paintTicks(context, observation, now, x)
      let labelled = -APART
      for (const { phase, from, to, until, because } of observation.stretches) {
        const end = to ?? now
        if (x(end) < 0) continue
        const isSolid = phase === 'open'
        context.lineWidth = isSolid ? 3 : 2
        if (phase === 'connecting' || phase === 'waiting' || phase === 'paused' || isSolid) {
          const dashes = isSolid ? [] : phase === 'connecting' ? [6, 3] : [2, 5]
          this.#stroke(context, COLOURS[phase], dashes, Math.max(x(from), 0), x(end))
        }
        if (phase === 'waiting' || phase === 'failed') {
          const hasRoom = x(from) - labelled > APART
          if (hasRoom) labelled = x(from)
          this.#cross(context, x(from), hasRoom ? because : undefined)
        }
        if (phase === 'waiting' && to === undefined && until !== undefined)
          this.#paintNext(context, x(until), until - now)
      }
      const silences = [...observation.silences]
      if (observation.stalledSince !== undefined)
        silences.push({ from: observation.stalledSince, to: now })
      context.lineWidth = 3
      for (const { from, to } of silences) {
        if (x(to) < 0) continue
        this.#stroke(context, '--surface', [], Math.max(x(from), 0), x(to))
        this.#stroke(context, '--wait', [8, 4], Math.max(x(from), 0), x(to))
      }
    }
    const phase = observation?.phase ?? 'idle'
    context.fillStyle = this.#colour(COLOURS[phase])
    context.fillRect(nowX - 0.5, 4, 1, HEIGHT - 12)
    context.beginPath()
    context.arc(nowX, LINE, 5, 0, 2 * Math.PI)
    context.fill()
    setText(this.#summary, `The connection is ${phase}.`)
  }

  /** A tick for each slice of time: its height tells how many events there were in it. */
  #paintTicks(
    context: CanvasRenderingContext2D,
    { rates }: Observation,
    now: number,
    x: (at: number) => number,
  ): void {
    const newest = Math.floor(now / SLICE)
    const width = Math.max((x(SLICE) - x(0)) * 0.55, 1.5)
    for (let slice = newest - PAST / SLICE; slice <= newest; slice++) {
      const { events, bytes } = rates.at(slice)
      if (bytes === 0) continue
      const at = x((slice + 0.5) * SLICE)
      if (at > x(now)) continue
      if (events === 0) {
        // Bytes that complete nothing: comments, or a part of an event.
        context.fillStyle = this.#colour('--muted')
        context.fillRect(at, LINE - 8, width, 3)
        continue
      }
      const height = Math.min(10 + 5 * Math.log2(events), TALLEST)
      context.fillStyle = this.#colour('--data')
      context.fillRect(at, LINE - 5 - height, width, height)
    }
  }

  #paintNext(context: CanvasRenderingContext2D, at: number, left: number): void {
    const right = Math.min(at, this.#width - 8)
    context.strokeStyle = this.#colour('--wait')
    context.lineWidth = 2
    context.beginPath()
    context.arc(right, LINE, 5, 0, 2 * Math.PI)
    context.stroke()
    context.fillStyle = this.#colour('--wait')
    context.font = '600 11px ui-monospace, monospace'
    const text = duration(Math.max(left, 0))
    // Where there is no room behind it, above.
    const isBehind = right + 60 < this.#width
    context.textAlign = isBehind ? 'left' : 'right'
    context.fillText(text, isBehind ? right + 10 : this.#width - 6, isBehind ? LINE + 4 : LINE - 12)
  }

  #stroke(
    context: CanvasRenderingContext2D,
    colour: string,
    dashes: number[],
    from: number,
    to: number,
  ): void {
    context.strokeStyle = this.#colour(colour)
    context.setLineDash(dashes)
    context.beginPath()
    context.moveTo(from, LINE)
    context.lineTo(to, LINE)
    context.stroke()
    context.setLineDash([])
  }

  #cross(context: CanvasRenderingContext2D, at: number, because = ''): void {
    context.fillStyle = this.#colour('--bad')
    context.font = '10px ui-monospace, monospace'
    context.textAlign = 'center'
    context.fillText(because, at, LINE + 17)
    context.strokeStyle = this.#colour('--bad')
    context.lineWidth = 2
    context.beginPath()
    context.moveTo(at - 4, LINE - 4)
    context.lineTo(at + 4, LINE + 4)
    context.moveTo(at + 4, LINE - 4)
    context.lineTo(at - 4, LINE + 4)
    context.stroke()
  }

  #colour(name: string): string {
    let colour = this.#colours.get(name)
    if (colour === undefined) {
      // Resolves light-dark(), which a canvas does not.
      const probe = h('i')
      probe.style.color = `var(${name})`
      this.element.append(probe)
      colour = getComputedStyle(probe).color
      probe.remove()
      this.#colours.set(name, colour)
    }
    return colour
  }
}
