/** The settings of a request, to be filled in. */

import { h } from '../page/dom.js'
import { DEFAULTS, type SettingError, type Settings } from './settings.js'

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

const CHOICES = {
  method: ['GET', 'POST', 'PUT', 'PATCH', 'QUERY'],
  credentials: ['same-origin', 'include', 'omit'],
  reconnect: ['yes', 'no'],
  strategy: ['constant', 'linear', 'exponential'],
  jitter: ['none', 'full', 'equal', 'decorrelated'],
} as const

/** Where headers and body are shown from the beginning. */
const ROOMY = '(width >= 64rem)'

export class RequestForm {
  readonly element: HTMLFormElement
  /** Where to, and what to do there. */
  readonly bar = h('div', { className: 'request-bar' })
  /** All else. */
  readonly control = h('aside', { className: 'control', 'aria-label': 'Settings and faults' })
  /** Says what is wrong with a setting. */
  readonly error = h('p', { className: 'form-error', role: 'alert' })
  /** Called when a setting has changed. */
  onChange: () => void = () => {}
  readonly #content: HTMLDetailsElement
  readonly #controls = new Map<keyof Settings, Control>()

  constructor() {
    const url = this.#input('url', {
      type: 'text',
      placeholder: 'https://example.com/events',
      spellcheck: false,
      autocomplete: 'off',
    })
    url.setAttribute('aria-label', 'URL')
    url.inputMode = 'url'
    const method = this.#select('method')
    method.setAttribute('aria-label', 'Method')
    const headers = this.#area('headers', 3, 'Authorization: Bearer …')
    const body = this.#area('body', 3, '{"prompt": "…"}')
    const proxy = this.#input('proxy', { type: 'checkbox' })
    const field = (name: keyof Settings, label: string, hint?: string) => {
      const control = this.#controls.get(name)!
      const id = `setting-${name}`
      control.id = id
      if (hint !== undefined) control.setAttribute('placeholder', hint)
      return h('div', { className: 'field' }, h('label', { for: id }, label), control)
    }
    for (const name of [
      'lastEventId',
      'delay',
      'maxAttempts',
      'statuses',
      'idleTimeout',
      'connectTimeout',
    ] as const) {
      this.#input(name, { type: 'text', autocomplete: 'off' })
    }
    for (const name of ['credentials', 'reconnect', 'strategy', 'jitter'] as const) this.#select(name)
    headers.id = 'setting-headers'
    body.id = 'setting-body'

    this.bar.append(h('div', { className: 'target' }, method, url))
    this.#content = h(
      'details',
      { className: 'more', open: matchMedia(ROOMY).matches },
      h('summary', {}, 'Headers and body'),
      h('div', { className: 'fields' }, field('headers', 'Headers'), field('body', 'Body')),
    )
    this.control.append(
      this.#content,
      h(
        'details',
        { className: 'more' },
        h('summary', {}, 'Policy and limits'),
        h(
          'div',
          { className: 'grid' },
          field('reconnect', 'Come back'),
          field('strategy', 'Delays grow'),
          field('jitter', 'Jitter'),
          field('delay', 'First delay, ms', '3000'),
          field('maxAttempts', 'Attempts', 'no limit'),
          field('statuses', 'Come back after'),
          field('idleTimeout', 'Idle time-out, ms', 'none'),
          field('connectTimeout', 'Connect within, ms', 'none'),
          field('credentials', 'Credentials'),
          field('lastEventId', 'Last event ID', 'none'),
        ),
        h('label', { className: 'check' }, proxy, ' Through this server’s proxy, to loopback addresses only'),
      ),
    )
    this.element = h(
      'form',
      { className: 'request', 'aria-label': 'The request', noValidate: true },
      this.bar,
      this.control,
    )
    this.set(DEFAULTS)
    this.element.addEventListener('input', () => this.#handleInput())
  }

  get settings(): Settings {
    const settings: Record<string, unknown> = {}
    for (const [name, control] of this.#controls) {
      settings[name] =
        control instanceof HTMLInputElement && control.type === 'checkbox' ? control.checked : control.value
    }
    return settings as unknown as Settings
  }

  set(settings: Partial<Settings>): void {
    for (const [name, value] of Object.entries(settings)) {
      const control = this.#controls.get(name as keyof Settings)
      if (control === undefined) continue
      if (control instanceof HTMLInputElement && control.type === 'checkbox') control.checked = value === true
      else control.value = String(value)
    }
    if (this.settings.headers + this.settings.body !== '') this.#content.open = true
    this.#handleInput()
  }

  showError(error: SettingError | undefined): void {
    this.error.textContent = error?.message ?? ''
    for (const [name, control] of this.#controls) {
      if (name === error?.field) {
        control.setAttribute('aria-invalid', 'true')
        control.closest('details')?.setAttribute('open', '')
        control.focus()
      } else control.removeAttribute('aria-invalid')
    }
  }

  #handleInput(): void {
    const body = this.#controls.get('body')
    // A GET has none.
    const field = body?.closest<HTMLElement>('.field')
    if (field) field.hidden = this.#controls.get('method')?.value === 'GET'
    this.onChange()
  }

  #input(name: keyof Settings, properties: Partial<HTMLInputElement>): HTMLInputElement {
    const control = h('input', { name, ...(properties as object) })
    this.#controls.set(name, control)
    return control
  }

  #select(name: keyof typeof CHOICES): HTMLSelectElement {
    const control = h(
      'select',
      { name },
      ...CHOICES[name].map((choice) => h('option', { value: choice }, choice)),
    )
    this.#controls.set(name, control)
    return control
  }

  #area(name: keyof Settings, rows: number, placeholder: string): HTMLTextAreaElement {
    const control = h('textarea', { name, rows, placeholder, spellcheck: false })
    this.#controls.set(name, control)
    return control
  }
}
