// @ts-check
/** nginx with nchan, and Redis: where they are on this machine, or why they cannot be had. */

import { existsSync } from 'node:fs'
import path from 'node:path'

import { canInstall, howToInstall, installPackages } from '../debian-packages.mjs'

const PACKAGES = ['nginx', 'libnginx-mod-nchan', 'redis-server']
const FOLDERS = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin']

/** @typedef {{ nginx: string, nchan: string, redis: string }} Programs paths, of the module too */

/**
 * Finds them, and installs Debian's packages if one is missing and that can be done.
 * @returns {{ programs: Programs } | { missing: string }}
 */
export function ensurePrograms() {
  const found = find()
  if (found !== undefined) return { programs: found }
  const advice = `nginx, its module nchan, and Redis are needed: ${howToInstall(PACKAGES)}`
  if (process.platform !== 'linux' || !canInstall()) return { missing: advice }
  // The services of the system are none of our business.
  const failure = installPackages(PACKAGES, { starting: false })
  const installed = find()
  return installed === undefined ? { missing: `${advice}\n${failure ?? ''}` } : { programs: installed }
}

/** @returns {Programs | undefined} */
function find() {
  const [nginx, redis] = ['nginx', 'redis-server'].map((name) =>
    FOLDERS.map((folder) => path.join(folder, name)).find((file) => existsSync(file)),
  )
  const nchan = ['/usr/lib/nginx/modules', '/usr/local/nginx/modules']
    .map((folder) => path.join(folder, 'ngx_nchan_module.so'))
    .find((file) => existsSync(file))
  return nginx && nchan && redis ? { nginx, nchan, redis } : undefined
}
