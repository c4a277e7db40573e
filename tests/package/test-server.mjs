// @ts-check
/** The test server, a Rust program in tests/server: built, started and stopped. */

import { execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * @typedef {object} TestServer
 * @property {string} origin
 * @property {string} secondOrigin the same server, on another port
 * @property {Promise<unknown>} ended
 * @property {() => Promise<void>} stop
 */

/** Builds the server; cargo tells how far it is. */
export function buildTestServer() {
  execFileSync('cargo', ['build', '--package', 'eventsource-test-server'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/**
 * Starts the server, which also serves the files of the checkout, or of another folder. It ends with
 * this process at the latest.
 * @param {{ port?: number, root?: string }} [options]
 * @returns {Promise<TestServer>}
 */
export async function startTestServer({ port = 0, root = ROOT } = {}) {
  const child = spawn(
    'cargo',
    ['run', '--quiet', '--package', 'eventsource-test-server', '--', '--port', String(port)].concat(
      ['--root', root, '--stop-with-stdin'],
    ),
    { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const ended = new Promise((resolve) => child.once('close', resolve))
  /** @type {string[]} */
  const origins = []
  for await (const line of createInterface(child.stdout)) {
    origins.push(/** @type {string} */ (line.split(' ').at(-1)))
    if (origins.length === 2) break
  }
  const [origin, secondOrigin] = origins
  if (origin === undefined || secondOrigin === undefined) {
    throw new Error('The test server ended before it listened; its message is above.')
  }
  return {
    origin,
    secondOrigin,
    ended,
    stop: async () => {
      child.stdin.end()
      await ended
    },
  }
}
