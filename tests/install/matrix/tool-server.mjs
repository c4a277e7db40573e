// @ts-check
/** Servers that tools come with. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'

/**
 * Starts a server that a tool comes with, and ends it when `use` is done.
 * @param {string} folder
 * @param {(port: number) => [string, ...string[]]} command
 * @param {NodeJS.ProcessEnv} environment
 * @param {(origin: string) => Promise<void>} use
 */
export async function withToolServer(folder, command, environment, use) {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (listener.address())
  listener.close()
  const [program, ...args] = command(port)
  const child = spawn(join(folder, 'node_modules', '.bin', program), args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // With its workers in a group of its own.
    detached: true,
    env: { ...process.env, CI: '1', ...environment },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  const closed = once(child, 'close')
  try {
    const end = Date.now() + 120_000
    for (;;) {
      const answers = await fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false)
      if (answers) break
      if (Date.now() > end || child.exitCode !== null) throw new Error(`${program} does not answer`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    await use(`http://127.0.0.1:${port}`)
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${said.slice(-2_000)}`)
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await closed
  }
}
