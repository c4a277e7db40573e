/** Reads the body of a response for a source. */

import type { Batch } from './batch.js'
import { bytesOf, type Interpreter, piecesOf } from './interpreter.js'

/** Who gets what has been read. */
export interface Consumer {
  /** Takes what one piece of the body has brought. Returns what to wait for before the next one. */
  take(batch: Batch): Promise<void> | undefined
  /** Told when it is being waited for, and when no longer. */
  setBusy(isBusy: boolean): void
}

/**
 * Reads a body, and has it interpreted, until it ends, the interpreter has had enough, or the signal
 * is aborted. This is no part of the engine, as an engine that waits for a promise of JavaScript
 * takes several times as long.
 *
 * @throws what the reader throws
 */
export async function readBody(
  body: ReadableStream<Uint8Array>,
  interpreter: Interpreter,
  consumer: Consumer,
  signal: AbortSignal,
): Promise<void> {
  const reader = body.getReader()
  interpreter.startStream()
  for (;;) {
    const { done, value } = await reader.read()
    if (done || signal.aborted) return
    for (const piece of piecesOf(bytesOf(value))) {
      const busy = consumer.take(interpreter.interpret(piece))
      if (interpreter.isOver || signal.aborted) return
      if (busy === undefined) continue
      consumer.setBusy(true)
      await busy
      if (signal.aborted) return
      consumer.setBusy(false)
    }
  }
}
