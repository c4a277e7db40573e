// @ts-check
/**
 * What runs in the frame of a client: lets it read a stream, takes the time, and checks what it
 * delivers. Each client has a frame of its own, and with it a copy of this code, so that no engine
 * compiles the handler for the events of all of them.
 */

import { chunks, corpus } from '../corpora.mjs'

/** @typedef {import('../corpora.mjs').Corpus} Corpus */
/** @typedef {import('../corpora.mjs').Cut} Cut */
/** @typedef {import('../corpora.mjs').Message} Message */

/**
 * @typedef {object} Source where a stream is
 * @property {string} url
 * @property {typeof fetch} [fetch] what to get it with, where it is in memory
 */

/** @typedef {{ data: string }} Delivered an event, whatever a client makes of it */

/**
 * @typedef {object} Receiver
 * @property {string} type the type of the events of the stream
 * @property {(event: any) => void} message takes an event
 * @property {(count: number) => void} bytes takes a number of bytes, from a client that knows no events
 * @property {(reason: string) => void} end is told that the stream has ended, or could not be read
 */

/**
 * @typedef {object} Client
 * @property {(source: Source, receiver: Receiver) => () => void} [connect]
 *   reads a stream; returns how to close it
 * @property {(receive: (event: any) => void) => (chunk: Uint8Array) => void} [parse]
 *   makes a parser, as a function that takes the chunks of a stream one by one
 * @property {(event: any) => Partial<Message>} fields what an event tells
 */

/**
 * @typedef {object} Task
 * @property {import('../corpora.mjs').CorpusName | number} corpus a number: a line of so many bytes
 * @property {'server' | 'chunks' | 'parse'} from where the stream comes from
 * @property {Cut} cut how it is cut; what comes from the server is cut by the network alone
 * @property {number} cycles how long it is
 * @property {boolean} checks whether each event is to be compared with what was sent, which takes time
 * @property {number} limit the time to give up after, in ms
 */

/** @typedef {{ ms: number, events: number, bytes: number } | { failure: string }} Result */

/** How many chunks are put into a stream in memory at once. */
const CHUNKS_AHEAD = 256

/** @param {Client} client */
export function serve(client) {
  Object.assign(globalThis, {
    offers: {
      server: client.connect !== undefined,
      chunks: client.connect !== undefined,
      parse: client.parse !== undefined,
    },
    /**
     * @param {Task} task
     * @returns {Promise<Result>}
     */
    run: async (task) => {
      const text = corpus(task.corpus)
      const tally = new Tally(client, text, task)
      try {
        if (task.from === 'parse') await parse(client, text, task, tally)
        else await connect(client, text, task, tally)
        return tally.result()
      } catch (error) {
        return { failure: error instanceof Error ? error.message : String(error) }
      }
    },
  })
}

/** Counts what a client delivers. */
class Tally {
  #events = 0
  #length = 0
  #bytes = 0
  #expected
  #started = 0
  #ended = 0
  /** @type {any} */
  #last
  /** @type {Promise<void>} */
  ended
  #reject
  /** @type {unknown} */
  #failure
  /** @type {(event: Delivered) => void} */
  message
  /** @type {(count: number) => void} */
  bytes

  /**
   * @param {Client} client
   * @param {Corpus} corpus
   * @param {Task} task
   */
  constructor(client, corpus, { cycles, checks }) {
    const { messages } = corpus
    this.#expected = {
      events: cycles * messages.length,
      length: cycles * messages.reduce((sum, { data }) => sum + data.length, 0),
      bytes: cycles * corpus.bytes.length,
      last: messages[messages.length - 1],
    }
    this.fields = client.fields
    const { promise, resolve, reject } = withResolvers()
    this.ended = promise
    this.#reject = reject
    const { events, bytes } = this.#expected
    /** @param {Delivered} event */
    const count = (event) => {
      this.#length += event.data.length
      if (++this.#events === events) {
        this.#ended = performance.now()
        this.#last = event
        resolve()
      }
    }
    this.message = !checks
      ? count
      : (event) => {
          const message = messages[this.#events % messages.length]
          const wrong = difference(client.fields(event), message)
          if (wrong) this.fail(new Error(`event ${this.#events + 1}: ${wrong}`))
          count(event)
        }
    this.bytes = (count) => {
      this.#bytes += count
      if (this.#bytes === bytes) {
        this.#ended = performance.now()
        resolve()
      }
    }
  }

  start() {
    this.#started = performance.now()
  }

