// @ts-check
/**
 * Tokens of a language model: a POST with a bearer token to a mock that speaks the streaming protocol
 * of OpenAI (npm `@copilotkit/aimock`).
 */

import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import { after, before, describe, it } from 'node:test'

import { LLMock } from '@copilotkit/aimock'

/** A path that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/index.js'
const { EventSource, EventStreamDecoderStream, eventsFrom, json } = await import(PACKAGE)

const ANSWER = 'The quick brown fox jumps over the lazy dog, and 東京 is in Japan.'

/** How many ms the mock takes between two tokens. */
const LATENCY = 20

/** @type {LLMock} */
let mock
/** How many answers the other side did not wait for the end of. */
let abandoned = 0
subscribe('http.server.request.start', (/** @type {any} */ { response }) =>
  response.once('close', () => (abandoned += response.writableFinished ? 0 : 1)),
)
before(async () => {
  mock = new LLMock({ port: 0, auth: { apiKeys: ['secret'] }, logLevel: 'silent' })
  mock.onMessage('say it', { content: ANSWER }, { latency: LATENCY, chunkSize: 4 })
  mock.onMessage('whisper', { content: ANSWER }, { latency: 200, chunkSize: 4 })
  await mock.start()
})
after(() => mock.stop())

/** @param {string} [prompt] */
const request = (prompt = 'say it') => ({
  method: 'POST',
  headers: { Authorization: 'Bearer secret', 'Content-Type': 'application/json' },
  body: JSON.stringify({
    model: 'gpt-4o',
    stream: true,
    messages: [{ role: 'user', content: prompt }],
  }),
})
const url = () => `${mock.url}/v1/chat/completions`

/** @param {any} chunk */
const tokenOf = ({ choices: [choice] }) => choice?.delta.content ?? ''

/**
 * The tokens, and in how many tasks of the event loop they came.
 * @param {AsyncIterable<any>} messages
 */
async function read(messages) {
  const tokens = []
  const times = new Set()
  for await (const chunk of json(messages, { until: '[DONE]' })) {
    tokens.push(tokenOf(chunk))
    times.add(performance.now())
  }
  return { text: tokens.join(''), count: tokens.length, times: times.size }
}

/** @param {ReadableStream | undefined} stream */
async function* items(stream) {
  assert.ok(stream)
  const reader = stream.getReader()
  for (let it; !(it = await reader.read()).done; ) yield it.value
}

describe('tokens of a language model', () => {
  /** @type {[string, () => Promise<AsyncIterable<any>> | AsyncIterable<any>][]} */
  const ways = [
    ['a source', () => new EventSource(url(), request())],
    ['a response', async () => eventsFrom(await fetch(url(), request()))],
    [
      'a piped stream',
      async () => items((await fetch(url(), request())).body?.pipeThrough(new EventStreamDecoderStream())),
    ],
  ]
  for (const [name, messages] of ways) {
    it(`come one by one, until [DONE], from ${name}`, async () => {
      const { text, count, times } = await read(await messages())
      assert.equal(text, ANSWER)
      assert.ok(count >= ANSWER.length / 4, `${count} tokens`)
      assert.ok(times > count / 2, `${count} tokens at ${times} times`)
    })
  }

  it('leaving the loop ends the request, and the mock sees it within a second', async () => {
    for (const messages of [
      () => new EventSource(url(), request('whisper')),
      async () => eventsFrom(await fetch(url(), request('whisper'))),
    ]) {
      const before = abandoned
      for await (const chunk of json(await messages(), { until: '[DONE]' })) if (tokenOf(chunk)) break
      const left = performance.now()
      while (abandoned === before) {
        assert.ok(performance.now() - left < 1_000)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  })

  it('a wrong token is a failure that tells the status and the answer', async () => {
    const wrong = { ...request(), headers: { Authorization: 'Bearer wrong' } }
    const source = new EventSource(url(), wrong)
    for (const messages of [source, eventsFrom(await fetch(url(), wrong))]) {
      await assert.rejects(read(messages), (/** @type {any} */ error) => {
        assert.equal(error.name, 'EventSourceError')
        assert.equal(error.status, 401)
        return error.response.bodyUsed === false
      })
    }
  })
})
