/** Where a stream is to go on after a reload: the last event ID, in a storage that outlives the page. */

import type { ResumeOptions } from '../options/options.js'

/** The place of one source in its stream. */
export class ResumePoint {
  readonly #options: ResumeOptions
  readonly #key: string
  #kept = ''
  #hasFailed = false

  constructor(options: ResumeOptions, url: string) {
    this.#options = options
    this.#key = options.key ?? `wasm-eventsource:${url}`
  }

  /** The ID that was kept; `''` if there is none, or none that an event stream could have sent. */
  read(): string {
    let id: unknown
    this.#try((storage) => (id = storage.getItem(this.#key)))
    if (typeof id !== 'string' || /[\0\n\r]/.test(id)) return ''
    return (this.#kept = id)
  }

  /** Keeps an ID. */
  write(id: string): void {
    if (id === this.#kept) return
    this.#kept = id
    this.#try((storage) => (id ? storage.setItem(this.#key, id) : storage.removeItem(this.#key)))
  }

  /** It will not go on. */
  forget(): void {
    this.write('')
  }

  /** A page may not have the storage, or it may be full. Nothing else depends on it. */
  #try(action: (storage: NonNullable<ResumeOptions['storage']>) => void): void {
    try {
      action(this.#options.storage ?? sessionStorage)
    } catch (error) {
      if (!this.#hasFailed) console.warn('wasm-eventsource: resume: the storage cannot be used', error)
      this.#hasFailed = true
    }
  }
}
