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
    if (error instanceof RangeError) return Promise.resolve().then(() => start(engine, bytes))
    throw startError(error)
  }
}

/** Starts an engine while the page goes on: the browser compiles in another thread. */
export function startAside(): Promise<Engine> {
  return start(new Instance(), decode(inlinedModule))
}

async function start(engine: Instance, bytes: BufferSource): Promise<Engine> {
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
  const digits = new Uint8Array(127)
  for (let code = 32, digit = 0; code < digits.length; code++) {
    const character = String.fromCharCode(code)
    if (character !== '"' && character !== '\\') digits[code] = digit++
  }
  // No engine has compiled this loop when it begins, so it calls nothing. The bytes take the place of the
  // characters that they are read from, which are never fewer.
  const bytes = new TextEncoder().encode(text)
  let length = 0
  for (let index = 0; index < bytes.length; index++) {
    const digit = digits[bytes[index]!]!
    bytes[length++] = digit < 2 ? 91 + 93 * digit + digits[bytes[++index]!]! : digit - 2
  }
  return bytes.slice(0, length)
}
