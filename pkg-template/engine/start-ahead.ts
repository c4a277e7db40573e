/** Starting the engine when the script is loaded, where loading it is meant to have effects. */

import { awaitEngine } from './engine.js'
import { startAside } from './start-here.js'

/** Has the engine start while the page goes on. A source that is made meanwhile waits for it. */
export function startAhead(): void {
  awaitEngine(startAside())
}
