// @ts-check
/**
 * The event streams that everything is measured on. The server, the page and the benchmarks of the
 * host all take them from here, so that all see the same bytes.
 */

/**
 * @typedef {object} Message what a client has to make of an event
 * @property {string} type
 * @property {string} data
 * @property {string} lastEventId
 */

/** @typedef {'tiny' | 'ticker' | 'token' | 'big' | 'cjk' | 'crlf' | 'line'} CorpusName */

/**
 * @typedef {object} Corpus
 * @property {string} title
 * @property {string} type the type of all its events
 * @property {Message[]} messages of one cycle; a stream is some cycles, one behind the other
 * @property {Uint8Array[]} events the bytes of each of them
 * @property {Uint8Array} bytes those of all of them
 */

/** A cycle is about as long as this, or one event. */
const CYCLE_BYTES = 128 * 1024
const BIG_BYTES = 8192
const LINE_BYTES = 8 * 1024 * 1024
const TOKEN_EVENT_BYTES = 190

/** @typedef {{ text: string, data: string, lastEventId?: string }} Event */

/** @typedef {{ title: string, type?: string, event: (index: number) => Event }} Definition */

/** @type {Record<CorpusName, Definition>} */
const DEFINITIONS = {
  tiny: {
    title: 'tiny (`data: 42`)',
    event: () => ({ text: 'data: 42\n\n', data: '42' }),
  },
  ticker: {
    title: 'ticker (event, id, JSON)',
    type: 'price',
    event: (index) => {
      const lastEventId = String(7_000_000 + index)
      const price = (187 + ((index * 37) % 500) / 100).toFixed(2)
      const time = 1_719_848_133_123 + 40 * index
      const data = `{"symbol":"ACME","price":${price},"volume":${100 + (index % 900)},"time":${time}}`
      return { text: `event: price\nid: ${lastEventId}\ndata: ${data}\n\n`, data, lastEventId }
    },
  },
  token: {
    title: 'token of a language model (190 bytes)',
    event: (index) => jsonToken(WORDS[index % WORDS.length], TOKEN_EVENT_BYTES),
  },
  big: {
    title: 'big (8 kB)',
    event: (index) =>
      oneLine(repeated(`{"row":${1000 + index},"text":"lorem ipsum dolor sit amet"},`, BIG_BYTES)),
  },
  cjk: {
    title: 'CJK and emoji',
    event: (index) => oneLine(`${index}：${SENTENCES[index % SENTENCES.length]}`),
  },
  crlf: {
    title: 'CRLF, two data lines',
    event: (index) => {
      const lines = [`temperature ${20 + (index % 10)}.5`, `humidity ${40 + (index % 20)} percent`]
      return {
        text: `${lines.map((line) => `data: ${line}\r\n`).join('')}\r\n`,
        data: lines.join('\n'),
      }
    },
  },
  line: { title: 'one line of 8 MiB', event: () => longLine(LINE_BYTES) },
}

const WORDS = [' the', ' quick', ' brown', ' fox', ' jumps', ' over', ' a', ' lazy', ' dog', '.']
const SENTENCES = [
  '服务器发送的事件让网页实时更新，无需轮询。🚀',
  'サーバーが送るイベントは、一つずつ順番に届きます。🎉👩‍💻',
  '서버가 보낸 이벤트는 순서대로 도착합니다. 😀',
]

/** @param {string} data */
function oneLine(data) {
  return { text: `data: ${data}\n\n`, data }
}

/** @param {number} bytes */
function longLine(bytes) {
  return oneLine(repeated('0123456789abcdef', bytes))
}

/**
 * @param {string} text ASCII
 * @param {number} length
 */
function repeated(text, length) {
  return text.repeat(Math.ceil(length / text.length)).slice(0, length)
}

/**
 * A piece of a completion, as the servers of language models send it.
 * @param {string} token
 * @param {number} length how many characters the event has; the ID is filled up to it
 * @returns {Event}
 */
function jsonToken(token, length) {
  /** @param {string} id */
  const event = (id) =>
    oneLine(
      `{"id":"chatcmpl-${id}","object":"chat.completion.chunk","created":1719848133,` +
        `"model":"m-4","choices":[{"index":0,"delta":{"content":"${token}"},"finish_reason":null}]}`,
    )
  return event(repeated('A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6', length - event('').text.length))
}

/** @type {Map<CorpusName | number, Corpus>} */
const made = new Map()

/**
 * A corpus, made when it is first asked for.
 * @param {CorpusName | number} name a number: one event that is one line of so many bytes of data
 * @returns {Corpus}
 */
export function corpus(name) {
  const corpus = made.get(name) ?? make(definition(name))
  made.set(name, corpus)
  return corpus
}

/**
 * @param {CorpusName | number} name
 * @returns {Definition}
 */
function definition(name) {
  if (typeof name !== 'number') return DEFINITIONS[name]
  return { title: `one line of ${name} bytes`, event: () => longLine(name) }
}

/**
 * @param {Definition} definition
 * @returns {Corpus}
 */
function make({ title, type = 'message', event }) {
  const encoder = new TextEncoder()
  /** @type {Message[]} */
  const messages = []
  /** @type {Uint8Array[]} */
  const events = []
  let length = 0
  while (length < CYCLE_BYTES) {
    const { text, data, lastEventId = '' } = event(events.length)
    messages.push({ type, data, lastEventId })
    events.push(encoder.encode(text))
    length += events[events.length - 1].length
  }
  const bytes = new Uint8Array(length)
  let end = 0
  for (const event of events) {
    bytes.set(event, end)
    end += event.length
  }
  return { title, type, messages, events, bytes }
}

/**
 * What a corpus is called, without making it.
 * @param {CorpusName} name
 */
export function titleOf(name) {
  return DEFINITIONS[name].title
}

/** Those that throughput is measured on. */
export const CORPORA = /** @type {const} */ ([
  'tiny',
  'ticker',
  'token',
  'big',
  'cjk',
  'crlf',
  'line',
])

/** @typedef {number | 'event' | null} Cut chunks of so many bytes; of one event; or none */

/**
 * One cycle in chunks; its last one is what is left.
 * @param {Corpus} corpus
 * @param {Cut} cut
 * @returns {Uint8Array[]}
 */
export function chunks({ events, bytes }, cut) {
  if (cut === 'event') return events
  if (cut === null) return [bytes]
  return Array.from({ length: Math.ceil(bytes.length / cut) }, (_, index) =>
    bytes.subarray(index * cut, (index + 1) * cut),
  )
}

/**
 * An event like those of the corpus `token`, and like no other: engines may keep strings of the same
 * text only once.
 * @param {number} index
 * @param {boolean} wide whether it has a character for which an engine takes two bytes for each
 *   character of whatever string it is in
 */
export function numberedEvent(index, wide) {
  return jsonToken(` ${index}${wide ? ' 👋' : ''}`, TOKEN_EVENT_BYTES).text
}
