/**
 * `share.js`: what a source needs that shares its connection with others. It is loaded by the first one
 * that does.
 */

export { SharedConnection } from './shared-connection.js'
