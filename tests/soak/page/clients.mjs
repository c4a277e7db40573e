/**
 * The clients that are put to the same test, each as a function that connects, calls back with the data of each
 * message, with each loss, and returns how to end it.
 */

/** One with the interface of the native class. */
const like = (load) => async (url, { message, lost, options }) => {
  const EventSource = await load()
  const source = new EventSource(url, options)
  source.onmessage = ({ data }) => message(data)
  source.onerror = () => lost()
  return () => source.close()
}

/** The classes with that interface. */
export const CLASSES = {
  ours: async () => (await import('/pkg/index.js')).EventSource,
  native: async () => EventSource,
  eventsource: async () => (await import('/node_modules/eventsource/dist/index.js')).EventSource,
}

export const CLIENTS = {
  ...Object.fromEntries(Object.entries(CLASSES).map(([name, load]) => [name, like(load)])),
  '@microsoft/fetch-event-source': async (url, { message, lost }) => {
    const { fetchEventSource } = await import('/node_modules/@microsoft/fetch-event-source/lib/esm/fetch.js')
    const controller = new AbortController()
    void fetchEventSource(url, {
      signal: controller.signal,
      openWhenHidden: true,
      // Without an ID, an empty message stands for each blank line.
      onmessage: ({ data, id }) => id !== '' && message(data),
      // A stream that ends is over, unless this throws: as its documentation says.
      onclose() {
        lost()
        throw new Error('the stream has ended')
      },
      onerror: () => lost(),
    }).catch(() => {})
    return () => controller.abort()
  },
}
