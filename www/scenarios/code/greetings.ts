import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  const source = new EventSource('/scenarios/greetings')
  source.addEventListener('message', ({ data }) => stage.print(data))
  stage.wire(source)
}
