import { EventSource } from 'wasm-eventsource'
import { http2Address, protocol } from '../protocol.js'
import type { Stage } from '../stage.js'

export async function run(stage: Stage) {
  stage.value('Protocol', protocol())
  // Asked for before the streams are open: afterwards it would wait, too.
  const http2 = await http2Address()
  let sources: EventSource[] = []
  open(false)
  void askEverySecond()
  // Another page needs a connection, too: in Chromium it would wait for one of these.
  addEventListener('beforeunload', close)
  stage.button('A connection for each', () => open(false))
  stage.button('Share one connection', () => open(true))
  if (http2 === undefined) stage.print('With npm start, this page can be had over HTTP/2, too.', 'note')
  else stage.button('The same over HTTP/2', () => void window.open(http2))

  // Over HTTP/1.1 a browser opens six connections to a server: four of the ten wait for ever.
  function open(share: boolean) {
    close()
    sources = Array.from({ length: 10 }, (_, index) => {
      const name = `Tab ${index + 1}`
      stage.value(name, 'waits')
      const source = new EventSource('/scenarios/greetings', { share })
      source.addEventListener('message', ({ data }) => stage.value(name, data))
      stage.wire(source)
      return source
    })
  }

  function close() {
    for (const source of sources) source.close()
  }

  // And whatever else the page asks the server for, waits with them.
  async function askEverySecond() {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    if (sources.every(({ readyState }) => readyState === EventSource.CLOSED)) return
    stage.value('Another request', 'waits')
    const begun = performance.now()
    await fetch('/time')
    stage.value('Another request', `took ${Math.round(performance.now() - begun)} ms`)
    await askEverySecond()
  }
}
