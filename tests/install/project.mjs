// @ts-check
/**
 * The packed tarball, as a user gets it, and projects that have it installed. They are in a temporary
 * folder, away from the packages of this one; what the registry gives is kept there between runs.
 */

import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PACKAGE = join(ROOT, 'pkg')
/** One for each clone of the project. */
export const FOLDER = join(
  tmpdir(),
  `wasm-eventsource-install-${createHash('sha256').update(ROOT).digest('hex').slice(0, 8)}`,
)

/** @type {string | undefined} */
let tarball

/** Packs the package in pkg/, once. @returns the path of the tarball */
export function pack() {
  if (tarball !== undefined) return tarball
  mkdirSync(FOLDER, { recursive: true })
  // Of this process alone: another may pack at the same time.
  const destination = mkdtempSync(join(FOLDER, 'packed-'))
  process.once('exit', () => rmSync(destination, { recursive: true, force: true }))
  run('npm', ['pack', '--silent', '--pack-destination', destination], PACKAGE)
  const [name] = readdirSync(destination)
  if (name === undefined) throw new Error('npm has packed nothing')
  return (tarball = join(destination, name))
}

/**
 * A project with these files and dependencies, and the packed tarball installed.
 * @param {string} name
 * @param {{ dependencies?: Record<string, string>, files?: Record<string, string>, manifest?: object }} [options]
 * @returns its folder
 */
export function makeProject(name, { dependencies = {}, files = {}, manifest = {} } = {}) {
  const folder = join(FOLDER, name)
  mkdirSync(folder, { recursive: true })
  for (const entry of readdirSync(folder)) {
    if (!/^(node_modules|package(-lock)?\.json)$/.test(entry)) rmSync(join(folder, entry), { recursive: true })
  }
  const description = JSON.stringify({ private: true, type: 'module', ...manifest, dependencies }, null, 2)
  const file = join(folder, 'package.json')
  const isInstalled =
    existsSync(join(folder, 'node_modules', '.installed')) && readFileSync(file, 'utf8') === description
  if (!isInstalled) {
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
    writeFileSync(file, description)
    if (Object.keys(dependencies).length > 0) {
      run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], folder)
    }
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    writeFileSync(join(folder, 'node_modules', '.installed'), '')
  }
  // What npm does with a tarball that needs nothing, anew each time.
  const installed = join(folder, 'node_modules', 'wasm-eventsource')
  rmSync(installed, { recursive: true, force: true })
  mkdirSync(installed, { recursive: true })
  run('tar', ['-xzf', pack(), '--strip-components=1', '-C', installed], folder)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

/**
 * Runs a program to its end; what it has said is in the error if it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns its output
 */
export function run(program, args, folder, environment = {}) {
  try {
    return execFileSync(program, args, {
      cwd: folder,
      env: environmentWith(environment),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
      maxBuffer: 2 ** 26,
    })
  } catch (error) {
    const { stdout = '', stderr = '', message } = /** @type {any} */ (error)
    throw new Error(`${message}\n${stdout}\n${stderr}`.slice(0, 8_000))
  }
}

/**
 * As {@link run}, but this process goes on meanwhile, so that it can be the server.
 * @param {string} program
 * @param {string[]} args
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} [environment]
 * @param {string} [input]
 * @returns {Promise<string>} its output
 */
export async function runLater(program, args, folder, environment = {}, input = '') {
  const child = spawn(program, args, { cwd: folder, env: environmentWith(environment), timeout: 300_000 })
  child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => (stdout += text))
  child.stderr.on('data', (text) => (stderr += text))
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`${program} ended with ${status}:\n${stdout}\n${stderr}`.slice(0, 8_000))
  return stdout
}

/** @param {NodeJS.ProcessEnv} added */
function environmentWith(added) {
  // What the runner of the tests has told this process is not for others.
  const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...inherited } = process.env
  return { ...inherited, CI: '1', NO_COLOR: '1', ...added }
}
