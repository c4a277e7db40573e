// @ts-check
/** Npm packages that only one script needs, in a folder of their own, so that nobody else installs them. */

import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Installs what the `package-lock.json` of a folder names, unless that has been done.
 * @param {string} folder
 */
export function ensureInstalled(folder) {
  const lock = join(folder, 'package-lock.json')
  // npm writes it last.
  const installed = join(folder, 'node_modules', '.package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  process.stderr.write(`Installing the npm packages of ${folder}.\n`)
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`\`npm ci\` in ${folder} failed, see its message above.`)
}

/**
 * Imports a package of a folder.
 * @param {string} folder
 * @param {string} name
 * @returns {Promise<any>}
 */
export async function importFrom(folder, name) {
  ensureInstalled(folder)
  const { resolve } = createRequire(join(folder, 'package.json'))
  return import(pathToFileURL(resolve(name)).href)
}
