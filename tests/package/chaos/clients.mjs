/**
 * The clients of a numbered stream, in a page, and what they make of it. Each is made to reconnect as fast
 * as it can, and to notice a silent connection, where it knows how to.
 */

/** How long a stream may be silent, and a response take, in ms. */
const IDLE = 250
const CONNECT = 2_000

/**
 * Each takes a URL and what hears of events, and returns what closes it. `insists` is whether to go on
 * after a response that is no event stream.
 */
const clients = {
  async 'wasm-eventsource'(url, hear, { insists }) {
    const { EventSource } = await import('/pkg/index.js')
    return listen(
      new EventSource(url, {
        reconnect: { delay: 1, minDelay: 0, ...(insists && { decide: () => 1 }) },
        idleTimeout: IDLE,
        connectTimeout: CONNECT,
      }),
      hear,
    )
  },
  async native(url, hear) {
    return listen(new EventSource(url), hear)
  },
  async eventsource(url, hear) {
    const { EventSource } = await import('/node_modules/eventsource/dist/index.js')
    return listen(new EventSource(url), hear)
  },
  async '@microsoft/fetch-event-source'(url, hear, { insists }) {
    const { fetchEventSource, EventStreamContentType } = await import(
      '/node_modules/@microsoft/fetch-event-source/lib/esm/index.js'
    )
    const controller = new AbortController()
    let gaveUp = false
    const running = fetchEventSource(url, {
      signal: controller.signal,
      openWhenHidden: true,
      async onopen(response) {
        if (response.headers.get('content-type')?.startsWith(EventStreamContentType)) return
        gaveUp = !insists
        throw new Error('no event stream')
      },
      onmessage: ({ event, data, id }) => {
        if (event !== '' || data !== '') hear.event(event || 'message', data, id)
      },
      // It takes the end of a stream for the end of all, unless it is told that it is none.
      onclose() {
        throw new Error('the stream has ended')
      },
      onerror(error) {
        if (gaveUp) throw error
        return 1
      },
    })
    running.catch(() => hear.end())
    return () => controller.abort()
  },
}

function listen(source, hear) {
  for (const type of ['message', 'numbered', 'end']) {
    source.addEventListener(type, ({ data, lastEventId }) => hear.event(type, data, lastEventId))
  }
  source.addEventListener('error', () => {
    if (source.readyState === 2) hear.end()
  })
  return () => source.close()
}

/** Whether an event says what its number says: see `numbered-streams.mjs`. */
function isRight(number, type, data) {
  const line = number % 7 === 0 ? `${number} \u{1F433}` : `${number}`
  return data === (number % 5 === 0 ? `${line}\n${line}` : line) && type === (number % 3 === 0 ? 'numbered' : 'message')
}

/**
 * Has a client receive a numbered stream to its end, or for so many ms after the last event.
 * @returns what has become of the events
 */
export async function receive(name, url, { insists = false, patience }) {
  const count = new Map()
  const figures = { received: 0, doubled: 0, disordered: 0, wrong: 0, total: 0, highest: 0, outcome: '' }
  const begun = performance.now()
  await new Promise((resolve) => {
    let timer
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(() => finish('hangs'), patience)
    }
    const finish = (outcome) => {
      clearTimeout(timer)
      if (figures.outcome === '') resolve((figures.outcome = outcome))
    }
    wait()
    const closing = clients[name](
      url,
      {
        event(type, data, id) {
          wait()
          if (type === 'end') {
            figures.total = Number(data)
            finish('complete')
            return
          }
          const number = Number(id)
          if (!isRight(number, type, data)) {
            figures.wrong += 1
            return
          }
          if (count.has(number)) figures.doubled += 1
          else if (number < figures.highest) figures.disordered += 1
          count.set(number, (count.get(number) ?? 0) + 1)
          figures.highest = Math.max(figures.highest, number)
        },
        end: () => finish('gives up'),
      },
      { insists },
    )
    closing.then(
      (close) => (figures.close = close),
      (error) => finish(String(error)),
    )
  })
  figures.close?.()
  delete figures.close
  figures.received = count.size
  return { ...figures, ms: Math.round(performance.now() - begun) }
}
