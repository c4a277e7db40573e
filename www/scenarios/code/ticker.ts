import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  const source = new EventSource('/ticker?interval=350')
  source.addEventListener('price', ({ data }) => {
    const { symbol, price } = JSON.parse(data)
    stage.value(symbol, price.toFixed(2))
  })
  source.addEventListener('message', ({ data }) => stage.print(data))
  stage.wire(source)
}
