// @ts-check
/**
 * Real browsers for the tests of the package: Chromium, Firefox and WebKit
 * (WebKitGTK's MiniBrowser), installed when missing, and opened with WebDriver.
 *
 * A program that is not found by its usual name can be named, with its path, by
 * an environment variable: CHROMIUM, CHROMEDRIVER, FIREFOX, GECKODRIVER,
 * WEBKITWEBDRIVER, MINIBROWSER, XVFB.
 */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { Builder } from 'selenium-webdriver'

import { cargoTool } from '../../pkg-template/tools.mjs'

/** @typedef {'chromium' | 'firefox' | 'webkit'} BrowserName */
/** @typedef {'chromium' | 'chromedriver' | 'firefox' | 'geckodriver' | 'webkitwebdriver' | 'minibrowser' | 'xvfb'} Program */
/** @typedef {Record<Program, string>} Paths absolute paths, of the programs of the browsers that were asked for */

/**
 * @typedef {object} OpenBrowser
 * @property {import('selenium-webdriver').WebDriver} driver
 * @property {BrowserName} name
 * @property {string} version the browser's, as it tells it
 * @property {() => number[]} processes the ids of all running processes that belong to it
 * @property {() => Promise<void>} close ends the session and all its processes, even if they hang, and removes the profile
 */

const GECKODRIVER_VERSION = '0.37.1'

const START_MS = 60_000
const COMMAND_MS = 60_000
const QUIT_MS = 5_000

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

/**
 * Opens a browser with a profile of its own. Whatever becomes of this process,
 * also when it crashes or is killed, nothing of the browser outlives it.
 *
 * @param {BrowserName} name
 * @returns {Promise<OpenBrowser>}
 */
export async function openBrowser(name) {
  const paths = await ensureBrowsers([name])
  const group = new ProcessGroup(name)
  try {
    const port = await freePort()
    const { command, args, environment, capabilities } = await { chromium, firefox, webkit }[name](paths, port, group)
    const exited = group.start(command, args, environment)
    const agent = new http.Agent()
    await before(exited, START_MS, answers(port, agent))
    const session = new Builder()
      // SELENIUM_* variables would choose another browser or a remote one.
      .disableEnvironmentOverrides()
      // With a running driver, Selenium does not look for one, nor for a browser, on the net.
      .usingServer(`http://127.0.0.1:${port}`)
      // One of our own: Node's global one may be told to use a proxy.
      .usingHttpAgent(agent)
      .withCapabilities({
        ...capabilities,
        timeouts: { script: COMMAND_MS, pageLoad: COMMAND_MS },
      })
      .build()
    const driver = await before(exited, START_MS, session)
    const version = (await driver.getCapabilities()).getBrowserVersion() ?? ''
    /** @type {Promise<void> | undefined} */
    let closed
    const close = () => (closed ??= quit(driver).then(() => group.end()))
    return { driver, name, version, processes: () => group.processes(), close }
  } catch (error) {
    const log = group.log()
    await group.end()
    throw new Error(`${name} could not be opened: ${error instanceof Error ? error.message : error}\n${log}`, {
      cause: error,
    })
  }
}

// ---- The browsers ----

/**
 * What wasm-bindgen's test runner gives to the browsers, too. They show nothing,
 * use no proxy, and do not go to the net by themselves; Chromium needs to be kept
 * from finding any address for that. Its sandbox does not work as root, nor in
 * most containers, and only our own pages are opened.
 */
const OPTIONS = JSON.parse(fs.readFileSync(new URL('../../webdriver.json', import.meta.url), 'utf8'))

/**
 * @typedef {object} Launch
 * @property {string} command the WebDriver's
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} environment
 * @property {Record<string, unknown> & { browserName: string }} capabilities
 */

/**
 * @param {Paths} paths
 * @param {number} port
 * @returns {Launch}
 */
function chromium(paths, port) {
  return {
    command: paths.chromedriver,
    // With the logs, a browser that does not start can be seen to say why.
    args: [`--port=${port}`, '--enable-chrome-logs'],
    environment: {},
    capabilities: {
      browserName: 'chrome',
      'goog:chromeOptions': { ...OPTIONS['goog:chromeOptions'], binary: paths.chromium },
      'goog:loggingPrefs': { browser: 'ALL' },
    },
  }
}

