/** Starts the engine from the WebAssembly module that the build has put into this file. */

import inlinedModule from 'inlined-module'
import { type Engine, Instance } from '../engine.js'
import { startError } from '../web-assembly-support.js'

/**
 * Starts the engine on the spot where the browser lets the main thread compile a module of this
 * size (Chrome from 114 on, Firefox and Safari always), and asynchronously where it does not.
 */
export function startHere(): Engine | Promise<Engine> {
  const bytes = decode(inlinedModule)
  const engine = new Instance()
  try {
    const module = new WebAssembly.Module(bytes)
    engine.start(new WebAssembly.Instance(module, engine.glue.imports).exports)
    return engine
  } catch (error) {
    // Later, as it may have been thrown at the end of the stack.
    if (error instanceof RangeError) return Promise.resolve().then(() => startLater(engine, bytes))
    throw startError(error)
  }
}

async function startLater(engine: Instance, bytes: BufferSource): Promise<Engine> {
  try {
    const { instance } = await WebAssembly.instantiate(bytes, engine.glue.imports)
    engine.start(instance.exports)
    return engine
  } catch (error) {
    throw startError(error)
  }
}

/**
 * Reads what `encoding.mjs` writes: a small byte is one character, a larger one is one of the first
 * two characters of the alphabet, and the character of what is left.
 */
function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let index = 0; index < text.length; index++) {
    const digit = digitAt(text, index)
    bytes[length++] = digit < 2 ? 91 + 93 * digit + digitAt(text, ++index) : digit - 2
  }
  return bytes.slice(0, length)
}

/** The place of a character in the alphabet: printable ASCII but for the quotation mark and `\\`. */
function digitAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code - (code > 92 ? 34 : code > 34 ? 33 : 32)
}
