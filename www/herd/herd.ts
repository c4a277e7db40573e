/** The herd: when a crowd of clients comes back after an outage, for each jitter. */

import uPlot from 'uplot'

import { h, perFrame, setText } from '../page/dom.js'
import { count, duration } from '../page/formats.js'
import type { View } from '../page/view.js'
// Compiled from www/herd/simulation, which runs the engine's own rules.
import init, { Crowd } from 'herd-simulation'

const SLICE = 100
/** How much of the time after the outage is drawn, in slices. */
const SLICES = 300
const HEIGHT = 200

const JITTERS = [
  { name: 'none', says: 'everybody waits the same' },
  { name: 'full', says: 'anywhere up to the delay' },
  { name: 'equal', says: 'half of it, and anywhere up to the other half' },
  { name: 'decorrelated', says: 'anywhere up to three times the last delay' },
] as const

const SLIDERS = [
  { name: 'clients', label: 'Clients', min: 500, max: 20_000, step: 500, value: 10_000, show: count },
  { name: 'outage', label: 'Outage', min: 1_000, max: 120_000, step: 1_000, value: 60_000, show: duration },
  { name: 'delay', label: 'First delay', min: 200, max: 10_000, step: 100, value: 3_000, show: duration },
  {
    name: 'factor',
    label: 'Grows by',
    min: 1,
    max: 3,
    step: 0.1,
    value: 2,
    show: (value: number) => (value === 1 ? 'not at all' : `× ${value}`),
  },
  {
    name: 'maxDelay',
    label: 'Greatest delay',
    min: 1_000,
    max: 60_000,
    step: 1_000,
    value: 30_000,
    show: duration,
  },
] as const

type Values = Record<(typeof SLIDERS)[number]['name'], number>

export class Herd implements View {
  readonly element: HTMLElement
  readonly #values = Object.fromEntries(SLIDERS.map(({ name, value }) => [name, value])) as Values
  readonly #charts = new Map<string, { plot: uPlot; peak: HTMLElement }>()
  readonly #state = h('p', { className: 'note', role: 'status' }, 'Loading the simulation')
  readonly #draw = perFrame(() => this.#simulate())
  #isReady = false

  constructor() {
    const charts = h('div', { className: 'herd-charts' })
    for (const { name, says } of JITTERS) {
      const holder = h('div', { className: 'plot' })
      const peak = h('strong', {}, '–')
      charts.append(
        h(
          'figure',
          { data: { jitter: name } },
          h(
            'figcaption',
            {},
            h('b', {}, `Jitter: ${name}`),
            h('span', {}, says),
            h('span', { className: 'peak' }, 'Most in 100 ms: ', peak),
          ),
          holder,
        ),
      )
      this.#charts.set(name, { plot: makePlot(holder), peak })
    }
    this.element = h(
      'div',
      { className: 'herd page' },
      h('h1', {}, 'Herd'),
      h(
        'p',
        { className: 'lead' },
        'A server is gone for a while, and all its clients lose it at once. When it is back, how many knock in each tenth of a second? The rules are those that the package runs; the time is simulated.',
      ),
      h('div', { className: 'sliders' }, ...SLIDERS.map((slider) => this.#slider(slider))),
      charts,
      this.#state,
    )
    new ResizeObserver(() => this.#fit(charts)).observe(charts)
    addEventListener('themechange', () => this.#redraw())
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#redraw())
  }

  async open(): Promise<void> {
    if (this.#isReady) return
    try {
      await init()
      this.#isReady = true
      this.#draw()
    } catch (error) {
      setText(
        this.#state,
        `The simulation could not be loaded: ${error instanceof Error ? error.message : error}`,
      )
    }
  }

  leave(): void {}

  #slider({ name, label, min, max, step, value, show }: (typeof SLIDERS)[number]): HTMLElement {
    const input = h('input', { type: 'range', id: `herd-${name}` })
    // In this order: a value is rounded to the steps that there are.
    Object.assign(input, { min: String(min), max: String(max), step: String(step), value: String(value) })
    const output = h('output', { for: input.id }, show(value))
    input.addEventListener('input', () => {
      this.#values[name] = Number(input.value)
      setText(output, show(Number(input.value)))
      this.#draw()
    })
    return h('div', { className: 'slider' }, h('label', { for: input.id }, label), output, input)
  }

  #simulate(): void {
    if (!this.#isReady) return
    const { clients, outage, delay, maxDelay, factor } = this.#values
    const crowd = new Crowd(clients, outage, delay, maxDelay, factor)
    const start = performance.now()
    const times = Array.from({ length: SLICES }, (_, slice) => (slice * SLICE) / 1_000)
    for (const [name, { plot, peak }] of this.#charts) {
      const counts = crowd.returns(name, SLICE, SLICES)
      // A logarithm has no place for nothing.
      plot.setData([times, Array.from(counts, (number) => (number === 0 ? null : number))])
      const most = Math.max(...counts)
      setText(peak, count(most))
    }
    crowd.free()
    setText(
      this.#state,
      `${count(clients * JITTERS.length)} clients simulated in ${duration(performance.now() - start)}. The scale of arrivals is logarithmic, and the same for all.`,
    )
  }

  #fit(charts: HTMLElement): void {
    const { width } = charts.querySelector('.plot')!.getBoundingClientRect()
    for (const { plot } of this.#charts.values()) {
      if (width > 0 && Math.abs(plot.width - width) > 1)
        plot.setSize({ width: Math.floor(width), height: HEIGHT })
    }
  }

  #redraw(): void {
    for (const { plot } of this.#charts.values()) plot.redraw()
  }
}

function makePlot(holder: HTMLElement): uPlot {
  const colour = (name: string) => () => {
    holder.style.color = `var(${name})`
    return getComputedStyle(holder).color
  }
  const axis = {
    stroke: colour('--muted'),
    font: '10px ui-monospace, monospace',
    ticks: { show: false },
    grid: { stroke: colour('--line'), width: 1 },
  }
  return new uPlot(
    {
      width: 320,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 16, 0, 0],
      scales: {
        x: { time: false, range: [0, (SLICE * SLICES) / 1_000] },
        y: { distr: 3, range: [0.8, 20_000] },
      },
      axes: [
        { ...axis, size: 22, values: (_plot, splits) => splits.map((value) => `${value} s`) },
        {
          ...axis,
          size: 44,
          splits: () => [1, 10, 100, 1_000, 10_000],
          values: (_plot, splits) => splits.map(count),
        },
      ],
      series: [
        {},
        {
          stroke: colour('--data'),
          fill: colour('--data'),
          points: { show: false },
          paths: uPlot.paths.bars!({ size: [0.9, 6, 1], align: 1 }),
        },
      ],
    },
    [[], []],
    holder,
  )
}
