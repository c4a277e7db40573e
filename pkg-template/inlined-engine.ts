/** Starts the engine from the module that the build has put into this file. */

import inlinedModule from 'inlined-module'
import { type Engine, runEngine, runEngineSync, startError } from './engine.js'

/**
 * Starts the engine on the spot where the browser lets the main thread compile a module of this
 * size (Chrome from 114 on, Firefox and Safari always), and asynchronously where it does not.
 */
export function startInlinedEngine(): Engine | Promise<Engine> {
  const module = decodeHex(inlinedModule)
  try {
    return runEngineSync(module)
  } catch (error) {
    if (error instanceof RangeError) return runEngine(module)
    throw startError(error)
  }
}

/** Two digits a byte: after brotli a tenth larger than the module itself, where base64 is a third. */
function decodeHex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (digit(text, 2 * index) << 4) | digit(text, 2 * index + 1)
  }
  return bytes
}

/** The value of one digit. By arithmetic on its code, as `parseInt` would take milliseconds more. */
function digit(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code > 0x39 ? code - 0x57 : code - 0x30
}
