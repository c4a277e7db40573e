// @ts-check
/** The package in Node, Deno and Bun: the same suite in each, against the test server. */

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { startTestServer } from './test-server.mjs'

const FOLDER = fileURLToPath(new URL('runtimes/', import.meta.url))
/** @param {string} name */
const installed = (name) => `${FOLDER}node_modules/.bin/${name}`

const RUNTIMES = {
  node: [process.execPath],
  deno: [installed('deno'), 'run', '--allow-net', '--allow-read', '--no-prompt', '--no-remote'],
  bun: [installed('bun'), 'run'],
}

/** @type {import('./test-server.mjs').TestServer} */
let server
before(async () => {
  server = await startTestServer()
  if (!Object.values(RUNTIMES).every(([program]) => existsSync(/** @type {string} */ (program)))) {
    // Without a lock file: npm leaves the binaries of other platforms out of it, and then refuses it.
    spawnSync('npm', ['install', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: FOLDER,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    })
  }
})
after(() => server.stop())

for (const [name, command] of Object.entries(RUNTIMES)) {
  describe(name, () => {
    it('passes the suite', async (t) => {
      const [program, ...args] = /** @type {[string, ...string[]]} */ (command)
      assert.ok(existsSync(program), `${name} is not there: \`npm install\` in ${FOLDER} installs it`)
      const child = spawn(program, [...args, `${FOLDER}suite.mjs`, server.origin], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const closed = once(child, 'close')
      let count = 0
      for await (const line of createInterface(child.stdout)) {
        const { title, error } = JSON.parse(line)
        count += 1
        await t.test(title, () => {
          if (error !== undefined) throw new Error(error)
        })
      }
      const [status] = await closed
      assert.equal(status, 0)
      assert.ok(count > 100, `${count} tests`)
    })
  })
}
