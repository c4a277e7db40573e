/** What is above the list: which events are shown, and how they are taken along. */

import { wholeStream } from '../observation/exact-bytes.js'
import type { Observation } from '../observation/observation.js'
import { copyButton, download, h, setText } from '../page/dom.js'
import type { EventList } from './event-list.js'
import { csv, jsonLines } from './files.js'
import type { Filter } from './filter.js'

/** So many types are offered. */
const MOST_TYPES = 200

export class Toolbar {
  readonly element: HTMLElement
  /** Says what is wrong with the expression. */
  readonly error = h('p', { className: 'form-error', role: 'alert' })
  readonly #list: EventList
  readonly #observation: () => Observation | undefined
  readonly #types = h('select', { 'aria-label': 'Type' }, h('option', { value: '' }, 'All types'))
  readonly #text = h('input', { type: 'search', placeholder: 'Text', 'aria-label': 'Text in data or ID' })
  readonly #expression = h('input', {
    type: 'search',
    placeholder: "Expression: data.value > 0.5 && type == 'note'",
    'aria-label': 'Expression over type, id, data, text, size and gap',
    spellcheck: false,
  })
  readonly #comments = h('input', { type: 'checkbox', checked: true })
  readonly #hold = h('button', { type: 'button', 'aria-pressed': 'false' }, 'Hold')
  readonly #follow = h('button', { type: 'button', 'aria-pressed': 'true' }, 'Follow')
  #typesShown = 0

  constructor(list: EventList, observation: () => Observation | undefined) {
    this.#list = list
    this.#observation = observation
    this.element = h(
      'div',
      { className: 'toolbar' },
      this.#types,
      this.#text,
      this.#expression,
      h('label', { className: 'check' }, this.#comments, ' Comments'),
      h('span', { className: 'buttons' }, this.#hold, this.#follow),
      h(
        'span',
        { className: 'buttons', role: 'group', 'aria-label': 'Take what is shown along' },
        copyButton('Copy', () => jsonLines(list.shown())),
        saveButton('JSON lines', () =>
          download('events.jsonl', 'application/jsonl', jsonLines(list.shown())),
        ),
        saveButton('CSV', () => download('events.csv', 'text/csv', csv(list.shown()))),
        saveButton('.sse', () => this.#saveRaw()),
      ),
    )
    this.#listen()
  }

  get filter(): Filter {
    return {
      type: this.#types.value,
      text: this.#text.value,
      expression: this.#expression.value,
      comments: this.#comments.checked,
    }
  }

  /** For another connection. */
  forgetTypes(): void {
    this.#typesShown = 0
    this.#types.replaceChildren(h('option', { value: '' }, 'All types'))
  }

  update({ types }: Observation): void {
    if (types.size === this.#typesShown) return
    this.#typesShown = types.size
    const chosen = this.#types.value
    const names = [...types.keys()].sort().slice(0, MOST_TYPES)
    this.#types.replaceChildren(
      h('option', { value: '' }, 'All types'),
      ...names.map((name) => h('option', { value: name }, name)),
    )
    this.#types.value = chosen
  }

  #listen(): void {
    for (const control of [this.#types, this.#text, this.#expression, this.#comments]) {
      control.addEventListener('input', () => this.#apply())
    }
    this.#hold.addEventListener('click', () => {
      const isHeld = this.#hold.getAttribute('aria-pressed') !== 'true'
      this.#hold.setAttribute('aria-pressed', String(isHeld))
      this.#list.hold(isHeld)
    })
    this.#follow.addEventListener('click', () => {
      this.#list.select(undefined)
      this.#list.follow(!this.#list.isFollowing)
    })
    this.#list.onFollowingChange = () =>
      this.#follow.setAttribute('aria-pressed', String(this.#list.isFollowing))
  }

  #apply(): void {
    try {
      this.#list.filter(this.filter)
      setText(this.error, '')
      this.#expression.removeAttribute('aria-invalid')
    } catch (error) {
      setText(this.error, error instanceof Error ? error.message : String(error))
      this.#expression.setAttribute('aria-invalid', 'true')
    }
  }

  #saveRaw(): void {
    const observation = this.#observation()
    if (observation === undefined) return
    const blob = new Blob(wholeStream(observation) as BlobPart[])
    download('events.sse', 'text/event-stream', blob)
  }
}

function saveButton(label: string, action: () => void): HTMLButtonElement {
  const button = h('button', { type: 'button', className: 'quiet' }, label)
  button.addEventListener('click', action)
  return button
}
