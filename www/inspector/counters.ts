/** The figures of a connection. */

import type { Observation } from '../observation/observation.js'
import { h, setText } from '../page/dom.js'
import { bytes, count, duration } from '../page/formats.js'

type Figure = [
  label: string,
  value: (observation: Observation) => string,
  isBad?: (observation: Observation) => boolean,
]

const FIGURES: Figure[] = [
  ['First byte', ({ timeToFirstByte }) => (timeToFirstByte === undefined ? '–' : duration(timeToFirstByte))],
  ['Events', ({ events }) => count(events)],
  ['Bytes', (observation) => bytes(observation.bytes)],
  ['Requests', ({ requests }) => count(requests)],
  ['Losses', ({ losses }) => count(losses)],
  ['Missing', ({ missing }) => count(missing), ({ missing }) => missing > 0],
  ['Doubled', ({ repeated }) => count(repeated), ({ repeated }) => repeated > 0],
  ['Stalls', ({ stalls }) => count(stalls), ({ stalls }) => stalls > 0],
  ['Last event ID', ({ lastEventId }) => lastEventId || '–'],
  [
    'Reconnection time',
    ({ reconnectionTime }) => (reconnectionTime === undefined ? 'not set' : `${reconnectionTime} ms`),
  ],
]

export class Counters {
  readonly element = h('dl', { className: 'counters' })
  readonly #values: HTMLElement[]

  constructor() {
    this.#values = FIGURES.map(([label]) => {
      const value = h('dd', {}, '–')
      this.element.append(h('div', { data: { figure: label } }, h('dt', {}, label), value))
      return value
    })
  }

  update(observation: Observation): void {
    for (const [index, [, value, isBad]] of FIGURES.entries()) {
      const element = this.#values[index]
      if (element === undefined) continue
      setText(element, value(observation))
      element.classList.toggle('is-bad', isBad?.(observation) ?? false)
    }
  }
}
