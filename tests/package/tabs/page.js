/**
 * The page that is open in each tab: one source, as its address asks for, and what it receives.
 *
 * Parameters of the address: `stream`, the URL of the source; `init`, its options as JSON; `feed`, the
 * name that the data bears. With `wait`, there is no source before `tab.start()`.
 */

import { EventSource } from '/pkg/index.js'

import { Reception } from './reception.js'

const parameters = new URLSearchParams(location.search)
const reception = new Reception(parameters.get('feed') ?? '')
/** What has been posted to channels from here of late: the name of the channel, and the message. */
const posted = []
const post = BroadcastChannel.prototype.postMessage
BroadcastChannel.prototype.postMessage = function (message) {
  posted.push({ channel: this.name, message })
  if (posted.length > 50) posted.shift()
  return post.call(this, message)
}

const tab = {
  source: undefined,
  reception,
  posted,
  /** Whether the page has come back from the back/forward cache. */
  wasKept: false,
  /** Why the page could not be kept, as Chromium tells. */
  notRestored: undefined,
  start() {
    const source = new EventSource(parameters.get('stream'), JSON.parse(parameters.get('init')))
    source.addEventListener('open', () => reception.story.push('open'))
    source.addEventListener('error', ({ reason }) => reception.story.push(`error ${reason}`))
    source.addEventListener('message', (message) => reception.receive(message))
    tab.source = source
  },
  /** How long another request of the page takes, in ms; null if it is not answered within the time. */
  async ask(path, patience) {
    const begun = performance.now()
    try {
      await (await fetch(path, { signal: AbortSignal.timeout(patience) })).text()
      return performance.now() - begun
    } catch {
      return null
    }
  },
  /** Writes to a channel, as any script of the origin can. JSON has no number that is none. */
  async write(name, messages) {
    const channel = new BroadcastChannel(name)
    for (const message of messages) channel.postMessage(message)
    // Closed at once, it may take with it what it has not sent.
    await new Promise((resolve) => setTimeout(resolve, 200))
    channel.close()
  },
  /** Does something, and gives the time of the server at which it was done, or a little before. */
  async timeThen(action) {
    const { now } = await (await fetch('/time')).json()
    action()
    return now
  },
}
globalThis.tab = tab

addEventListener('pageshow', ({ persisted }) => {
  tab.wasKept = persisted
  const [entry] = performance.getEntriesByType('navigation')
  tab.notRestored = entry?.notRestoredReasons?.reasons?.map(({ reason }) => reason)
  reception.restart()
})
addEventListener('pagehide', () => reception.restart())
document.addEventListener('freeze', () => reception.restart())
document.addEventListener('resume', () => reception.restart())

if (!parameters.has('wait')) tab.start()
