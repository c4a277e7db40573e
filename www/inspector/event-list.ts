/** The list of events: as many rows as fit are in the document, however many there are. */

import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core'

import type { Observation } from '../observation/observation.js'
import type { Row } from '../observation/types.js'
import { h, perFrame, setText } from '../page/dom.js'
import { bytes, clock, count, duration, plural } from '../page/formats.js'
import { FilteredRows, type Filter } from './filter.js'

export const ROW_HEIGHT = 28
const encoder = new TextEncoder()

interface Line {
  element: HTMLElement
  cells: HTMLElement[]
}

export class EventList {
  readonly element: HTMLElement
  /** Told which row is chosen. */
  onSelect: (row: Row | undefined) => void = () => {}
  isFollowing = true
  onFollowingChange: () => void = () => {}

  readonly #rows = new FilteredRows(() => this.refresh())
  readonly #scroller: HTMLElement
  readonly #canvas: HTMLElement
  readonly #empty: HTMLElement
  readonly #status: HTMLElement
  readonly #lines: Line[] = []
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>
  #observation: Observation | undefined
  #selected: number | undefined
  #isHeld = false
  /** Draws at the next frame. */
  readonly refresh = perFrame(() => this.#refresh())

  constructor() {
    this.#canvas = h('div', { className: 'rows', role: 'presentation' })
    this.#empty = h('div', { className: 'empty' })
    this.#scroller = h(
      'div',
      {
        className: 'scroller',
        role: 'listbox',
        tabIndex: 0,
        id: 'events',
        'aria-label': 'Events, the newest last',
      },
      this.#canvas,
    )
    this.#status = h('p', { className: 'list-status' })
    const head = h(
      'div',
      { className: 'list-head row', 'aria-hidden': 'true' },
      ...['Time', 'Gap', 'Type', 'ID', 'Size', 'Data'].map((title) => h('span', {}, title)),
    )
    this.element = h(
      'div',
      { className: 'event-list' },
      head,
      h('div', { className: 'list-body' }, this.#scroller, this.#empty),
      this.#status,
    )
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: () => this.#scroller,
      estimateSize: () => ROW_HEIGHT,
      overscan: 6,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.#draw(),
    })
    this.#virtualizer._didMount()
    this.#scroller.addEventListener('scroll', () => this.#handleScroll(), { passive: true })
    this.#scroller.addEventListener('keydown', (event) => this.#handleKey(event))
    this.#scroller.addEventListener('click', (event) => {
      const line = (event.target as Element).closest<HTMLElement>('[data-row]')
      if (line !== null) this.select(Number(line.dataset['row']))
    })
  }

  /** Shows another connection. */
  show(observation: Observation, filter: Filter): void {
    this.#observation = observation
    this.#rows.set(filter, observation)
    this.#selected = undefined
    this.follow(true)
    this.refresh()
  }

  /** @throws an `Error` that says what is wrong with the expression */
  filter(filter: Filter): void {
    this.#rows.set(filter, this.#observation)
    this.refresh()
  }

  /** Holds the list still, though events go on coming. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
    this.refresh()
  }

  follow(isFollowing: boolean): void {
    if (this.isFollowing === isFollowing) return
    this.isFollowing = isFollowing
    this.onFollowingChange()
    this.refresh()
  }

  select(number: number | undefined): void {
    this.#selected = number
    if (number !== undefined) this.follow(false)
    this.onSelect(number === undefined ? undefined : this.#observation?.rows.at(number))
    this.#draw()
  }

  /** The rows that the filter lets through. */
  *shown(): Generator<Row> {
    for (let index = 0; index < this.#rows.length; index++) {
      const row = this.#observation?.rows.at(this.#rows.at(index) ?? -1)
      if (row !== undefined) yield row
    }
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0
  }

  /** Says why there is nothing. */
  setEmpty(title: string, advice: string[]): void {
    const text = [title, ...advice].join()
    if (this.#empty.dataset['text'] === text) return
    this.#empty.dataset['text'] = text
    this.#empty.replaceChildren(h('strong', {}, title), ...advice.map((sentence) => h('p', {}, sentence)))
  }

  #refresh(): void {
    const observation = this.#observation
    if (observation === undefined) return
    const gone = this.#isHeld ? 0 : this.#rows.update(observation)
    this.#tell(observation)
    if (this.#isHeld) return
    const { length } = this.#rows
    if (this.#virtualizer.options.count !== length) {
      this.#virtualizer.setOptions({ ...this.#virtualizer.options, count: length })
      this.#virtualizer._willUpdate()
    }
    this.#canvas.style.height = `${length * ROW_HEIGHT}px`
    if (this.isFollowing) this.#scroller.scrollTop = length * ROW_HEIGHT
    // What is read stays where it is.
    else if (gone > 0) this.#scroller.scrollTop -= gone * ROW_HEIGHT
    // It would hear of it at the next frame only, and have rows of elsewhere drawn until then.
    this.#virtualizer.scrollOffset = this.#scroller.scrollTop
    this.#draw()
  }

  #tell({ rows, droppedBytes }: Observation): void {
    const held = this.#isHeld ? 'Held still. ' : ''
    const dropped =
      rows.first === 0 ? '' : ` · ${plural(rows.first, 'older row')} dropped, to keep memory bounded`
    const raw = droppedBytes === 0 ? '' : ` · ${bytes(droppedBytes)} of raw bytes dropped`
    const shown = this.#rows.length === rows.length ? '' : `${count(this.#rows.length)} of `
    setText(this.#status, `${held}${shown}${plural(rows.length, 'row')}${dropped}${raw}`)
    this.#empty.hidden = this.#rows.length > 0
  }

  #draw(): void {
    const observation = this.#observation
    if (observation === undefined) return
    const items = this.#virtualizer.getVirtualItems()
    while (this.#lines.length < items.length) this.#lines.push(this.#makeLine())
    for (const [position, line] of this.#lines.entries()) {
      const item = items[position]
      const number = item === undefined ? undefined : this.#rows.at(item.index)
      const row = number === undefined ? undefined : observation.rows.at(number)
      if (item === undefined || number === undefined || row === undefined) {
        line.element.hidden = true
        line.element.removeAttribute('id')
        delete line.element.dataset['row']
        continue
      }
      line.element.hidden = false
      line.element.style.transform = `translateY(${item.index * ROW_HEIGHT}px)`
      this.#fill(line, row, number, item.index)
    }
    if (this.#selected !== undefined)
      this.#scroller.setAttribute('aria-activedescendant', `row-${this.#selected}`)
    else this.#scroller.removeAttribute('aria-activedescendant')
  }

  #makeLine(): Line {
    const cells = Array.from({ length: 6 }, () => h('span'))
    const element = h('div', { className: 'row', role: 'option' }, ...cells)
    this.#canvas.append(element)
    return { element, cells }
  }

  #fill({ element, cells }: Line, row: Row, number: number, index: number): void {
    const isSelected = number === this.#selected
    element.setAttribute('aria-selected', String(isSelected))
    element.setAttribute('aria-posinset', String(index + 1))
    element.setAttribute('aria-setsize', String(this.#rows.length))
    if (element.dataset['row'] === String(number)) return
    element.dataset['row'] = String(number)
    element.dataset['kind'] = row.kind
    element.dataset['mark'] = row.isRepeated ? 'repeated' : row.missing > 0 ? 'missing' : ''
    element.id = `row-${number}`
    const isEvent = row.kind === 'event'
    const data = row.data.length > 300 ? `${row.data.slice(0, 300)}…` : row.data
    const texts = [
      clock(row.at),
      row.gap === 0 ? '·' : duration(row.gap),
      isEvent ? row.type : 'comment',
      row.id,
      bytes(encoder.encode(row.data).length),
      isEvent ? data : `: ${data}`,
    ]
    for (const [cell, text] of texts.entries()) {
      const element = cells[cell]
      if (element !== undefined) setText(element, text)
    }
  }

  #handleScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller
    const isAtEnd = scrollHeight - scrollTop - clientHeight < ROW_HEIGHT
    if (this.#selected === undefined && isAtEnd !== this.isFollowing) {
      // The list grows under a reader who is at its end.
      if (isAtEnd || scrollTop < this.#lastTop) this.follow(isAtEnd)
    }
    this.#lastTop = scrollTop
  }
  #lastTop = 0

  #handleKey(event: KeyboardEvent): void {
    const page = Math.floor(this.#scroller.clientHeight / ROW_HEIGHT)
    const current = this.#selected === undefined ? this.#rows.length : this.#rows.indexOf(this.#selected)
    const steps: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: this.#rows.length - 1,
    }
    if (event.key === 'Escape') {
      this.select(undefined)
      this.follow(true)
      return
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const index = Math.min(Math.max(step, 0), this.#rows.length - 1)
    const number = this.#rows.at(index)
    if (number === undefined) return
    this.select(number)
    this.#virtualizer.scrollToIndex(index)
  }
}
