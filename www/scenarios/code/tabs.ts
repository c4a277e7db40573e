import { EventSource } from 'wasm-eventsource'
import type { Stage } from '../stage.js'

export function run(stage: Stage) {
  // Over HTTP/1.1 a browser opens six connections to a server: four of the ten wait for ever.
  let sources = open(false)
  stage.button('Share one connection', () => {
    for (const source of sources) source.close()
    sources = open(true)
  })

  function open(share: boolean) {
    return Array.from({ length: 10 }, (_, index) => {
      const name = `Tab ${index + 1}`
      stage.value(name, 'waits')
      const source = new EventSource('/scenarios/greetings', { share })
      source.addEventListener('message', ({ data }) => stage.value(name, data))
      stage.wire(source)
      return source
    })
  }
}
