/** Starting the engine ahead of the first source. */

import { startEngine } from './engine.js'

/**
 * Has the engine start. Optional: the first source does it, and connects when it is done; but wait for
 * this, and that source checks its options and connects at once.
 *
 * @returns a promise that rejects where the engine cannot be started
 */
export async function init(): Promise<void> {
  await startEngine()
}
