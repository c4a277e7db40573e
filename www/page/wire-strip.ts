/** The wire with the sentence that says how the connection is doing. */

import type { Observation } from '../observation/observation.js'
import { h, setText } from './dom.js'
import { duration } from './formats.js'
import { Wire } from './wire.js'

/** How often the sentence is brought up to date, in ms. */
const UPDATE = 100

export class WireStrip {
  readonly element: HTMLElement
  #observation: Observation | undefined
  readonly #phase = h('strong', { className: 'phase' })
  readonly #sentence = h('span', { className: 'sentence' })
  /** What a screen reader is told, once for each phase. */
  readonly #spoken = h('p', { className: 'hidden-text', role: 'status' })

  constructor() {
    const wire = new Wire(() => this.#observation)
    this.element = h(
      'section',
      { className: 'wire-strip', 'aria-label': 'The connection' },
      h('p', {}, this.#phase, this.#sentence),
      wire.element,
      this.#spoken,
    )
    setInterval(() => this.#update(), UPDATE)
    this.#update()
  }

  /** Shows another connection, or none. */
  show(observation: Observation | undefined): void {
    this.#observation = observation
    this.#update()
  }

  #update(): void {
    const observation = this.#observation
    const now = performance.now()
    observation?.look(now)
    const phase = observation?.phase ?? 'idle'
    this.element.dataset['phase'] = observation?.stalledSince === undefined ? phase : 'stalled'
    if (this.#phase.textContent !== phase) {
      this.#phase.textContent = phase
      this.#spoken.textContent = `The connection is ${phase}.`
    }
    setText(this.#sentence, sentence(observation, now))
  }
}

function sentence(observation: Observation | undefined, now: number): string {
  if (observation === undefined) return 'No connection yet.'
  const { phase, exchange, lastFailure, stretches, stalledSince, lastEventId } = observation
  const since = duration(now - (stretches.last?.from ?? now))
  const because =
    lastFailure === undefined
      ? ''
      : `${lastFailure.reason}${lastFailure.status === undefined ? '' : ` ${lastFailure.status}`}`
  switch (phase) {
    case 'connecting':
      return `Request ${exchange?.number ?? 1}, for ${since}`
    case 'open': {
      if (stalledSince !== undefined) return `Silent for ${duration(now - stalledSince)}`
      const { events } = observation.rates.perSecond(now, 2)
      return `For ${since}, ${events < 10 ? events.toFixed(1) : Math.round(events)} events a second`
    }
    case 'waiting': {
      const left = Math.max((stretches.last?.until ?? now) - now, 0)
      return `${because}; request ${(exchange?.number ?? 0) + 1} in ${(left / 1_000).toFixed(1)} s`
    }
    case 'paused':
      return lastEventId === '' ? 'This page has paused it' : `It goes on after ${lastEventId}`
    case 'failed':
      return `${because}; there will be no further attempt`
    case 'complete':
      return 'The server has ended the stream'
    default:
      return 'This page has closed it'
  }
}
