/** What a `fetch` of the user's may do wrong, and what becomes of a source that has it. */

const HEADERS = { 'Content-Type': 'text/event-stream' }
export const encode = (text) => new TextEncoder().encode(text)
const EVENT = encode('id: 1\ndata: a\n\n')

/** A response whose reader answers with what `read` returns. */
const readBy = (read, cancel = async () => {}) => ({
  ...{ status: 200, url: '', redirected: false, headers: new Headers(HEADERS) },
  body: { getReader: () => ({ read, cancel }), cancel, locked: false },
})
/** One whose chunks are these, after which it stays open. */
export const chunksOf = (...chunks) =>
  readBy(() => (chunks.length > 0 ? Promise.resolve({ done: false, value: chunks.shift() }) : new Promise(() => {})))
export const throwing = () => {
  throw new Error('hostile')
}
const hostile = { valueOf: throwing, toString: throwing, [Symbol.toPrimitive]: throwing }
const usedResponse = async () => {
  const response = new Response('data: a\n\n', { headers: HEADERS })
  await response.text()
  return response
}

/** Memory that is shared, where a page may have any. */
function sharedMemory() {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer
  } catch {
    return new ArrayBuffer(EVENT.length)
  }
}

/** What a `fetch` may do, and how the source is lost then; none where it is not, and gets the event. */
export const FETCHES = {
  'throws an error': [throwing, 'request'],
  'throws undefined': [() => { throw undefined }, 'request'],
  'rejects': [() => Promise.reject(new Error('hostile')), 'network'],
  'returns undefined': [() => undefined, 'network'],
  'returns null': [() => null, 'network'],
  'returns a number': [() => 5, 'network'],
  'returns a text': [() => 'text', 'network'],
  'returns a symbol': [() => Symbol('hostile'), 'network'],
  'returns an empty object': [() => ({}), 'network'],
  'returns a thenable that throws': [() => ({ then: throwing }), 'network'],
  'returns a thenable that settles twice': [() => ({ then(f, g) { f(chunksOf(EVENT)); g(new Error('hostile')); f(1) } })],
  'returns a response whose body is used': [usedResponse, 'network'],
  'returns a response without a body': [() => ({ ...chunksOf(), body: null }), 'ended'],
  'returns a response whose body is a text': [() => ({ ...chunksOf(), body: 'data: a\n\n' }), 'network'],
  'returns a response whose headers throw': [() => Object.defineProperty(chunksOf(), 'headers', { get: throwing }), 'network'],
  'returns a response whose headers are no headers': [() => ({ ...chunksOf(), headers: {} }), 'network'],
  'returns a response whose headers give a number': [() => ({ ...chunksOf(), headers: { get: () => 5 } }), 'content-type'],
  'returns a response whose status throws': [() => Object.defineProperty(chunksOf(), 'status', { get: throwing }), 'network'],
  'returns a response whose status is a symbol': [() => ({ ...chunksOf(), status: Symbol('hostile') }), 'status'],
  'returns a response whose status is a BigInt': [() => ({ ...chunksOf(), status: 200n }), 'status'],
  'returns a response whose status throws when converted': [() => ({ ...chunksOf(), status: hostile }), 'status'],
  'returns a response whose status is huge': [() => ({ ...chunksOf(), status: 1e300 }), 'status'],
  'returns a response whose redirected throws when converted': [() => ({ ...chunksOf(EVENT), redirected: hostile })],
  'returns a response whose url is a symbol': [() => ({ ...chunksOf(EVENT), url: Symbol('hostile') })],
  'has a body whose getReader throws': [() => ({ ...chunksOf(), body: { getReader: throwing } }), 'network'],
  'has a body whose getReader returns undefined': [() => ({ ...chunksOf(), body: { getReader() {} } }), 'network'],
  'has a reader that throws': [() => readBy(throwing), 'network'],
  'has a reader that returns undefined': [() => readBy(() => undefined), 'network'],
  'has a reader that returns a result, not a promise': [() => readBy(() => ({ done: true })), 'ended'],
  'has a reader that rejects': [() => readBy(() => Promise.reject(new Error('hostile'))), 'network'],
  'has a reader whose result is undefined': [() => readBy(async () => undefined), 'network'],
  'has a reader whose done throws when converted': [() => readBy(async () => ({ done: hostile })), 'ended'],
  'has a reader whose done is a symbol': [() => readBy(async () => ({ done: Symbol('hostile') })), 'ended'],
  'has a reader whose done is a getter that throws': [() => readBy(async () => ({ get done() { return throwing() } })), 'network'],
  'has a reader whose value is a getter that throws': [() => readBy(async () => ({ done: false, get value() { return throwing() } })), 'network'],
  'has a reader whose cancel throws': [() => readBy(async () => ({ done: false, value: 'text' }), throwing), 'network'],
  'has a reader that settles at once, for ever': [
    () => {
      let count = 0
      const result = () => (count++ < 50_000 ? { done: false, value: count === 1 ? EVENT : encode(':\n') } : { done: true })
      return readBy(() => ({ then: (f) => void f(result()) }))
    },
    'ended',
  ],
  'has a reader that settles twice': [
    () => {
      let isAsked = false
      return readBy(() => {
        if (isAsked) return new Promise(() => {})
        isAsked = true
        return { then: (f) => (f({ done: false, value: EVENT }), f({ done: false, value: EVENT })) }
      })
    },
  ],
  'has chunks that are texts': [() => chunksOf('data: a\n\n'), 'network'],
  'has chunks that are numbers': [() => chunksOf(5), 'network'],
  'has chunks that are arrays': [() => chunksOf([100, 97, 116, 97]), 'network'],
  'has chunks that are undefined': [() => chunksOf(undefined), 'network'],
  'has chunks that only look like bytes': [() => chunksOf(Object.create(Uint8Array.prototype)), 'network'],
  'has chunks that are proxies of bytes': [() => chunksOf(new Proxy(EVENT, {})), 'network'],
  'has chunks that are proxies of bytes, revoked': [
    () => {
      const { proxy, revoke } = Proxy.revocable(EVENT, {})
      revoke()
      return chunksOf(proxy)
    },
    'network',
  ],
  'has chunks of other views': [() => chunksOf(new DataView(EVENT.slice().buffer))],
  'has chunks that are buffers': [() => chunksOf(EVENT.slice().buffer)],
  'has chunks that were given away': [
    () => {
      const given = EVENT.slice()
      structuredClone(given, { transfer: [given.buffer] })
      return chunksOf(given, EVENT)
    },
  ],
  'has chunks over shared memory': [
    () => {
      const shared = new Uint8Array(sharedMemory(), 0, EVENT.length)
      shared.set(EVENT)
      return chunksOf(shared)
    },
  ],
  'has chunks that are resized': [
    () => {
      // Where buffers can be.
      const buffer = new ArrayBuffer(EVENT.length, { maxByteLength: 64 })
      new Uint8Array(buffer).set(EVENT)
      const chunk = new Uint8Array(buffer)
      buffer.resize?.(EVENT.length + 8)
      return chunksOf(chunk, encode('\n'))
    },
  ],
  'never settles': [() => new Promise(() => {}), 'connect-timeout'],
}
