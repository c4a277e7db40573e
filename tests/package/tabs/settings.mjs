// @ts-check
/**
 * How much is done. `npm test` does little; all of it with the environment variable TABS=full.
 * TABS_ENGINES names the engines, with commas; TABS_FIGURES, a file to which what was measured is added, a
 * line of JSON each.
 */

import { appendFileSync } from 'node:fs'

/** @typedef {import('../browser-programs.mjs').BrowserName} BrowserName */

/**
 * @typedef {object} Settings
 * @property {{ tabs: number, events: number, rate: number }} together
 * @property {import('./leader-changes.mjs').Settings} leaders
 */

const isFull = process.env.TABS === 'full'

/** @type {Record<BrowserName, Settings>} */
const SHORT = {
  chromium: {
    together: { tabs: 20, events: 2_000, rate: 500 },
    leaders: { tabs: 4, events: 2_000, rate: 80, changes: 12 },
  },
  firefox: {
    together: { tabs: 8, events: 1_000, rate: 500 },
    leaders: { tabs: 3, events: 500, rate: 100, changes: 3 },
  },
  webkit: {
    together: { tabs: 8, events: 1_000, rate: 500 },
    leaders: { tabs: 3, events: 500, rate: 100, changes: 3 },
  },
}

/** @type {Settings} */
const FULL = {
  together: { tabs: 20, events: 10_000, rate: 500 },
  leaders: { tabs: 6, events: 10_000, rate: 50, changes: 50 },
}

/** @param {BrowserName} engine */
export function settingsFor(engine) {
  return isFull ? FULL : SHORT[engine]
}

export const ENGINES = /** @type {BrowserName[]} */ (
  (process.env.TABS_ENGINES ?? 'chromium,firefox,webkit').split(',')
)

/**
 * Tells what was measured.
 * @param {import('node:test').TestContext} t
 * @param {object} figures
 */
export function tell(t, figures) {
  const line = JSON.stringify(figures)
  t.diagnostic(line)
  if (process.env.TABS_FIGURES !== undefined) appendFileSync(process.env.TABS_FIGURES, `${line}\n`)
}
