import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  const source = new EventSource('/scenarios/counts', {
    headers: { 'X-Stream-Name': 'blue' },
  })
  source.addEventListener('blue', ({ data }) => stage.value('Blue', Number(data)))
  stage.wire(source)
}
