import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  // Each connection is cut after five events.
  const source = new EventSource('/scenarios/clock?cut=5')
  let last = 0
  let missing = 0
  source.addEventListener('message', ({ data, lastEventId }) => {
    const second = Number(lastEventId)
    if (last > 0) missing += second - last - 1
    last = second
    stage.value('Seconds missing', missing)
    stage.print(data)
  })
  source.addEventListener('error', ({ reason }) => {
    stage.print(`Lost: ${reason}`, 'failure')
  })
  stage.wire(source)
}
