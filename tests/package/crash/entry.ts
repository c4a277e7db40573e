/** The package, and a way to crash its engine: what `build.mjs` of this folder bundles. */

import { startEngine } from '../../../pkg-template/engine/engine.js'

export * from '../../../pkg-template/index.js'

/** What `src/crash.rs` exports. */
export type Crash = 'byPanic' | 'byMemory' | 'byStack'

/** Has the engine that is in use crash in the middle of a call, which throws what that throws. */
export function crash(how: Crash): void {
  const engine = startEngine()
  if (engine instanceof Promise) throw new Error('The engine has not started yet.')
  ;(engine.glue as unknown as { Crash: Record<Crash, () => void> }).Crash[how]()
}