/**
 * @param {Paths} paths
 * @param {number} port
 * @returns {Launch}
 */
function firefox(paths, port) {
  return {
    command: paths.geckodriver,
    // The second port is fixed by default, so that two could not run at the same time.
    args: ['--port', String(port), '--websocket-port', '0', '--binary', paths.firefox],
    // Without it a release of Firefox ignores the preference `services.settings.server`, which keeps it off the net.
    environment: { MOZ_REMOTE_SETTINGS_DEVTOOLS: '1' },
    capabilities: {
      browserName: 'firefox',
      'moz:firefoxOptions': OPTIONS['moz:firefoxOptions'],
    },
  }
}

/**
 * @param {Paths} paths
 * @param {number} port
 * @param {ProcessGroup} group
 * @returns {Promise<Launch>}
 */
async function webkit(paths, port, group) {
  return {
    command: paths.webkitwebdriver,
    args: [`--port=${port}`],
    environment: {
      // It cannot run without a display.
      DISPLAY: await virtualDisplay(paths, group),
      // GTK prefers Wayland, and the window would open on the screen of whoever runs the tests.
      GDK_BACKEND: 'x11',
      // The browser reaches even its driver on the loopback interface through a proxy, if one is set.
      GIO_USE_PROXY_RESOLVER: 'dummy',
      // MiniBrowser of GTK 4 is sandboxed, which most containers do not allow. Only our own pages are opened.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    },
    capabilities: {
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: paths.minibrowser, args: ['--automation'] },
    },
  }
}

/**
 * @param {Paths} paths
 * @param {ProcessGroup} group
 * @returns {Promise<string>} the name of a new display
 */
