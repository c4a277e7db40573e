/** Starts the engine from a WebAssembly module in a file of its own, which is fetched. */

import { type Engine, Instance } from '../engine.js'
import { instantiate, moduleUrl } from './module-file.js'

/** Fetches the module and starts the engine. */
export function startHere(): Promise<Engine> {
  // Later, as the end of the stack may be here.
  return Promise.resolve().then(start)
}

async function start(): Promise<Engine> {
  const url = moduleUrl()
  const engine = new Instance()
  await instantiate(engine, url, async () => {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`The server answered with the status ${response.status}.`)
    return response
  })
  return engine
}
