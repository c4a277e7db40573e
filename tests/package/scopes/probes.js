/**
 * What a worker of any kind does for the page that tests it. A classic script without exports, so
 * that `importScripts` and `import` both take it: it leaves `answerWith` in the global scope.
 */

const probes = {
  /** How the global object has the class. */
  exposure(EventSource) {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(self, 'EventSource') ?? {}
    return { kind: typeof EventSource, isGlobal: value === EventSource, flags }
  },

  /** The URL of a source that is closed at once, or what its constructor throws. */
  resolve(EventSource, url) {
    try {
      const source = new EventSource(url)
      source.close()
      return source.url
    } catch (error) {
      return `${error.name} ${error.code}`
    }
  },

  /** What comes until the first message. */
  async receive(EventSource, url, init) {
    const source = new EventSource(url, init)
    const states = [source.readyState]
    source.onopen = () => states.push(source.readyState)
    const { data, lastEventId, origin } = await new Promise((resolve, reject) => {
      source.onmessage = resolve
      source.onerror = () => reject(new Error('an error event'))
    })
    source.close()
    states.push(source.readyState)
    return { url: source.url, withCredentials: source.withCredentials, states, data, lastEventId, origin }
  },

  /** What a loop over a source gets, up to the first message. */
  async iterate(EventSource, url) {
    for await (const message of new EventSource(url)) return message
  },

  /** What a source makes of a stream of one's own, up to the first message. */
  async ownStream(EventSource, text) {
    const source = EventSource.fromReadableStream(new Blob([text]).stream())
    const { data, origin } = await new Promise((resolve) => (source.onmessage = resolve))
    const { url, lastEventId } = source
    source.close()
    return { url, data, origin, lastEventId }
  },

  /** What the decoder makes of a response. */
  async decode(EventSource, url, _, eventsFrom) {
    const events = []
    for await (const event of eventsFrom(await fetch(url))) events.push(event)
    return events
  },

  /**
   * How often a source asks a server while the device is offline, and by when it has come back, if
   * nothing but `navigator.onLine` tells that it is online again.
   */
  async returnOnline(EventSource, url) {
    const setOnline = (value) => Object.defineProperty(navigator, 'onLine', { value, configurable: true })
    let count = 0
    const fetch = async () => {
      count += 1
      return new Response('', { headers: { 'Content-Type': 'text/event-stream' } })
    }
    setOnline(false)
    const source = new EventSource(url, { fetch, reconnect: { delay: 100 } })
    await new Promise((resolve) => (source.onerror = resolve))
    await new Promise((resolve) => setTimeout(resolve, 400))
    const whileOffline = count
    setOnline(true)
    const end = performance.now() + 15_000
    while (count === whileOffline && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
    const later = count
    source.close()
    return { whileOffline, later }
  },

  /** The state of a source that is made when the worker is closing. */
  closing(EventSource, url) {
    self.close()
    const source = new EventSource(url)
    return source.readyState
  },

  /** Closes the worker, then the source, in an open handler. Posts the states to the page by itself. */
  closedWhenOpen(EventSource, url) {
    const source = new EventSource(url)
    source.onopen = () => {
      self.close()
      const { readyState } = source
      source.close()
      self.postMessage([readyState, source.readyState])
    }
  },
}

/** Answers each message `{ probe, args }` on the port that it brings. */
self.answerWith = (EventSource, eventsFrom) => {
  const listen = (target) =>
    target.addEventListener('message', async ({ data: { probe, args }, ports: [port] }) => {
      try {
        port.postMessage({ answer: await probes[probe](EventSource, ...args, undefined, eventsFrom) })
      } catch (error) {
        port.postMessage({ error: String(error) })
      }
    })
  if ('onconnect' in self) {
    self.addEventListener('connect', ({ ports: [port] }) => {
      listen(port)
      port.start()
    })
  } else {
    listen(self)
  }
}
