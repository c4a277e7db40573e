/** The race: the same stream through each client, in the visitor's own browser. */

import { CORPORA, corpus } from '../../benches/corpora.mjs'
import { h, setText } from '../page/dom.js'
import { count } from '../page/formats.js'
import { errorText, hasServer, WITHOUT_SERVER } from '../page/server.js'
import type { View } from '../page/view.js'
import { RUNNERS } from './clients.js'
import { type Course, median, type Result, run } from './run.js'

const ROUNDS = 3
/** The server takes no more. */
const LONGEST = 2_000_000

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
  readonly #bars = h('ol', { className: 'bars', 'aria-label': 'Events a second' })
  #results: Result[] = []

  constructor() {
    // Made only here: the corpora are large.
    const names = CORPORA.filter((name) => name !== 'line')
    this.#corpus = h(
      'select',
      { id: 'race-corpus' },
      ...names.map((name) => h('option', { value: name }, corpus(name).title)),
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
    const watchers = whoWatches()
    this.#watched.hidden = watchers.length === 0
    this.#watched.textContent =
      watchers.length === 0
        ? ''
        : `${watchers.join(' and ')}: the native class tells them of each event, which slows it several times. Its figure says little here.`
    if (await hasServer()) return
    this.#start.disabled = true
    setText(this.#state, WITHOUT_SERVER)
  }

  leave(): void {}

  async #race(): Promise<void> {
    this.#start.disabled = true
    this.#results = RUNNERS.map((runner) => ({ runner, rates: [] }))
    this.#draw()
    try {
      const course = await this.#prepare()
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
    if (bytes.length > LONGEST) throw new Error('the stream is too long to be brought to the server')
    const response = await fetch('/scenarios/race', { method: 'POST', body: bytes })
    if (!response.ok) throw new Error(`the server answers ${response.status}`)
    const cycles = Math.max(Math.round((Number(this.#size.value) * 1_000_000) / bytes.length), 1)
    return {
      url: `/scenarios/race/${await response.text()}?cycles=${cycles}`,
      type,
      events: messages.length * cycles,
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
        const text = failure ?? (rates.length === 0 ? '–' : `${count(Math.round(middle))}`)
        return h(
          'li',
          { data: { runner: runner.name, ours: String(runner.isOurs === true) } },
          h('span', { className: 'who' }, runner.name),
          h('span', { className: 'lane', 'aria-hidden': 'true' }, bar, span),
          h('span', { className: 'figure' }, text),
        )
      }),
    )
  }
}

/** What is known to watch this page; tools in a window of their own cannot be seen. */
function whoWatches(): string[] {
  const watchers = []
  if (navigator.webdriver) watchers.push('A driver watches this browser')
  if (outerHeight - innerHeight > 250 || outerWidth - innerWidth > 250)
    watchers.push('Developer tools seem to be open')
  return watchers
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
