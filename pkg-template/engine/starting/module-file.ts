/** The WebAssembly module where it is in a file of its own. */

import type { Instance } from '../engine.js'
import { startError } from '../web-assembly-support.js'

let location: string | URL | undefined

/** Tells where the module is. */
export function setModuleUrl(url: string | URL): void {
  location = url
}

/** Where the module is: beside this file, unless told otherwise. */
export function moduleUrl(): string | URL {
  // In this form bundlers that know of it put the file where it will be found.
  return location ?? new URL('wasm_eventsource_bg.wasm', import.meta.url)
}

/**
 * Starts an engine with the module that `load` gets.
 * @throws an `Error` that tells the URL, what happened and what to do
 */
export async function instantiate(
  engine: Instance,
  url: string | URL,
  load: () => Promise<Response>,
): Promise<void> {
  const response = await load().catch((cause) => {
    throw loadError(url, cause instanceof Error ? cause.message : String(cause), cause)
  })
  const type = response.headers.get('Content-Type')
  const { imports } = engine.glue
  let source: WebAssembly.WebAssemblyInstantiatedSource
  try {
    // The browser compiles a module while it comes, but only if the server tells that it is one.
    source =
      type === 'application/wasm'
        ? await WebAssembly.instantiateStreaming(response, imports)
        : await WebAssembly.instantiate(await moduleOf(response, url, type), imports)
    engine.start(source.instance.exports)
  } catch (error) {
    throw error instanceof LoadError ? error : startError(error)
  }
}

async function moduleOf(response: Response, url: string | URL, type: string | null): Promise<ArrayBuffer> {
  const bytes = await response.arrayBuffer()
  // The magic number. Many servers answer with their start page where they have no such file.
  if (new TextDecoder().decode(bytes.slice(0, 4)) === '\0asm') return bytes
  throw loadError(url, `The answer, status ${response.status} and of the type ${type}, is no WebAssembly.`)
}

class LoadError extends Error {}

function loadError(url: string | URL, happened: string, cause?: unknown): Error {
  return new LoadError(
    `wasm-eventsource/slim could not load ${url}: ${happened} Copy wasm_eventsource_bg.wasm from the ` +
      'package to there, or await init() with its URL; a connect-src in the Content-Security-Policy has ' +
      'to allow it. wasm-eventsource without /slim has it inside.',
    { cause },
  )
}
