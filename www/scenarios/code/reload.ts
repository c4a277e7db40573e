import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  const lastEventId = sessionStorage.getItem('last second') ?? ''
  const source = new EventSource('/scenarios/clock', { lastEventId })
  if (lastEventId !== '') stage.print(`Going on after ${lastEventId}`, 'note')
  source.addEventListener('message', ({ data, lastEventId }) => {
    sessionStorage.setItem('last second', lastEventId)
    stage.value('Second', lastEventId)
    stage.print(data)
  })
  stage.button('Reload the page', () => location.reload())
  stage.wire(source)
}
