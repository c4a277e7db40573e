// @ts-check
/**
 * The browsers that the tests of the package open, and their drivers: found, or installed when
 * missing.
 *
 * A program that is not found by its usual name can be named, with its path, by
 * an environment variable: CHROMIUM, CHROMEDRIVER, FIREFOX, GECKODRIVER,
 * WEBKITWEBDRIVER, MINIBROWSER, XVFB.
 */

import fs from 'node:fs'
import path from 'node:path'

import { cargoTool } from '../../pkg-template/build/tools.mjs'
import { canInstall, howToInstall, installPackages } from './debian-packages.mjs'

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
  const advice =
    `These programs, which the tests of the package need, are missing: ${missing.join(', ')}.\n` +
    `On Debian or Ubuntu, type: ${howToInstall(packages)}\n` +
    'Elsewhere, install them with what the system has for it. Those that are not on the PATH can be named ' +
    `by environment variables: ${missing.map((program) => `${program.toUpperCase()}=/path/to/it`).join(' ')}`
  if (!canInstall()) throw new Error(advice)
  const failure = installPackages(packages)
  if (failure !== undefined || missing.some((program) => !find(program))) {
    throw new Error(`${advice}\nThat did not help:\n${failure}`)
  }
}
