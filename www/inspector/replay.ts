/** A file that is received as if a server sent it: the source that reads it is the real one. */

import { encode, readCsv, readJsonLines, type Recorded } from './files.js'

export type Pace = 'recorded' | 'at once'

/** A silence that was longer is cut to this, in ms. */
const LONGEST_SILENCE = 5_000
/** A raw file has no times; so much of it comes at once. */
const CHUNK = 16_384

/** A `fetch` that answers with a file. */
export async function replayOf(
  file: File,
  pace: Pace,
): Promise<(url: string, init: RequestInit) => Promise<Response>> {
  const isRaw = /\.(sse|txt)$/i.test(file.name)
  const read = /\.csv$/i.test(file.name) ? readCsv : readJsonLines
  const recorded = isRaw ? undefined : read(await file.text())
  return async (_url, init) => {
    const chunks =
      recorded === undefined ? rawChunks(file) : timedChunks(recorded, pace, init.signal ?? undefined)
    const body = streamOf(chunks)
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  }
}

async function* rawChunks(file: File): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < file.size; offset += CHUNK) {
    yield new Uint8Array(await file.slice(offset, offset + CHUNK).arrayBuffer())
  }
}

async function* timedChunks(
  events: Recorded[],
  pace: Pace,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let last = 0
  let together = ''
  for (const event of events) {
    const wait = pace === 'recorded' ? Math.min(event.at - last, LONGEST_SILENCE) : 0
    last = event.at
    if (wait > 0 || together.length > CHUNK) {
      if (together !== '') yield encoder.encode(together)
      together = ''
      await new Promise((resolve) => setTimeout(resolve, Math.max(wait, 0)))
      if (signal?.aborted) return
    }
    together += encode(event)
  }
  if (together !== '') yield encoder.encode(together)
}

/** `ReadableStream.from`, which not all browsers have. */
function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: () => void chunks.return(undefined),
    },
    { highWaterMark: 0 },
  )
}
