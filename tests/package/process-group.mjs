// @ts-check
/** Processes that leave nothing behind, whatever becomes of the one that started them. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * Processes that end together with this one.
 *
 * They have a home folder of their own, which their children inherit, wherever
 * these move in the tree of processes. A guard, itself a process, waits until we
 * end it or are gone, then ends all that live in that folder: no way for us to
 * die leaves a browser behind.
 */
export class ProcessGroup {
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
