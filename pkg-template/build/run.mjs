// @ts-check
/** Runs the programs that the build consists of. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Runs a program in the root folder, with its output on ours; throws if it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [environment]
 */
export async function run(program, args, environment = process.env) {
  const child = spawn(program, args, { cwd: ROOT, env: environment, stdio: ['ignore', 'inherit', 'inherit'] })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`\`${program} ${args.join(' ')}\` failed, see its message above.`)
}
