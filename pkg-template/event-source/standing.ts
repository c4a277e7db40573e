import type { Standing } from '../engine/glue.js'

/** Where a source stands that has lost nothing, or has been a success since. */
export function freshStanding(reconnectionTime: number | null): Standing {
  return { reconnectionTime, losses: 0, failures: 0, lastDelay: null }
}
