/** Starts the engine from a WebAssembly module in a file of its own, where there may be a file system. */

import { readFile } from 'node:fs/promises'

import { type Engine, Instance } from '../engine.js'
import { instantiate, moduleUrl } from './module-file.js'

/** Reads the module, or fetches it if it is elsewhere, and starts the engine. */
export function startHere(): Promise<Engine> {
  // Later, as the end of the stack may be here.
  return Promise.resolve().then(start)
}

async function start(): Promise<Engine> {
  const url = moduleUrl()
  const engine = new Instance()
  await instantiate(engine, url, async () => {
    // Node fetches no `file:` URL.
    if (`${url}`.startsWith('file:')) return new Response(await readFile(new URL(url)))
    const response = await fetch(url)
    if (!response.ok) throw new Error(`The server answered with the status ${response.status}.`)
    return response
  })
  return engine
}
