/** Where a scenario plays: what its few lines print on, and what draws its connections on the wire. */

import type { EventSource } from 'wasm-eventsource'

import { Observation } from '../observation/observation.js'
import { addRoute, plainFetch } from '../observation/routes.js'
import { tap } from '../observation/tap.js'
import { h, setText } from '../page/dom.js'

/** How a value flashes when it changes. */
const FLASH = { duration: 700, easing: 'ease-out' }
/** So many lines are kept. */
const MOST_LINES = 200

interface Value {
  element: HTMLElement
  last: string
  hasFallen: boolean
}

export class Stage {
  readonly element = h('div', { className: 'playground' })
  readonly observation = new Observation(() => {})
  readonly #sources = new Set<EventSource>()
  readonly #values = new Map<string, Value>()
  #grid: HTMLElement | undefined
  #log: HTMLElement | undefined
  #prose: HTMLElement | undefined
  #slide: { title: HTMLElement; text: HTMLElement } | undefined
  readonly #endRoute: () => void
  #isOver = false

  constructor() {
    // The code of a scenario is that of any page: what it asks for is seen by its header.
    this.#endRoute = addRoute({
      takes: (_url, { headers }) =>
        new Headers(headers).get('accept')?.includes('text/event-stream') ?? false,
      fetch: tap(this.observation, plainFetch),
    })
  }

  /** Draws a source on the wire, and closes it when another scenario begins. */
  wire(source: EventSource): void {
    if (this.#isOver) {
      source.close()
      return
    }
    this.#sources.add(source)
    this.observation.attach(source)
  }

  /** A line, below the others. */
  print(text: string, kind = 'line'): void {
    if (this.#log === undefined) {
      this.#log = h('ol', {
        className: 'printed',
        tabIndex: 0,
        'aria-label': 'What it has printed, the newest first',
      })
      this.element.append(this.#log)
    }
    this.#log.prepend(h('li', { data: { kind } }, text))
    while (this.#log.childElementCount > MOST_LINES) this.#log.lastElementChild?.remove()
  }

  /** A value with a name, which flashes when it changes. */
  value(name: string, value: string | number): void {
    const shown = this.#values.get(name) ?? this.#addValue(name)
    const text = String(value)
    if (shown.last === text) return
    const isDown = Number(text) < Number(shown.last)
    setText(shown.element, text)
    shown.hasFallen ||= isDown
    // Up and down say something only of what goes both ways: what counts rises, and is neither good nor bad.
    shown.element.dataset['change'] = shown.last === '' ? '' : !shown.hasFallen ? 'new' : isDown ? 'down' : 'up'
    shown.last = text
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches)
      shown.element.animate({ backgroundColor: ['var(--flash, transparent)', 'transparent'] }, FLASH)
  }

  /** Text that goes on where it was. */
  write(text: string): void {
    if (this.#prose === undefined) {
      this.#prose = h('p', { className: 'prose', 'aria-live': 'off' })
      this.element.append(this.#prose)
    }
    this.#prose.append(text)
  }

  slide(title: string, text: string): void {
    if (this.#slide === undefined) {
      this.#slide = { title: h('h2'), text: h('p') }
      this.element.append(h('div', { className: 'slide' }, this.#slide.title, this.#slide.text))
    }
    setText(this.#slide.title, title)
    setText(this.#slide.text, text)
  }

  button(label: string, action: () => void): void {
    const button = h('button', { type: 'button' }, label)
    button.addEventListener('click', action)
    this.element.append(h('p', { className: 'actions' }, button))
  }

  /** Closes what plays. */
  end(): void {
    this.#isOver = true
    for (const source of this.#sources) source.close()
    this.observation.close()
    this.#endRoute()
  }

  #addValue(name: string): Value {
    if (this.#grid === undefined) {
      this.#grid = h('dl', { className: 'values' })
      this.element.append(this.#grid)
    }
    const element = h('dd')
    this.#grid.append(h('div', {}, h('dt', {}, name), element))
    const value = { element, last: '', hasFallen: false }
    this.#values.set(name, value)
    return value
  }
}
