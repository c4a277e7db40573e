// @ts-check
/** Installs packages with apt-get, where that may be done without asking anybody. */

import { spawnSync } from 'node:child_process'

/** @param {string[]} packages */
const commandOf = (packages) => ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages]

/** What a person may type to install packages. @param {string[]} packages */
export const howToInstall = (packages) => `sudo apt-get update && sudo ${commandOf(packages).join(' ')}`

/** Whether packages can be installed here without asking for a password. */
export function canInstall() {
  const may = isRoot() || spawnSync('sudo', ['--non-interactive', 'true']).status === 0
  return may && spawnSync('apt-get', ['--version']).status === 0
}

/**
 * Installs packages. Without `starting` no service that one of them has is started.
 * @param {string[]} packages
 * @param {{ starting?: boolean }} [options]
 * @returns {string | undefined} what apt-get said in the end, if it has failed
 */
export function installPackages(packages, { starting = true } = {}) {
  process.stderr.write(`Installing with apt-get: ${packages.join(' ')}\n`)
  // Not everything in the lists need be reachable for what we need of them.
  aptGet(['apt-get', 'update'], starting)
  const { status, output } = aptGet(commandOf(packages), starting)
  return status === 0 ? undefined : output
}

const isRoot = () => process.getuid?.() === 0

/**
 * @param {string[]} command
 * @param {boolean} starting
 */
function aptGet([command, ...args], starting) {
  const line = [
    ...(isRoot() ? [] : ['sudo', '--non-interactive']),
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    // The scripts of Debian's packages start no service of this runlevel.
    ...(starting ? [] : ['RUNLEVEL=1']),
    command,
    // Wait for another one that is installing, instead of giving up.
    '--option=DPkg::Lock::Timeout=600',
    ...args,
  ]
  const { status, stdout, stderr } = spawnSync(line[0], line.slice(1), { encoding: 'utf8', maxBuffer: 2 ** 26 })
  return { status, output: `${stdout}${stderr}`.trimEnd().split('\n').slice(-20).join('\n') }
}
