// @ts-check
/** Small apps: each sends a header, which the native class cannot, and receives an event. */

/** The URL of the stream, where the app is a page. */
const GIVEN = "new URLSearchParams(location.search).get('events')"

/**
 * What an app has come to is in `globalThis.results`, a promise of a text.
 * @param {object} [options]
 * @param {string} [options.from] - what is imported
 * @param {string} [options.before] - a statement
 * @param {string} [options.events] - an expression of the URL
 * @param {boolean} [options.isShared] - whether it is to share its connection
 */
export function app({ from = 'wasm-eventsource', before = '', events = GIVEN, isShared = false } = {}) {
  if (from === 'wasm-eventsource/decoder') return `import { eventsFrom } from '${from}'\n${before}\n${decode(events)}`
  return `import { EventSource } from '${from}'\n${receive(before, events, isShared)}`
}

/**
 * What receives by a class that is there.
 * @param {string} [before]
 * @param {string} [events]
 * @param {boolean} [isShared]
 */
export function receive(before = '', events = GIVEN, isShared = false) {
  return `${before}
globalThis.results = new Promise((resolve) => {
  const source = new EventSource(${events}, { headers: { 'X-Token': 'secret' }, reconnect: false${isShared ? ", share: 'app'" : ''} })
  source.addEventListener('price', ({ data }) => {
    const { shared } = source
    source.close()
    resolve('received ' + data + (shared ? ', shared' : ''))
  })
  source.addEventListener('error', ({ message, error }) => resolve([message, error?.message].join(' ')))
})
`
}

/** @param {string} events */
function decode(events) {
  return `async function receive() {
  const response = await fetch(${events}, { headers: { 'X-Token': 'secret' } })
  for await (const { data } of eventsFrom(response)) return 'received ' + data
}
globalThis.results = receive()
`
}

export const RECEIVED = 'received "secret"'
export const RECEIVED_SHARED = `${RECEIVED}, shared`

/** @param {string} script */
export const page = (script) => `<!doctype html><meta charset="utf-8"><title>app</title>${script}`
