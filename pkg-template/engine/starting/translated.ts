/**
 * Starts the engine where there is to be no WebAssembly: from what Binaryen's wasm2js has made of the
 * module, which is JavaScript.
 */

import instantiate from 'translated-module'
import { type Engine, Instance } from '../engine.js'

/** Starts the engine on the spot, or later where the end of the stack is here. */
export function startHere(): Engine | Promise<Engine> {
  try {
    return start()
  } catch {
    return Promise.resolve().then(start)
  }
}

function start(): Engine {
  const engine = new Instance()
  let memory: { readonly buffer: ArrayBuffer } | undefined
  let buffer: ArrayBuffer | undefined

  // The glue keeps views of the memory until they are detached: WebAssembly detaches a buffer that its
  // memory has outgrown, JavaScript does not. The memory grows while an export runs, which may call
  // imports.
  const detachOutgrown = (): void => {
    if (memory === undefined || memory.buffer === buffer) return
    if (buffer !== undefined) detach(buffer)
    buffer = memory.buffer
  }
  const imports = Object.entries(engine.glue.imports).map(([module, functions]) => [
    module,
    mapFunctions(functions, (imported, args) => {
      detachOutgrown()
      return imported(...args)
    }),
  ])
  const exports = instantiate(Object.fromEntries(imports))
  memory = Object.values(exports).find((value) => 'buffer' in value) as typeof memory
  buffer = memory?.buffer
  engine.start(
    mapFunctions(exports, (exported, args) => {
      const result = exported(...args)
      detachOutgrown()
      return result
    }),
  )
  return engine
}

/** The same record, whose functions are called by `call`. */
function mapFunctions<T extends object>(
  record: T,
  call: (original: Function, args: unknown[]) => unknown,
): T {
  const entries = Object.entries(record).map(([name, value]) => [
    name,
    typeof value === 'function' ? (...args: unknown[]) => call(value, args) : value,
  ])
  return Object.fromEntries(entries)
}

function detach(buffer: ArrayBuffer): void {
  if (typeof MessageChannel !== 'function') {
    // In jsdom. Chrome has this from 98 on.
    structuredClone(undefined, { transfer: [buffer] })
    return
  }
  const { port1 } = new MessageChannel()
  port1.postMessage(undefined, [buffer])
  port1.close()
}
