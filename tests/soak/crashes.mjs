// @ts-check
/** Crashes of the engine, one after the other. */

import { figuresOfTest } from './support/command.mjs'
import { count } from './support/rows.mjs'

export const parameters = { crashes: 10_000 }

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ crashes }) {
  const figures = await figuresOfTest('tests/package/crash.test.mjs', 'CRASH_FIGURES', { CRASHES: String(crashes) })
  return {
    title: 'Crashes',
    about:
      'The engine of a build for tests is made to crash, again and again; each time its sources have to be told, and ' +
      'the next one to work on a fresh instance.',
    rows: figures.map((found) => ({
      fault: `a crash: ${found.kind}`,
      client: 'ours',
      tried: `${count(Number(found.crashes))} crashes; ${found.ms_per_crash_first} ms each at first, ${found.ms_per_crash_last} in the end`,
      lost: '–',
      doubled: '–',
      memory: `heap ${(Number(found.heap_growth_bytes) / 1e6).toFixed(2)} MB larger`,
    })),
  }
}
