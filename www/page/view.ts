/** A view of the page. */

import type { Observation } from '../observation/observation.js'

export interface View {
  readonly element: HTMLElement
  /** The connection that the wire shows, if the view has one. */
  readonly observation?: Observation | undefined
  /** Told when that becomes another. */
  onObservation?: (observation: Observation | undefined) => void
  /** The view is shown, with the part of the address behind the `#`. */
  open(fragment: string): void | Promise<void>
  /** Another one is. */
  leave(): void
}
