/** The scenarios: each one click, with what it is for, what it does, and the code that does it. */

import type { Observation } from '../observation/observation.js'
import { copyButton, h } from '../page/dom.js'
import { errorText, hasServer, WITHOUT_SERVER } from '../page/server.js'
import type { View } from '../page/view.js'
import { SCENARIOS, type Scenario } from './list.js'
import { Stage } from './stage.js'

export class Scenarios implements View {
  readonly element: HTMLElement
  observation: Observation | undefined
  onObservation: (observation: Observation | undefined) => void = () => {}
  readonly #links: HTMLAnchorElement[]
  readonly #place = h('article', { className: 'scenario' })
  #stage: Stage | undefined
  /** What is being opened, until another is. */
  #opening: object | undefined

  constructor() {
    this.#links = SCENARIOS.map(({ name, title }, index) =>
      h('a', { href: `#scenarios/${name}`, data: { scenario: name } }, h('b', {}, String(index + 1)), title),
    )
    this.element = h(
      'div',
      { className: 'scenarios' },
      h('nav', { className: 'scenario-list', 'aria-label': 'Scenarios' }, ...this.#links),
      this.#place,
    )
  }

  async open(fragment: string): Promise<void> {
    const scenario = SCENARIOS.find(({ name }) => fragment === `scenarios/${name}`)
    for (const link of this.#links) {
      if (link.dataset['scenario'] === scenario?.name) {
        link.setAttribute('aria-current', 'true')
        // On a narrow screen the list is one line that scrolls.
        link.scrollIntoView({ block: 'nearest', inline: 'center' })
      } else link.removeAttribute('aria-current')
    }
    this.leave()
    if (scenario === undefined) {
      this.#place.replaceChildren(
        h('h1', {}, 'Scenarios'),
        h(
          'p',
          { className: 'lead' },
          'What event streams are used for, each in a few lines. One click runs it; the wire above shows what its connection goes through; the code beside it is the file that runs.',
        ),
        h(
          'ul',
          { className: 'cards' },
          ...SCENARIOS.map(({ name, title, purpose }) =>
            h(
              'li',
              {},
              h('a', { href: `#scenarios/${name}` }, h('strong', {}, title), h('span', {}, purpose)),
            ),
          ),
        ),
      )
      return
    }
    const opening = (this.#opening = {})
    const canPlay = await hasServer()
    // Somebody was faster.
    if (this.#opening !== opening) return
    if (canPlay) this.#play(scenario)
    else
      this.#place.replaceChildren(
        ...this.#head(scenario),
        h('p', { className: 'notice' }, WITHOUT_SERVER),
        code(scenario),
      )
  }

  leave(): void {
    this.#opening = undefined
    this.#stage?.end()
    this.#stage = undefined
    this.observation = undefined
    this.onObservation(undefined)
  }

  #head({ title, purpose }: Scenario): HTMLElement[] {
    return [h('h1', {}, title), h('p', { className: 'lead' }, purpose)]
  }

  #play(scenario: Scenario): void {
    this.leave()
    const stage = new Stage()
    this.#stage = stage
    this.observation = stage.observation
    this.onObservation(stage.observation)
    this.#place.replaceChildren(
      ...this.#head(scenario),
      h('div', { className: 'two' }, stage.element, code(scenario)),
    )
    Promise.resolve(scenario.run(stage)).catch((error: unknown) => stage.print(errorText(error), 'failure'))
  }
}

function code({ name, code }: Scenario): HTMLElement {
  return h(
    'figure',
    { className: 'code-box' },
    h(
      'figcaption',
      {},
      h('span', {}, `${name}.ts`),
      copyButton('Copy', () => code),
    ),
    h('pre', { className: 'code', tabIndex: 0, 'aria-label': 'The code of this scenario' }, code),
  )
}