async function virtualDisplay(paths, group) {
  // Xvfb takes a number that is free and writes it to the descriptor once the display can be used.
  const file = path.join(group.folder, 'display')
  const descriptor = fs.openSync(file, 'w')
  const exited = group.start(paths.xvfb, ['-displayfd', '3', '-screen', '0', '1280x1024x24'], {}, descriptor)
  fs.closeSync(descriptor)
  const number = () => /^(\d+)\n/.exec(fs.readFileSync(file, 'utf8'))?.[1]
  return `:${await before(exited, START_MS, eventually(number))}`
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

// ---- The WebDriver session ----

/** @returns {Promise<number>} */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {net.AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}

/**
 * @param {number} port
 * @param {http.Agent} agent
 * @returns {Promise<boolean>} fulfilled once a WebDriver answers there
 */
function answers(port, agent) {
  return eventually(
    () =>
      new Promise((resolve) => {
        const request = http.get({ host: '127.0.0.1', port, path: '/status', agent }, (response) => {
          response.resume()
          resolve(response.statusCode === 200)
        })
        request.once('error', () => resolve(false))
      }),
  )
}

/**
 * @param {import('selenium-webdriver').WebDriver} driver
 * @returns {Promise<void>}
 */
async function quit(driver) {
  try {
    await before(undefined, QUIT_MS, driver.quit())
  } catch {
    // It hangs or is gone, and its processes are ended in any case.
  }
}

/**
 * @template T
 * @param {Promise<never> | undefined} failed
 * @param {number} ms
 * @param {Promise<T>} result
 * @returns {Promise<T>} the result, unless the failure comes first or it takes too long
 */
async function before(failed, ms, result) {
  const timer = new AbortController()
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer in ${ms / 1000} s`)
  })
  late.catch(() => {})
  try {
    return await Promise.race(failed ? [result, failed, late] : [result, late])
  } finally {
    timer.abort()
  }
}

/**
 * @template T
 * @param {() => T | Promise<T>} attempt
 * @returns {Promise<NonNullable<T>>} its first result that counts as true
 */
async function eventually(attempt) {
  const end = Date.now() + START_MS
  while (Date.now() < end) {
    const result = await attempt()
    if (result) return result
    await sleep(20)
  }
  throw new Error(`no answer in ${START_MS / 1000} s`)
}

// ---- The processes ----

/**
 * Processes that end together with this one.
 *
 * They have a home folder of their own, which their children inherit, wherever
 * these move in the tree of processes. A guard, itself a process, waits until we
 * end it or are gone, then ends all that live in that folder: no way for us to
 * die leaves a browser behind.
 */
class ProcessGroup {
  #guard
  #log

  /** @param {string} name */
  constructor(name) {
    /** Holds profiles, caches and all else that browsers put in a home folder; removed in the end. */
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), `wasm-eventsource-${name}-`))
    this.#log = path.join(this.folder, 'log')
    const code = `import fs from 'node:fs'\n${runningProcesses}\n${guard}\nguard()`
    this.#guard = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      // In a session of its own, where Ctrl+C in the terminal does not reach it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#guard.unref()
    this.#guard.stdin.write(this.folder)
  }

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} environment what to add to ours
   * @param {number[]} descriptors what the process finds as its file descriptors 3 and up
   * @returns {Promise<never>} rejected when it exits
   */
  start(command, args, environment, ...descriptors) {
    const log = fs.openSync(this.#log, 'a')
    const child = spawn(command, args, {
      env: { ...this.#environment(), ...environment },
      // Not to pipes, which would keep this process from ending by itself.
      stdio: ['ignore', log, log, ...descriptors],
    })
    child.unref()
    fs.closeSync(log)
    /** @type {Promise<never>} */
    const exited = new Promise((_, reject) => {
      child.once('error', reject)
      child.once('exit', (status, signal) => reject(new Error(`${command} ended with ${signal ?? status}`)))
    })
    exited.catch(() => {})
    return exited
  }

  /** @returns {number[]} */
  processes() {
    return runningProcesses(this.folder)
  }

  /** @returns {string} the last of what the processes wrote */
  log() {
    const text = fs.existsSync(this.#log) ? fs.readFileSync(this.#log, 'utf8') : ''
    return text.trimEnd().split('\n').slice(-20).join('\n')
  }

  /** @returns {Promise<void>} */
  async end() {
    if (this.#guard.exitCode !== null || this.#guard.signalCode !== null) return
    const ended = once(this.#guard, 'exit')
    this.#guard.ref()
    this.#guard.stdin.end()
    await ended
  }

  #environment() {
    const environment = { ...process.env }
    // The first three count before HOME; the last leads to the user's desktop.
    for (const name of ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_RUNTIME_DIR']) delete environment[name]
    return {
      ...environment,
      HOME: this.folder,
      TMPDIR: this.folder,
      // Else they start services of the desktop, which nobody ends.
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    }
  }
}

/**
 * Also part of the guard's code, so it uses nothing but `fs` from this file.
 *
 * @param {string} folder
 * @returns {number[]} the processes that live in it, and all that come from them
 */
function runningProcesses(folder) {
  /** @type {Map<number, number>} */
  const parents = new Map()
  /** @type {Set<number>} */
  const found = new Set()
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const id = Number(entry)
    try {
      const stat = fs.readFileSync(`/proc/${id}/stat`, 'latin1')
      // «id (name) state parent …», where the name may have spaces and parentheses too.
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      // A zombie, which only waits for its parent to notice that it ended.
      if (state === 'Z') continue
      parents.set(id, Number(parent))
      const environment = fs.readFileSync(`/proc/${id}/environ`, 'latin1').split('\0')
      const command = fs.readFileSync(`/proc/${id}/cmdline`, 'latin1')
      // Chromium writes its title over its environment, but the title names the profile.
      if (environment.includes(`HOME=${folder}`) || command.includes(`--user-data-dir=${folder}/`)) found.add(id)
    } catch {
      // Ended meanwhile, or another user's.
    }
  }
  let count
  do {
    count = found.size
    for (const [id, parent] of parents) if (found.has(parent)) found.add(id)
  } while (found.size > count)
  return [...found]
}

/** The whole program of the guard, which is told the folder on its standard input. */
async function guard() {
  let folder = ''
  // The input ends when our parent ends it or is gone.
  for await (const text of process.stdin) folder += text
  const start = Date.now()
  /** @type {Set<number>} */
  const asked = new Set()
  for (;;) {
    const running = runningProcesses(folder)
    if (running.length === 0 || Date.now() > start + 20_000) break
    // Asked first, because Xvfb then removes its lock file, but not for long: it may hang.
    const force = Date.now() > start + 2_000
    for (const id of running) {
      if (!force && asked.has(id)) continue
      asked.add(id)
      try {
        process.kill(id, force ? 'SIGKILL' : 'SIGTERM')
      } catch {
        // Ended meanwhile.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

// ---- Finding and installing ----

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
