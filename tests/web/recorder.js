// What the TypeScript class would be to the engine: a receiver, which writes down what it is told.

/** As in `pkg-template/events.ts`, up to the last one that the engine knows of. */
const REASONS = (
  'network ended status content-type cors blocked unsupported-scheme connect-timeout idle-timeout ' +
  'limit request'
).split(' ')

export class Recorder {
  /** One line for each call: `open`, `message <type> <data> <last event ID>`, `error <reason> …`. */
  log = []
  /** Called with each line as it is written; for what a listener might do. */
  onLine = () => {}
  /** What is asked for. */
  url = 'https://example.test/stream'
  /** The way to the engine's memory, which the glue gives the class. */
  engine = undefined
  #waiting = []
  #response = undefined
  #thrown = undefined

  /** As the class does it, but for all that makes a request. */
  async fetch(number, lastEventId, signal) {
    const id = new TextDecoder().decode(lastEventId)
    try {
      const response = await globalThis.fetch(this.url, { signal, number, lastEventId: id })
      this.#response = response
      return {
        status: response.status,
        isEventStream: response.headers.get('Content-Type') === 'text/event-stream',
        retryAfter: NaN,
      }
    } catch (error) {
      this.#thrown = error
      throw REASONS.indexOf('network')
    }
  }

  async open() {
    this.#write('open')
    const reader = this.#response.body.getReader()
    const { memory, input, interpret } = this.engine
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      new Uint8Array(memory.buffer).set(value, input)
      const result = interpret(value.length)
      const length = (result < 0 ? ~result : result) >> 1
      const address = new DataView(memory.buffer).getUint32(input, true)
      this.#messages(new Uint8Array(memory.buffer, address, length))
      if (result < 0) return
    }
  }

  isOnline() {
    return true
  }

  #messages(bytes) {
    const fields = new TextDecoder().decode(bytes).split('\r')
    let lastEventId = ''
    for (let index = 0; index + 1 < fields.length; index += 2) {
      const [type, id] = fields[index + 1].split('\n')
      lastEventId = id ?? lastEventId
      this.#write(`message ${type || 'message'} ${fields[index]} ${lastEventId}`.trimEnd())
    }
  }

  async error([reason, status, , retryIn]) {
    const cause = this.#thrown === undefined ? '' : ` (${this.#thrown.name})`
    const next = retryIn >= 0 ? retryIn : 'final'
    this.#write(`error ${REASONS[reason]} ${status || '-'} ${next}${cause}`)
  }

  /** Resolves to the log, as text, once it has so many lines. */
  async lines(count) {
    while (this.log.length < count) await new Promise((resolve) => this.#waiting.push(resolve))
    return this.log.join('\n')
  }

  #write(line) {
    this.log.push(line)
    this.onLine(line)
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

export function recorder() {
  return new Recorder()
}

/** Calls `action` when the recorder writes a line that begins with `start`. */
export function onLine(recorder, start, action) {
  recorder.onLine = (line) => {
    if (line.startsWith(start)) action()
  }
}

export function setEngine(recorder, memory, input, interpret) {
  recorder.engine = { memory, input, interpret }
}

/** A URL that serves `text` with a content type, without a server. */
export function blobUrl(text, type) {
  return URL.createObjectURL(new Blob([text], { type }))
}

/**
 * Replaces `fetch` until `restore()`: the n-th call gets the result of the n-th function, and one
 * after the last waits for ever, unless it is aborted. `calls` has the second argument of each.
 */
export class FakeFetch {
  calls = []
  #native = globalThis.fetch
  #answers

  constructor(answers) {
    this.#answers = answers
    globalThis.fetch = (_, init) => {
      this.calls.push(init)
      const answer = this.#answers[this.calls.length - 1]
      return answer === undefined ? hang(init.signal) : answer(init)
    }
  }

  restore() {
    globalThis.fetch = this.#native
  }

  get count() {
    return this.calls.length
  }

  number(call) {
    return this.calls[call].number
  }

  lastEventId(call) {
    return this.calls[call].lastEventId
  }

  aborted(call) {
    return this.calls[call].signal.aborted
  }
}

function hang(signal) {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

const EVENT_STREAM = { headers: { 'Content-Type': 'text/event-stream' } }

function bodyOf(chunks) {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

function streamOf(...texts) {
  return () => Promise.resolve(new Response(bodyOf(texts.map((text) => new TextEncoder().encode(text))), EVENT_STREAM))
}

/** What a `fetch` may do, by name. */
const ANSWERS = {
  'open end': () =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode('data: a\n\n')),
        }),
        EVENT_STREAM,
      ),
    ),
  404: () => Promise.resolve(new Response('', { ...EVENT_STREAM, status: 404 })),
  204: () => Promise.resolve(new Response(null, { ...EVENT_STREAM, status: 204 })),
  'text/plain': () => Promise.resolve(new Response('', { headers: { 'Content-Type': 'text/plain' } })),
}

/** A fetch that answers with the named answers, or with streams of the texts that name none. */
export function fakeFetch(...answers) {
  return new FakeFetch(answers.map((answer) => ANSWERS[answer] ?? streamOf(answer)))
}

/** The next unhandled rejection's reason, as text. */
export function nextUnhandledRejection() {
  return new Promise((resolve) => {
    globalThis.addEventListener(
      'unhandledrejection',
      (event) => {
        event.preventDefault()
        resolve(String(event.reason))
      },
      { once: true },
    )
  })
}

export function milliseconds(count) {
  return new Promise((resolve) => setTimeout(resolve, count))
}

export function fail(text) {
  throw new Error(text)
}
