/** The race: the same stream through each client, in the visitor's own browser. */

import { CORPORA, corpus, titleOf } from '../../benches/corpora.mjs'
import { h, setText } from '../page/dom.js'
import { count } from '../page/formats.js'
import { errorText, hasServer, WITHOUT_SERVER } from '../page/server.js'
import type { View } from '../page/view.js'
import { RUNNERS } from './clients.js'
import { type Course, median, type Result, run } from './run.js'

const ROUNDS = 3
/** The server takes no more at a time. */
const PART = 2_000_000

export class Race implements View {
  readonly element: HTMLElement
  readonly #corpus: HTMLSelectElement
  readonly #size = h(
    'select',
    { id: 'race-size' },
    ...[2, 8, 32].map((size) => h('option', { value: String(size), selected: size === 8 }, `${size} MB`)),
  )
  readonly #start = h('button', { type: 'button', className: 'primary' }, 'Start')
  readonly #state = h('p', { className: 'race-state', role: 'status' })
  readonly #watched = h('p', { className: 'notice' })
  readonly #bars = h('ol', { className: 'bars', 'aria-label': 'How fast each is' })
  #results: Result[] = []
  #course: Course | undefined

  constructor() {
    this.#corpus = h(
      'select',
      { id: 'race-corpus' },
      ...CORPORA.map((name) => h('option', { value: name }, titleOf(name).replaceAll('`', ''))),
    )
    this.#corpus.value = 'ticker'
    this.#start.addEventListener('click', () => void this.#race())
    this.element = h(
      'div',
      { className: 'race page' },
      h('h1', {}, 'Race'),
      h(
        'p',
        { className: 'lead' },
        'The same bytes, from the same server, through each client, one after the other, in this browser. More is better.',
      ),
      h(
        'div',
        { className: 'toolbar' },
        h('label', { for: 'race-corpus' }, 'Stream'),
        this.#corpus,
        h('label', { for: 'race-size' }, 'Size'),
        this.#size,
        this.#start,
      ),
      this.#watched,
      this.#state,
      this.#bars,
      h(
        'p',
        { className: 'note' },
        `The median of ${ROUNDS} rounds, from the request to the last event, in changing order; the thin line spans all rounds. Every event is counted: who misses one is out. @microsoft/fetch-event-source and event-source-polyfill make no DOM events, which is less work; where bars are close, the server may be the limit.`,
      ),
    )
    this.#draw()
  }

  async open(): Promise<void> {
    this.#lookForWatchers()
    addEventListener('resize', this.#lookForWatchers)
    if (await hasServer()) return
    this.#start.disabled = true
    setText(this.#state, WITHOUT_SERVER)
  }

  leave(): void {
    removeEventListener('resize', this.#lookForWatchers)
  }

  /** Tools that are opened or closed meanwhile leave the page another size. */
  readonly #lookForWatchers = () => {
    const watchers = whoWatches()
    this.#watched.hidden = watchers.length === 0
    setText(
      this.#watched,
      watchers.length === 0
        ? ''
        : `${watchers.join(' and ')}: the native class tells them of each event, which slows it several times. Its figure says little here.`,
    )
  }

  async #race(): Promise<void> {
    this.#start.disabled = true
    this.#results = RUNNERS.map((runner) => ({ runner, rates: [] }))
    this.#draw()
    try {
      setText(this.#state, 'The server gets the stream')
      const course = await this.#prepare()
      this.#course = course
      for (let round = 1; round <= ROUNDS; round++) {
        for (const result of shuffled(this.#results)) {
          if (result.failure !== undefined) continue
          setText(this.#state, `Round ${round} of ${ROUNDS}: ${result.runner.name}`)
          try {
            result.rates.push(await run(result.runner, course))
          } catch (error) {
            result.failure = errorText(error)
          }
          this.#draw()
          // What one has left to be collected is not for the next to pay.
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
      }
      setText(this.#state, `Done: ${count(course.events)} events in each run.`)
    } catch (error) {
      setText(this.#state, `It could not be run: ${errorText(error)}`)
    }
    this.#start.disabled = false
  }

  async #prepare(): Promise<Course> {
    const { bytes, messages, type } = corpus(this.#corpus.value)
    const course = await bring(bytes)
    const cycles = Math.max(Math.round((Number(this.#size.value) * 1_000_000) / bytes.length), 1)
    return {
      url: `/scenarios/race/${course}?cycles=${cycles}`,
      type,
      events: messages.length * cycles,
      bytes: bytes.length * cycles,
    }
  }

  #draw(): void {
    const results =
      this.#results.length > 0 ? this.#results : RUNNERS.map((runner) => ({ runner, rates: [] }) as Result)
    const most = Math.max(...results.flatMap(({ rates }) => rates), 1)
    this.#bars.replaceChildren(
      ...results.map(({ runner, rates, failure }) => {
        const middle = median(rates)
        const bar = h('span', { className: 'bar' })
        bar.style.inlineSize = `${(100 * middle) / most}%`
        const span = h('span', { className: 'span' })
        span.style.insetInlineStart = `${(100 * Math.min(...rates, most)) / most}%`
        span.style.inlineSize = `${rates.length < 2 ? 0 : (100 * (Math.max(...rates) - Math.min(...rates))) / most}%`
        const bytesPerEvent = this.#course === undefined ? 0 : this.#course.bytes / this.#course.events
        const figure =
          rates.length === 0
            ? ['–']
            : [`${rate(middle)} events/s`, h('small', {}, `${rate((middle * bytesPerEvent) / 1_000_000)} MB/s`)]
        return h(
          'li',
          { data: { runner: runner.name, ours: String(runner.isOurs === true) } },
          h('span', { className: 'who' }, runner.name),
          h('span', { className: 'lane', 'aria-hidden': 'true' }, bar, span),
          h('span', { className: 'figure' }, ...(failure === undefined ? figure : [failure])),
        )
      }),
    )
  }
}

/**
 * Brings a stream to the server, part by part.
 * @returns the name that the server has given it
 */
async function bring(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  let course = ''
  for (let offset = 0; offset < bytes.length; offset += PART) {
    const body = bytes.subarray(offset, offset + PART)
    const response = await fetch(`/scenarios/race${course && `/${course}`}`, { method: 'POST', body })
    if (!response.ok) throw new Error(`the server answers ${response.status}`)
    course = await response.text()
  }
  return course
}

/** What is known to watch this page; tools in a window of their own cannot be seen. */
function whoWatches(): string[] {
  const watchers = []
  if (navigator.webdriver) watchers.push('A driver watches this browser')
  // A page that is zoomed has fewer pixels of its own, in both directions.
  const zoom = outerWidth / innerWidth
  const rest = outerHeight - innerHeight * zoom
  // More than any bars take, or less than nothing: then tools have a part of the width.
  if (rest > 250 || rest < -20) watchers.push('Developer tools seem to be open')
  return watchers
}

/** Three digits of small numbers, all of large ones. */
function rate(number: number): string {
  return number < 100 ? number.toPrecision(3) : count(Math.round(number))
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
