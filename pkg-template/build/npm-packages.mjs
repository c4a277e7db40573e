// @ts-check
/** The npm packages that the project's own scripts and tests use, installed when missing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const lock = path.join(root, 'package-lock.json')
// npm writes it last, so it is missing or old after an installation that was interrupted.
const installed = path.join(root, 'node_modules', '.package-lock.json')

/** Runs `npm ci` in the root folder, unless that has been done since package-lock.json last changed. */
export async function ensureNpmPackages() {
  if (!fs.existsSync(lock)) throw new Error(`${lock} is missing. Type \`npm install\` in ${root}.`)
  if (fs.existsSync(installed) && changed(installed) >= changed(lock)) return
  process.stderr.write('Installing the npm packages, which takes up to a minute.\n')
  const child = spawn(
    'npm',
    // The packages are development dependencies, which NODE_ENV=production would leave out.
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    // To the standard error, because a script's standard output may be what it is called for.
    // npm is a batch file on Windows, which only a shell runs.
    { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' },
  )
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`\`npm ci\` in ${root} failed, see its message above.`)
}

/** @param {string} file */
function changed(file) {
  return fs.statSync(file).mtimeMs
}
