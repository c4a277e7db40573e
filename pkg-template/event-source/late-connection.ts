/** The connection of a source, shared with others or not. */

import { isReason } from '../failures/failure.js'
import type { SharedConnection } from '../sharing/shared-connection.js'
import { Connection, type ConnectionActions, type ConnectionOptions, type EventOrigin, itemsOf } from './connection.js'
import { REGISTERED } from './registered.js'

/** Whether this is part of a module, which knows its URL. The build says so. */
declare const IS_MODULE: boolean

/** The URL of the classic script, while it runs for the first time. */
const SCRIPT = /* @__PURE__ */ urlOfScript()

/**
 * Connects a source.
 *
 * @param key - tells those who share the connection from others; `undefined` if nobody does
 */
export function connect(options: ConnectionOptions, actions: ConnectionActions, key: string | undefined): EventOrigin {
  return key !== undefined && canShare() ? new LateConnection(options, actions, key) : new Connection(options, actions)
}

/** The name of the group: who asks for the same URL in the same way, and calls itself the same. */
export function keyOf(url: string, withCredentials: boolean, share: true | string): string {
  return JSON.stringify([url, withCredentials, share === true ? null : share])
}

/** Whether there is an origin, and a channel to its other pages; a service worker cannot load anything. */
function canShare(): boolean {
  const { origin } = globalThis
  const isServiceWorker = 'ServiceWorkerGlobalScope' in globalThis
  return typeof origin === 'string' && origin !== 'null' && typeof BroadcastChannel === 'function' && !isServiceWorker
}

/** Stands for a connection that is shared until the file has come that knows how. */
class LateConnection implements EventOrigin {
  readonly #options: ConnectionOptions
  #current: EventOrigin | undefined
  #isClosed = false
  /** Whether all are to be closed, once they can be told. */
  #endsAll = false

  constructor(options: ConnectionOptions, actions: ConnectionActions, key: string) {
    this.#options = options
    const connect = (make: () => EventOrigin): void => {
      if (!this.#isClosed) this.#current = make()
      else if (this.#endsAll) make().close(true)
    }
    load().then(
      (Shared) => {
        connect(() => new Shared(options, actions, key, { Connection, itemsOf, isReason }))
      },
      (error: unknown) => {
        console.error(
          'wasm-eventsource: share: share.js could not be loaded, so this source has a connection of its own. ' +
            'Copy share.js from the package to where the script is that imports it; a script-src in the ' +
            'Content-Security-Policy has to allow it.',
          error,
        )
        connect(() => new Connection(options, actions))
      },
    )
  }

  get readyState(): 0 | 1 | 2 {
    return this.#isClosed ? 2 : (this.#current?.readyState ?? 0)
  }

  get lastEventId(): string {
    return (this.#current ?? this.#options).lastEventId
  }

  get shared(): boolean {
    return !this.#isClosed && (this.#current?.shared ?? true)
  }

  get keepsPlace(): boolean {
    return this.#current?.keepsPlace ?? false
  }

  reconnectionTime(message?: number): number {
    return this.#current?.reconnectionTime(message) ?? this.#options.delay
  }

  reset(): void {
    this.#current?.reset()
  }

  close(forAll: boolean): void {
    this.#isClosed = true
    this.#endsAll = forAll && this.#current === undefined
    this.#current?.close(forAll)
  }
}

/**
 * Loads the file, which is beside this one. Not by its name alone: bundlers that make a single file
 * refuse to build what imports another one now and then, though few sources are ever shared.
 */
function load(): Promise<typeof SharedConnection> {
  // In this form bundlers that know of it put the file where it will be found.
  if (IS_MODULE) return importUrl(new URL('share.js', import.meta.url).href)
  // A worker is told by nothing where a script is that it imports, but looks for modules there.
  return importUrl(SCRIPT ? new URL('share.js', SCRIPT).href : './share.js')
}

async function importUrl(url: string): Promise<typeof SharedConnection> {
  const module = await import(/* webpackIgnore: true */ /* @vite-ignore */ url)
  // Parcel makes a script of the file, which exports nothing.
  const Shared = module.SharedConnection ?? Object(globalThis)[Symbol.for(REGISTERED)]
  if (typeof Shared !== 'function') throw new TypeError(`${url} is something else`)
  return Shared
}

function urlOfScript(): string | undefined {
  const script: unknown = IS_MODULE ? undefined : globalThis.document?.currentScript
  return (Object(script) as { src?: string }).src || undefined
}
