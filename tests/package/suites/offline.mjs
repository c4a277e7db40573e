/** `navigator.onLine` is a hint: a source waits for it, but never for an event alone, nor for loopback. */

import { assert } from '/node_modules/chai/index.js'
import { eventStream } from './made-up-responses.mjs'
import { address, eventually, milliseconds, next, requestsOf, uniqueKey } from './support.mjs'

const SCOPES = '/tests/package/scopes/'

/** The script that brings each class to a worker. */
const SCRIPTS = { polyfill: 'classic.js', index: 'index.mjs', slim: 'slim.mjs' }

export default function ({ EventSource, name }) {
  let source
  let worker
  afterEach(() => {
    source?.close()
    worker?.terminate()
    delete navigator.onLine
  })
  const setOnline = (value) => Object.defineProperty(navigator, 'onLine', { value, configurable: true })

  /** Loses a connection to a server of the network while the device is offline; counts the requests. */
  async function loseOffline() {
    let count = 0
    const answer = eventStream('')
    const fetch = () => {
      count += 1
      return answer()
    }
    setOnline(false)
    source = new EventSource('https://example.test/', { fetch, reconnect: { delay: 100 } })
    await next(source, 'error')
    await milliseconds(400)
    return () => count
  }

  it('wastes no attempt, and goes at once when the device is online again', async () => {
    const count = await loseOffline()
    assert.equal(count(), 1)
    setOnline(true)
    dispatchEvent(new Event('online'))
    await eventually(() => count() >= 2, 1_000)
  })

  it('comes back though no event tells that the device is online again', async () => {
    const count = await loseOffline()
    assert.equal(count(), 1)
    setOnline(true)
    await eventually(() => count() >= 2, 15_000)
  })

  it('asks a server on this machine, whatever the browser says of the network', async () => {
    const { port } = location
    for (const host of ['127.0.0.1', 'localhost', 'x.localhost', '[::1]', '127.1.2.3']) {
      setOnline(false)
      let count = 0
      const answer = eventStream('')
      const fetch = () => {
        count += 1
        return answer()
      }
      source = new EventSource(`http://${host}:${port}/`, { fetch, reconnect: { delay: 0, minDelay: 0 } })
      await eventually(() => count >= 2, 2_000)
      source.close()
    }
  })

  it('asks a server on this machine over the network, too', async () => {
    const key = uniqueKey()
    setOnline(false)
    source = new EventSource(address('/raw', { key, body: ['retry: 100\n', 'data: a\n\n'] }))
    await next(source, 'message')
    assert.equal((await requestsOf(key)).length, 2)
  })

  it('comes back in a worker, where no event tells of it', async () => {
    const file = SCRIPTS[name]
    const type = file.endsWith('.mjs') ? 'module' : 'classic'
    worker = new Worker(`${SCOPES}${file}?class=${name}&key=${uniqueKey()}`, { type })
    const { port1, port2 } = new MessageChannel()
    worker.postMessage({ probe: 'returnOnline', args: ['https://example.test/'] }, [port2])
    const { data } = await new Promise((resolve) => (port1.onmessage = resolve))
    assert.deepEqual(data, { answer: { whileOffline: 1, later: 2 } })
  })
}
