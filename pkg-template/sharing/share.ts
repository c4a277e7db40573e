/**
 * `share.js`: what a source needs that shares its connection with others. It is loaded by the first one
 * that does.
 */

import { REGISTERED } from '../event-source/registered.js'
import { SharedConnection } from './shared-connection.js'

export { SharedConnection }

// For where a bundler makes a script of this file, of which nothing can be imported.
Object.defineProperty(globalThis, Symbol.for(REGISTERED), { value: SharedConnection, configurable: true, writable: true })
