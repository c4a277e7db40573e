import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  const source = new EventSource('/scenarios/gateway?life=2500')
  let last = 0
  let [received, lost, doubled, cuts] = [0, 0, 0, 0]
  source.addEventListener('message', ({ data }) => {
    const number = Number(data)
    received += 1
    if (last > 0 && number > last) lost += number - last - 1
    if (number <= last) doubled += 1
    last = Math.max(last, number)
    stage.value('Received', received)
    stage.value('Lost', lost)
    stage.value('Doubled', doubled)
  })
  source.addEventListener('error', () => stage.value('Cuts', ++cuts))
  stage.wire(source)
}
