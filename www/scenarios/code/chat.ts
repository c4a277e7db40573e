import { EventSource, json } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export async function run(stage: Stage) {
  let token = 'an old one'
  const source = new EventSource('/scenarios/chat', {
    method: 'POST',
    body: JSON.stringify({ prompt: 'What is an event stream?' }),
    headers: async ({ failure }) => {
      if (failure?.status === 401) token = await freshToken()
      return { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    },
    reconnect: {
      delay: 100, // or what Retry-After says, if that is longer
      statuses: [401, 429],
      decide: ({ status, retryIn }) => (status === 401 ? 0 : retryIn),
    },
  })
  source.addEventListener('error', ({ status, retryIn }) => {
    stage.print(`${status}: asking again in ${retryIn} ms`, 'failure')
  })
  stage.wire(source)
  for await (const { choices } of json<Chunk>(source, { until: '[DONE]' })) {
    stage.write(choices[0].delta.content)
  }
}

async function freshToken() {
  const response = await fetch('/scenarios/chat/token', { method: 'POST' })
  return response.text()
}

type Chunk = { choices: [{ delta: { content: string } }] }