  /** @param {unknown} reason */
  fail(reason) {
    // Streams end, and so do those that are complete.
    if (this.#ended > 0) return
    this.#failure ??= reason
    this.#reject(reason)
  }

  /** @param {string} reason */
  end(reason) {
    this.fail(new Error(`${reason} after ${this.#events} of ${this.#expected.events} events`))
  }

  /** @returns {Result} */
  result() {
    if (this.#failure !== undefined) throw this.#failure
    const { events, length, bytes, last } = this.#expected
    // A client that knows no events has counted all bytes, or the tally would not have ended.
    if (this.#bytes === 0) {
      if (this.#events !== events) throw new Error(`${this.#events} events instead of ${events}`)
      if (this.#length !== length)
        throw new Error(`${this.#length} characters instead of ${length}`)
      const wrong = difference(this.fields(this.#last), last)
      if (wrong) throw new Error(`the last event: ${wrong}`)
    }
    return { ms: this.#ended - this.#started, events, bytes }
  }
}

/**
 * @param {Partial<Message>} fields
 * @param {Message} message
 * @returns {string | undefined} what is wrong with the fields that are there
 */
function difference(fields, message) {
  for (const name of /** @type {const} */ (['type', 'data', 'lastEventId'])) {
    const value = fields[name]
    if (value !== undefined && value !== message[name]) {
      return `${name} is ${shortened(value)} instead of ${shortened(message[name])}`
    }
  }
  return undefined
}

/** @param {string} text */
function shortened(text) {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

/**
 * @param {Client} client
 * @param {Corpus} corpus
 * @param {Task} task
 * @param {Tally} tally
 */
async function connect(client, corpus, task, tally) {
  const { connect } = client
  if (connect === undefined) throw new Error('reads no streams')
  /** @type {Source} */
  const source =
    task.from === 'chunks'
      ? { url: '/in-memory', fetch: fetchOf(corpus, task) }
      : {
          url: `/stream?${new URLSearchParams({ corpus: String(task.corpus), cycles: String(task.cycles) })}`,
        }
  const timer = setTimeout(() => tally.fail(tooSlow(task)), task.limit)
  // What is left by those before is not to be cleaned up while the clock is ticking.
  await pause(20)
  tally.start()
  const close = connect(source, {
    type: corpus.type,
    message: tally.message,
    bytes: tally.bytes,
    end: (reason) => tally.end(reason),
  })
  try {
    await tally.ended
  } finally {
    clearTimeout(timer)
    close()
  }
  // Whoever goes on delivering is found out.
  await pause(0)
}

/**
 * A `fetch` that gives the stream from memory. All chunks are there as soon as they are wanted, so
 * nobody waits for any.
 * @param {Corpus} corpus
 * @param {Task} task
 * @returns {typeof fetch}
 */
function fetchOf(corpus, task) {
  const ofOneCycle = chunks(corpus, task.cut)
  const count = task.cycles * ofOneCycle.length
  const deadline = performance.now() + task.limit
  let next = 0
  const body = new ReadableStream({
    pull(controller) {
      // A reader that is never done waiting keeps timers from running, this one's included.
      if (performance.now() > deadline) {
        controller.error(tooSlow(task))
        return
      }
      for (const end = Math.min(next + CHUNKS_AHEAD, count); next < end; next++) {
        controller.enqueue(ofOneCycle[next % ofOneCycle.length])
      }
      if (next === count) controller.close()
    },
  })
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  return async () => response
}

/**
 * @param {Client} client
 * @param {Corpus} corpus
 * @param {Task} task
 * @param {Tally} tally
 */
async function parse({ parse }, corpus, task, tally) {
  if (parse === undefined) throw new Error('parses no chunks')
  const ofOneCycle = chunks(corpus, task.cut)
  const feed = parse(tally.message)
  await pause(5)
  tally.start()
  for (let round = 0; round < task.cycles; round++) {
    for (const chunk of ofOneCycle) feed(chunk)
  }
}

/** @param {Task} task */
function tooSlow({ limit }) {
  return new Error(`more than ${limit / 1000} s`)
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** @returns {{ promise: Promise<void>, resolve: () => void, reject: (reason: unknown) => void }} */
function withResolvers() {
  let resolve = () => {}
  /** @type {(reason: unknown) => void} */
  let reject = () => {}
  /** @type {Promise<void>} */
  const promise = new Promise((ours, theirs) => {
    resolve = ours
    reject = theirs
  })
  // What nobody waits for yet may fail.
  promise.catch(() => {})
  return { promise, resolve, reject }
}
