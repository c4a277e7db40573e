// @ts-check
/** All that one run has found out, and where. */

import { existsSync, readFileSync } from 'node:fs'
import os from 'node:os'

import { rivalVersions } from './bundles.mjs'

/**
 * @typedef {object} Results
 * @property {string} date
 * @property {string} command
 * @property {{ name: import('../tests/package/browser-programs.mjs').BrowserName, version: string }} browser
 * @property {{ processor: string, cores: number, memory: number, system: string, node: string }} machine
 *   memory in bytes
 * @property {Record<string, string>} packages their versions
 * @property {number} rounds
 * @property {import('./throughput.mjs').Cell[]} cells
 * @property {import('./latency.mjs').LatencyResult} [latency]
 * @property {import('./first-request.mjs').FirstRequestResult} [firstRequest]
 * @property {import('./memory.mjs').MemoryResult} [memory]
 */

/** What can be said of the machine. */
export function machine() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  return {
    processor: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.cpus().length,
    memory: os.totalmem(),
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? `${os.type()} ${os.release()}`,
    node: process.versions.node,
  }
}

/** The packages that are measured, ours included. */
export function packageVersions() {
  const manifest = readFileSync(new URL('../pkg/package.json', import.meta.url), 'utf8')
  return { 'wasm-eventsource': JSON.parse(manifest).version, ...rivalVersions() }
}
