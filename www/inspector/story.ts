/** The story of a connection, chapter by chapter, the newest first. */

import type { Observation } from '../observation/observation.js'
import type { Chapter } from '../observation/types.js'
import { h } from '../page/dom.js'
import { clock } from '../page/formats.js'
import { redactedHeaders, redactedUrl } from './secrets.js'

/** So many are shown. */
const SHOWN = 200

export class Story {
  readonly element = h('ol', {
    className: 'story',
    'aria-label': 'The story of the connection, the newest first',
  })
  #shown = 0
  #bodies = 0
  #observation: Observation | undefined

  update(observation: Observation): void {
    const { chapters } = observation
    const bodies = [...chapters].filter(({ body }) => body !== undefined).length
    if (observation !== this.#observation || bodies !== this.#bodies) {
      this.#shown = chapters.first
      this.element.replaceChildren()
    }
    this.#observation = observation
    this.#bodies = bodies
    for (let number = Math.max(this.#shown, chapters.first); number < chapters.end; number++) {
      const chapter = chapters.at(number)
      if (chapter !== undefined) this.element.prepend(item(chapter))
    }
    this.#shown = chapters.end
    while (this.element.childElementCount > SHOWN) this.element.lastElementChild?.remove()
  }
}

function item({ at, kind, title, detail, body, request }: Chapter): HTMLElement {
  const headers =
    kind === 'request'
      ? (request?.headers ?? [])
      : kind === 'open' || kind === 'lost' || kind === 'over'
        ? (request?.answerHeaders ?? [])
        : []
  const shown = detail?.replace(/https?:\/\/\S+?(?=:?(?:\s|$))/g, (url) => redactedUrl(url))
  return h(
    'li',
    { data: { kind } },
    h('time', {}, clock(at)),
    h(
      'div',
      {},
      h('strong', {}, title),
      shown ? h('p', {}, shown) : null,
      headers.length > 0
        ? h(
            'details',
            {},
            h('summary', {}, kind === 'request' ? 'Headers sent' : 'Headers of the answer'),
            h(
              'pre',
              { className: 'wire-text' },
              redactedHeaders(headers)
                .map(([name, value]) => `${name}: ${value}\n`)
                .join(''),
            ),
          )
        : null,
      body ? h('pre', { className: 'wire-text' }, body) : null,
    ),
  )
}
