/** Runs one race: each client by itself, in turns, several times. */

import type { Runner } from './clients.js'

export interface Course {
  url: string
  /** Of all its events but the last, which is called `finish`. */
  type: string
  events: number
  bytes: number
}

export interface Result {
  runner: Runner
  /** Events a second, for each round. */
  rates: number[]
  failure?: string
}

/** A run that takes longer is given up. */
const PATIENCE = 30_000

/** How many events a second a client delivers, from the request to the last event. */
export async function run({ connect }: Runner, { url, type, events }: Course): Promise<number> {
  return new Promise((resolve, reject) => {
    let received = 0
    const start = performance.now()
    const timer = setTimeout(() => end(new Error(`${received} events in ${PATIENCE / 1_000} s`)), PATIENCE)
    const close = connect(
      url,
      [type, 'finish'],
      (name) => {
        if (name !== 'finish') {
          received += 1
          return
        }
        const seconds = (performance.now() - start) / 1_000
        end(
          received === events ? undefined : new Error(`${received} of ${events} events came`),
          received / seconds,
        )
      },
      (what) => end(new Error(what)),
    )
    let isOver = false
    function end(error: Error | undefined, rate = 0) {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      // Not before `connect` has returned.
      queueMicrotask(() => close())
      if (error === undefined) resolve(rate)
      else reject(error)
    }
  })
}

/** The middle one. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
