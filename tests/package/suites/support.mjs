/** What the suites share: addresses of the test server, its log, and ways to wait for events. */

let keys = 0
const run = Math.random().toString(36).slice(2)

/** A key of the server's log that nobody else has. */
export function uniqueKey() {
  return `${run}-${(keys += 1)}`
}

/**
 * An address of the test server. A parameter may have several values.
 * @param {string} path
 * @param {Record<string, unknown>} [parameters]
 * @param {string} [origin]
 */
export function address(path, parameters = {}, origin = location.origin) {
  const url = new URL(path, origin)
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, one)
  }
  return url.href
}

/** Bytes as the server's parameter `hex` takes them. */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What the server has seen under a key. */
export async function requestsOf(key) {
  return (await fetch(address('/log', { key }))).json()
}

/** Waits until `condition` gives something truthy, and returns it; fails after `limit` ms. */
export async function eventually(condition, limit = 5_000) {
  const end = performance.now() + limit
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > end) throw new Error(`not within ${limit} ms: ${condition}`)
    await milliseconds(20)
  }
}

export function milliseconds(count) {
  return new Promise((resolve) => setTimeout(resolve, count))
}

/** The next event of a type. */
export function next(target, type) {
  return new Promise((resolve) => target.addEventListener(type, resolve, { once: true }))
}

/** What a source fires, one line an event, from now on. Names other than the usual can be added. */
export function record(source, ...types) {
  const lines = []
  for (const type of ['open', 'message', 'error', ...types]) {
    source.addEventListener(type, (event) => {
      const data = 'data' in event ? ` ${JSON.stringify(event.data)} ${event.lastEventId}` : ''
      lines.push(`${type}${data} (${source.readyState})`.replace('  (', ' ('))
    })
  }
  return lines
}

const faults = []

/**
 * Begins to collect errors and rejections that nobody has handled. Called before the test runner
 * starts, which would take them for failures of the test that is running.
 */
export function collectFaults() {
  const collect = (event, fault) => {
    faults.push(fault)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  addEventListener('error', (event) => collect(event, String(event.error ?? event.message)))
  addEventListener('unhandledrejection', (event) =>
    collect(event, `unhandled rejection: ${event.reason}`),
  )
}

/** The faults since the last call. */
export async function takeFaults() {
  // Rejections are reported in a task of their own.
  await milliseconds(20)
  return faults.splice(0)
}
