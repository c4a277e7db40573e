// @ts-check
/** What is the same for all clients with the interface of an `EventSource`. */

/**
 * @typedef {object} EventSourceLike
 * @property {(type: string, listener: (event: any) => void) => void} addEventListener
 * @property {() => void} close
 */

/**
 * @param {EventSourceLike} source
 * @param {import('./frame.mjs').Receiver} receiver
 * @returns {() => void} how to close it
 */
export function connectEventSource(source, { type, message, end }) {
  source.addEventListener(type, message)
  source.addEventListener('error', () => end('an error event'))
  return () => source.close()
}

/**
 * @param {{ type: string, data: string, lastEventId: string }} event
 * @returns {import('../corpora.mjs').Message}
 */
export function eventFields({ type, data, lastEventId }) {
  return { type, data, lastEventId }
}
