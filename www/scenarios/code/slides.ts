import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  let comments = 0
  const source = new EventSource('/scenarios/slides', {
    onComment: () => stage.value('Keep-alives', ++comments),
  })
  source.addEventListener('slide', ({ data, lastEventId }) => {
    const { title, text } = JSON.parse(data)
    stage.slide(title, text)
    stage.value('Slide', lastEventId)
  })
  stage.wire(source)
}
