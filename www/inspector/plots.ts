/** Events and bytes per second, as live plots. */

import uPlot from 'uplot'

import type { Observation } from '../observation/observation.js'
import { SLICE } from '../observation/rates.js'
import { h, setText } from '../page/dom.js'
import { bytes, count } from '../page/formats.js'

const SECONDS = 60
const HEIGHT = 72
/** How many slices are one point. */
const PER_POINT = 1_000 / SLICE

export class Plots {
  readonly element: HTMLElement
  readonly #plots: { plot: uPlot; kind: 'events' | 'bytes'; now: HTMLElement }[] = []

  constructor() {
    this.element = h('div', { className: 'plots' })
    for (const [kind, title] of [
      ['events', 'Events per second'],
      ['bytes', 'Bytes per second'],
    ] as const) {
      const now = h('strong', {}, kind === 'bytes' ? bytes(0) : '0')
      const holder = h('div', { className: 'plot' })
      this.element.append(h('figure', { 'aria-label': title }, h('figcaption', {}, title, now), holder))
      this.#plots.push({ plot: makePlot(holder, kind), kind, now })
    }
    new ResizeObserver(() => this.#fit()).observe(this.element)
    for (const media of ['(prefers-color-scheme: dark)'])
      matchMedia(media).addEventListener('change', () => this.#redraw())
    addEventListener('themechange', () => this.#redraw())
  }

  update({ rates }: Observation, now: number): void {
    if (this.element.offsetParent === null) return
    const end = Math.floor(now / SLICE)
    const times: number[] = []
    const values = { events: [] as number[], bytes: [] as number[] }
    for (let second = SECONDS; second > 0; second--) {
      let events = 0
      let sum = 0
      for (let part = 0; part < PER_POINT; part++) {
        const slice = rates.at(end - second * PER_POINT + part)
        events += slice.events
        sum += slice.bytes
      }
      times.push(-second)
      values.events.push(events)
      values.bytes.push(sum)
    }
    for (const { plot, kind, now } of this.#plots) {
      plot.setData([times, values[kind]])
      const last = values[kind].at(-1) ?? 0
      setText(now, kind === 'events' ? count(last) : bytes(last))
    }
  }

  #fit(): void {
    for (const { plot } of this.#plots) {
      const width = plot.root.parentElement?.clientWidth ?? 0
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT })
    }
  }

  #redraw(): void {
    for (const { plot } of this.#plots) plot.redraw()
  }
}

function makePlot(holder: HTMLElement, kind: 'events' | 'bytes'): uPlot {
  const colour = (name: string) => () => {
    holder.style.color = `var(${name})`
    return getComputedStyle(holder).color
  }
  const axis = { stroke: colour('--muted'), font: '10px ui-monospace, monospace', ticks: { show: false } }
  return new uPlot(
    {
      width: 300,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      padding: [10, 4, 6, 0],
      scales: {
        x: { time: false, range: [-SECONDS, 0] },
        // Less than this is drawn low, not as if it were much.
        y: { range: (_plot, _min, max) => [0, Math.max(max, kind === 'bytes' ? 100 : 4)] },
      },
      axes: [
        { show: false },
        {
          ...axis,
          size: 40,
          space: 22,
          grid: { stroke: colour('--line'), width: 1 },
          values: (_plot, splits) => splits.map((value) => (kind === 'bytes' ? short(value) : String(value))),
        },
      ],
      series: [{}, { stroke: colour('--data'), width: 1.5, points: { show: false } }],
    },
    [[], []],
    holder,
  )
}

function short(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`
  return value >= 1_000 ? `${value / 1_000}k` : String(value)
}
