/** Looks on while a request is made and its answer is read, and changes nothing of either. */

/** What is told of the requests that are made. `request` is the same object for all of one. */
export interface Watcher<R> {
  handleRequest(url: string, init: RequestInit): R
  handleNoResponse(request: R, error: unknown): void
  handleResponse(request: R, response: Response): void
  handleChunk(request: R, bytes: Uint8Array<ArrayBuffer>): void
  /** The body has ended, or has failed, or nobody wants to read on. */
  handleEnd(request: R, error?: unknown): void
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** A `fetch` that tells a watcher what it does. */
export function tap<R>(watcher: Watcher<R>, fetchIt: Fetch): Fetch {
  return async (url, init) => {
    const request = watcher.handleRequest(url, init)
    let response
    try {
      response = await fetchIt(url, init)
    } catch (error) {
      watcher.handleNoResponse(request, error)
      throw error
    }
    watcher.handleResponse(request, response)
    const { body } = response
    if (body !== null) {
      let watched: ReadableStream<Uint8Array<ArrayBuffer>> | undefined
      // All else of the response stays what it is: its URL, for example, which no constructor takes.
      Object.defineProperty(response, 'body', {
        get() {
          // Who reads a refused answer by `text()` locks the body itself, which has to be seen.
          if (watched === undefined && body.locked) return body
          return (watched ??= watch(body, watcher, request))
        },
      })
    }
    return response
  }
}

function watch<R>(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  watcher: Watcher<R>,
  request: R,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  // Not before somebody reads: an answer that is refused is left for others to read.
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          reader ??= body.getReader()
          const { done, value } = await reader.read()
          if (done) {
            watcher.handleEnd(request)
            controller.close()
          } else {
            watcher.handleChunk(request, value)
            controller.enqueue(value)
          }
        } catch (error) {
          watcher.handleEnd(request, error)
          controller.error(error)
        }
      },
      cancel(reason) {
        watcher.handleEnd(request)
        if (reader !== undefined) return reader.cancel(reason)
        if (!body.locked) return body.cancel(reason)
      },
    },
    // Reads nothing ahead: the server feels it when the reader is slow.
    { highWaterMark: 0 },
  )
}
