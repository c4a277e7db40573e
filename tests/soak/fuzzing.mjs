// @ts-check
/** Arbitrary input for the core, for longer than in `npm test`. */

import { output } from './support/command.mjs'

export const parameters = { seconds: 1_800, targets: '' }

/** What `npm run fuzz` tells of a target. */
const TOLD = /^(\w+): ([\d,]+ executions in \d+ s, \d+ edges), nothing found$/gm

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ seconds, targets }) {
  const args = ['tests/fuzz.mjs', '--seconds', String(seconds), ...String(targets).split(',').filter(Boolean)]
  const told = await output(process.execPath, args, {})
  return {
    title: 'Arbitrary input',
    about: 'What the targets of `fuzz/` were given, by libFuzzer; each must do what it should, or what a second implementation does.',
    rows: [...told.matchAll(TOLD)].map(([, target, tried]) => ({
      fault: `input for \`${target}\``,
      client: 'ours',
      tried: `${tried}`,
      lost: '–',
      doubled: '–',
      memory: '',
    })),
  }
}
