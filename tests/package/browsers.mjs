// @ts-check
/**
 * Real browsers for the tests of the package: Chromium, Firefox and WebKit
 * (WebKitGTK's MiniBrowser), opened with WebDriver.
 */

import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { Builder } from 'selenium-webdriver'

import { ensureBrowsers } from './browser-programs.mjs'
import { ProcessGroup } from './process-group.mjs'

/** @typedef {import('./browser-programs.mjs').BrowserName} BrowserName */
/** @typedef {import('./browser-programs.mjs').Paths} Paths */

/**
 * @typedef {object} OpenBrowser
 * @property {import('selenium-webdriver').WebDriver} driver
 * @property {BrowserName} name
 * @property {string} version the browser's, as it tells it
 * @property {() => number[]} processes the ids of all running processes that belong to it
 * @property {() => Promise<void>} close ends the session and all its processes, even if they hang, and removes the profile
 */

const START_MS = 60_000
const COMMAND_MS = 60_000
const QUIT_MS = 5_000

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
        // The certificates of servers on this machine are made on the spot.
        acceptInsecureCerts: true,
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

// ---- The WebDriver session ----

/** @returns {Promise<number>} */
export async function freePort() {
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
