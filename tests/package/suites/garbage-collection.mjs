/** Has the browser collect what nobody holds, by what every engine does: when memory fills, it looks for some. */

import { eventually } from './support.mjs'

/** Waits until an object that nobody holds is gone, and fills the memory until then. */
export async function garbageCollection() {
  const make = () => new WeakRef({})
  const canary = make()
  let ballast = []
  await eventually(() => {
    // What is dropped at once would leave the collection of what is older for later.
    ballast.push(Array.from({ length: 100_000 }, () => ({})))
    if (ballast.length === 50) ballast = []
    return canary.deref() === undefined
  }, 40_000)
}
