// @ts-check
/** A small app: it sends a header, which the native class cannot, and receives an event. */

/**
 * What an app has come to is in `globalThis.results`, a promise of a text.
 * @param {object} [options]
 * @param {string} [options.from] - what is imported
 * @param {string} [options.before] - a statement
 * @param {string} [options.events] - an expression of the URL
 */
export function app({
  from = 'wasm-eventsource',
  before = '',
  events = "new URLSearchParams(location.search).get('events')",
} = {}) {
  return `import { EventSource } from '${from}'
${receive(before, events)}`
}

/**
 * The same, of a class that is there.
 * @param {string} [before]
 * @param {string} [events]
 */
export function receive(before = '', events = "new URLSearchParams(location.search).get('events')") {
  return `${before}
globalThis.results = new Promise((resolve) => {
  const source = new EventSource(${events}, { headers: { 'X-Token': 'secret' }, reconnect: false })
  source.addEventListener('price', ({ data }) => {
    source.close()
    resolve('received ' + data)
  })
  source.addEventListener('error', ({ message, error }) => resolve([message, error?.message].join(' ')))
})
`
}

export const RECEIVED = 'received "secret"'

/** @param {string} script */
export const page = (script) => `<!doctype html><meta charset="utf-8"><title>app</title>${script}`
