import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  const source = new EventSource('/scenarios/clock', { resume: true })
  if (source.lastEventId !== '') stage.print(`Going on after ${source.lastEventId}`, 'note')
  source.addEventListener('message', ({ data, lastEventId }) => {
    stage.value('Second', lastEventId)
    stage.print(data)
  })
  stage.button('Reload the page', () => location.reload())
  stage.wire(source)
}
