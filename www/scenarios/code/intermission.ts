import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  const source = new EventSource('/scenarios/intermission', {
    // Its Retry-After is the least delay.
    reconnect: { statuses: [503] },
  })
  source.addEventListener('message', ({ data }) => stage.print(data))
  source.addEventListener('pause', ({ data }) => {
    stage.print(`Pause until ${data}`, 'note')
  })
  source.addEventListener('error', ({ reason, status, retryIn }) => {
    stage.print(`${status ?? reason}: back in ${retryIn} ms`, 'failure')
  })
  stage.wire(source)
}
