/** The body of a response that was refused: it waits for whoever reads it in a listener. */

import { assert } from '/node_modules/chai/index.js'
import { address, eventually, milliseconds, next, requestsOf, uniqueKey } from './support.mjs'

/** A body that does not come at once, and so is cut off if its request is aborted. */
const SLOW = { status: 429, type: 'text/plain', body: 'too many requests', every: 3, pause: 50 }

export default function ({ EventSource }) {
  let source
  afterEach(() => source?.close())

  for (const [what, read] of Object.entries({
    'in the listener': (response) => response.text(),
    'from a clone': (response) => response.clone().text(),
    'from a clone of a clone': (response) => response.clone().clone().text(),
    'by a reader whose first read comes later': async ({ body }) => {
      const reader = body.getReader()
      await milliseconds(100)
      return textOf(reader)
    },
    'by a reader of a clone whose first read comes later': async (response) => {
      const reader = response.clone().body.getReader()
      await milliseconds(100)
      return textOf(reader)
    },
  })) {
    for (const [outcome, reconnect] of [
      ['is given up on', false],
      ['is tried again later', { statuses: [429], delay: 60_000 }],
    ]) {
      it(`can be read ${what}, where the request ${outcome}`, async () => {
        const key = uniqueKey()
        source = new EventSource(address('/raw', { key, ...SLOW }), { reconnect })
        const text = await new Promise((resolve, reject) => {
          source.onerror = ({ response }) => read(response).then(resolve, reject)
        })
        assert.equal(text, SLOW.body)
      })
    }
  }

  it('can be read from a clone in decide, and once more in the listener', async () => {
    const texts = []
    source = new EventSource(address('/raw', SLOW), {
      reconnect: {
        decide: async ({ response }) => {
          texts.push(await response.clone().text())
          return false
        },
      },
    })
    await new Promise((resolve, reject) => {
      source.onerror = ({ response }) => response.text().then((text) => resolve(texts.push(text)), reject)
    })
    assert.deepEqual(texts, [SLOW.body, SLOW.body])
  })

  it('ends with its request where nobody reads it', async () => {
    const key = uniqueKey()
    source = new EventSource(address('/raw', { key, ...SLOW, end: 'hold' }), { reconnect: false })
    await next(source, 'error')
    await eventually(async () => (await requestsOf(key))[0].endedBy === 'client', 2_000)
  })
}

async function textOf(reader) {
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
  }
}
