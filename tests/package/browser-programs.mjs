// @ts-check
/**
 * The browsers that the tests of the package open, and their drivers: found, or installed when
 * missing.
 *
 * A program that is not found by its usual name can be named, with its path, by
 * an environment variable: CHROMIUM, CHROMEDRIVER, FIREFOX, GECKODRIVER,
 * WEBKITWEBDRIVER, MINIBROWSER, XVFB.
 */

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

import { cargoTool } from '../../pkg-template/build/tools.mjs'

/** @typedef {'chromium' | 'firefox' | 'webkit'} BrowserName */
/** @typedef {'chromium' | 'chromedriver' | 'firefox' | 'geckodriver' | 'webkitwebdriver' | 'minibrowser' | 'xvfb'} Program */
/** @typedef {Record<Program, string>} Paths absolute paths, of the programs of the browsers that were asked for */

const GECKODRIVER_VERSION = '0.37.1'

/** @type {Record<BrowserName, Program[]>} */
const NEEDS = {
  chromium: ['chromium', 'chromedriver'],
  firefox: ['firefox', 'geckodriver'],
  webkit: ['webkitwebdriver', 'minibrowser', 'xvfb'],
}

/** @type {Record<Program, { names: string[], folders?: () => string[], debian?: string }>} */
const PROGRAMS = {
  chromium: { names: ['chromium', 'google-chrome', 'chromium-browser'], debian: 'chromium' },
  chromedriver: { names: ['chromedriver'], debian: 'chromium-driver' },
  firefox: { names: ['firefox', 'firefox-esr'], debian: 'firefox-esr' },
  // Not in Debian, but on crates.io.
  geckodriver: { names: ['geckodriver'] },
  webkitwebdriver: { names: ['WebKitWebDriver'], debian: 'webkit2gtk-driver' },
  minibrowser: { names: ['MiniBrowser'], folders: webkitFolders, debian: 'webkit2gtk-driver' },
  xvfb: { names: ['Xvfb'], debian: 'xvfb' },
}

/**
 * Makes sure that what these browsers need is installed.
 *
 * @param {BrowserName[]} names
 * @returns {Promise<Paths>}
 */
export async function ensureBrowsers(names) {
  if (process.platform !== 'linux') throw new Error('The tests of the package open browsers on Linux only.')
  const programs = names.flatMap((name) => NEEDS[name])
  const missing = programs.filter((program) => !find(program) && PROGRAMS[program].debian)
  if (missing.length > 0) installFromDebian(missing)
  /** @type {[Program, string][]} */
  const paths = []
  for (const program of programs) {
    paths.push([program, find(program) ?? (await cargoTool(program, GECKODRIVER_VERSION))])
  }
  return /** @type {Paths} */ (Object.fromEntries(paths))
}

/** @returns {string[]} where the distributions keep MiniBrowser, which is not on the PATH */
function webkitFolders() {
  const parents = ['/usr/lib', '/usr/libexec']
  const multiarch = fs.existsSync('/usr/lib') ? fs.readdirSync('/usr/lib').filter((entry) => entry.includes('-linux-')) : []
  parents.push(...multiarch.map((entry) => path.join('/usr/lib', entry)))
  return ['webkit2gtk-4.1', 'webkit2gtk-4.0', 'webkitgtk-6.0'].flatMap((version) =>
    parents.map((parent) => path.join(parent, version)),
  )
}

/**
 * @param {Program} program
 * @returns {string | undefined} its path
 */
function find(program) {
  const variable = program.toUpperCase()
  const chosen = process.env[variable]
  if (chosen) {
    if (isExecutable(chosen)) return path.resolve(chosen)
    throw new Error(`The environment variable ${variable} names ${chosen}, which is not an executable file.`)
  }
  const { names, folders } = PROGRAMS[program]
  const places = [...(process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute), ...(folders?.() ?? [])]
  return names.flatMap((name) => places.map((place) => path.join(place, name))).find(isExecutable)
}

/** @param {string} file */
function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return fs.statSync(file).isFile()
  } catch {
    return false
  }
}

/** @param {Program[]} missing */
function installFromDebian(missing) {
  const packages = [...new Set(missing.flatMap((program) => PROGRAMS[program].debian ?? []))]
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages]
  const advice =
    `These programs, which the tests of the package need, are missing: ${missing.join(', ')}.\n` +
    `On Debian or Ubuntu, type: sudo apt-get update && sudo ${install.join(' ')}\n` +
    'Elsewhere, install them with what the system has for it. Those that are not on the PATH can be named ' +
    `by environment variables: ${missing.map((program) => `${program.toUpperCase()}=/path/to/it`).join(' ')}`
  const isRoot = process.getuid?.() === 0
  const may = isRoot || spawnSync('sudo', ['--non-interactive', 'true']).status === 0
  if (!may || spawnSync('apt-get', ['--version']).status !== 0) throw new Error(advice)
  process.stderr.write(`Installing with apt-get (some hundreds of megabytes): ${packages.join(' ')}\n`)
  // Not everything in the lists need be reachable for what we need of them.
  aptGet(isRoot, ['apt-get', 'update'])
  const { status, output } = aptGet(isRoot, install)
  if (status !== 0 || missing.some((program) => !find(program))) {
    throw new Error(`${advice}\n\`${install.join(' ')}\` did not help:\n${output}`)
  }
}

/**
 * @param {boolean} isRoot
 * @param {string[]} command
 */
function aptGet(isRoot, [command, ...args]) {
  const line = [
    ...(isRoot ? [] : ['sudo', '--non-interactive']),
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    command,
    // Wait for another one that is installing, instead of giving up.
    '--option=DPkg::Lock::Timeout=600',
    ...args,
  ]
  const { status, stdout, stderr } = spawnSync(line[0], line.slice(1), { encoding: 'utf8', maxBuffer: 2 ** 26 })
  return { status, output: `${stdout}${stderr}`.trimEnd().split('\n').slice(-20).join('\n') }
}
