/** What is odd about a connection, in words. */

import { diagnose } from '../observation/diagnosis.js'
import type { Observation } from '../observation/observation.js'
import { h } from '../page/dom.js'

export class Findings {
  readonly element = h(
    'ul',
    { className: 'findings', tabIndex: 0, 'aria-label': 'What is odd' },
    nothing('What is odd about a connection is told here.'),
  )
  #shown: string | undefined

  update(observation: Observation, now: number): void {
    const findings = diagnose(observation, now)
    const text = findings.map(({ title, advice }) => title + advice).join()
    if (this.#shown === text) return
    this.#shown = text
    this.element.replaceChildren(
      ...(findings.length === 0 ? [nothing('Nothing is odd.')] : []),
      ...findings.map(({ level, title, advice }) =>
        h('li', { data: { level } }, h('strong', {}, title), ' ', advice),
      ),
    )
  }
}

/** Stands where findings would, so that nothing moves when they come. */
function nothing(text: string): HTMLElement {
  return h('li', { data: { level: 'none' } }, text)
}
