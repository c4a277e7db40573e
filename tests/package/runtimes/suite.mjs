// @ts-check
/**
 * Runs what is to work in any runtime, and prints one line of JSON for each test. Node, Deno and Bun
 * run this file; the argument is the origin of the test server.
 */

import { readFile } from 'node:fs/promises'

// The type checker leaves the suites of pages alone.
const SUITE = '../suites/decoding-anywhere.mjs'
const { defineDecoding } = await import(SUITE)

/** @type {{ title: string, run: () => unknown }[]} */
const tests = []
/** @type {string[]} */
const path = []
const runner = {
  /** @type {(title: string, define: () => void) => void} */
  describe(title, define) {
    path.push(title)
    define()
    path.pop()
  },
  /** @type {(title: string, run: () => unknown) => void} */
  it(title, run) {
    tests.push({ title: [...path, title].join(': '), run })
  },
}

const origin = process.argv[2]
/** @param {string} file */
const url = (file) => new URL(`../../../${file}`, import.meta.url)
const api = await import(url('pkg/index.js').href)
const vectors = JSON.parse(await readFile(url('tests/vectors.json'), 'utf8'))
defineDecoding(runner, api, vectors)
// It has no class, but reads from one of the other file.
const decoder = { EventSource: api.EventSource, ...(await import(url('pkg/decoder.js').href)) }
runner.describe('of the entry point "decoder"', () => defineDecoding(runner, decoder, vectors))

runner.describe('EventSource', () => {
  runner.it('fires events, and can be iterated over', async () => {
    const body = encodeURIComponent('id: 1\ndata: a\n\nevent: x\ndata: b\n\n')
    const source = new api.EventSource(`${origin}/raw?body=${body}`, { reconnect: false })
    /** @type {unknown[]} */
    const fired = []
    source.addEventListener('x', (/** @type {MessageEvent} */ { data }) => fired.push(data))
    const messages = []
    for await (const message of source) messages.push(message)
    const expected = [
      { type: 'message', data: 'a', lastEventId: '1', origin },
      { type: 'x', data: 'b', lastEventId: '1', origin },
    ]
    if (JSON.stringify([fired, messages]) !== JSON.stringify([['b'], expected])) {
      throw new Error(JSON.stringify([fired, messages]))
    }
  })

  runner.it('leaving the loop ends the request', async () => {
    const key = `runtime-${Math.random()}`
    const body = encodeURIComponent('data: a\n\n')
    const source = new api.EventSource(`${origin}/raw?key=${key}&body=${body}&end=hold`, {
      method: 'POST',
      body: 'x',
    })
    for await (const _ of source) break
    for (let tries = 0; ; tries++) {
      const [request] = await (await fetch(`${origin}/log?key=${key}`)).json()
      if (request.endedBy === 'client') return
      if (tries === 50) throw new Error(`not within a second: ${JSON.stringify(request)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
})

for (const { title, run } of tests) {
  let error
  try {
    await run()
  } catch (thrown) {
    error = thrown instanceof Error ? `${thrown.message}\n${thrown.stack}` : String(thrown)
  }
  console.log(JSON.stringify({ title, error }))
}
