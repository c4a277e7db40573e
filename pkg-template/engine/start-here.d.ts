/**
 * How the engine is started, which is up to the entry point: the build puts one of the files in
 * `starting` in this place.
 */

import type { Engine } from './engine.js'

/** Starts an engine: at once where it can be, a promise where its module is on its way. */
export function startHere(): Engine | Promise<Engine>

/** Starts an engine while the page goes on. Not where the module has to be fetched. */
export function startAside(): Promise<Engine>
