/** The inspector: any event stream, seen live. */

import { EventSource, type EventSourceOptions } from 'wasm-eventsource'

import { diagnose } from '../observation/diagnosis.js'
import { wholeStream } from '../observation/exact-bytes.js'
import { Observation } from '../observation/observation.js'
import { addRoute, plainFetch } from '../observation/routes.js'
import { type Fetch, tap } from '../observation/tap.js'
import { copyButton, download, h, perFrame, setText } from '../page/dom.js'
import { hasServer, WITHOUT_SERVER } from '../page/server.js'
import { tabs } from '../page/tabs.js'
import type { View } from '../page/view.js'
import { codeFor, type Language } from './code.js'
import { Counters } from './counters.js'
import { DeltaText } from './deltas.js'
import { details } from './details.js'
import { EventList } from './event-list.js'
import { faultButtons, laboratoryIn } from './faults.js'
import { csv, jsonLines } from './files.js'
import type { Filter } from './filter.js'
import { RequestForm } from './form.js'
import { fragmentOf, settingsIn } from './link.js'
import { Plots } from './plots.js'
import { type Pace, replayOf } from './replay.js'
import { headersOf, optionsOf, SettingError, type Settings, urlOf } from './settings.js'
import { Story } from './story.js'

/** How often plots and findings are brought up to date, in ms. */
const UPDATE = 500

/** Stands where findings would, so that nothing moves when they come. */
const NOTHING_ODD = () => h('li', { data: { level: 'none' } }, 'Nothing is odd.')

export class Inspector implements View {
  readonly element: HTMLElement
  observation: Observation | undefined
  onObservation: (observation: Observation | undefined) => void = () => {}

  readonly #form = new RequestForm()
  readonly #list = new EventList()
  readonly #counters = new Counters()
  readonly #plots = new Plots()
  readonly #story = new Story()
  readonly #findings = h(
    'ul',
    { className: 'findings', tabIndex: 0, 'aria-label': 'What is odd' },
    NOTHING_ODD(),
  )
  readonly #connect = h('button', { type: 'submit', className: 'primary' }, 'Connect')
  readonly #resume = h('button', { type: 'button', hidden: true })
  readonly #close = h('button', { type: 'button', disabled: true }, 'Close')
  readonly #faults: HTMLElement
  readonly #detailsPane = h('div', { className: 'details-pane', hidden: true })
  readonly #split: HTMLElement
  readonly #types = h('select', { 'aria-label': 'Type' }, h('option', { value: '' }, 'All types'))
  readonly #text = h('input', { type: 'search', placeholder: 'Text', 'aria-label': 'Text in data or ID' })
  readonly #expression = h('input', {
    type: 'search',
    placeholder: "Expression: data.value > 0.5 && type == 'note'",
    'aria-label': 'Expression over type, id, data, text, size and gap',
    spellcheck: false,
  })
  readonly #comments = h('input', { type: 'checkbox', checked: true })
  readonly #filterError = h('p', { className: 'form-error', role: 'alert' })
  readonly #hold = h('button', { type: 'button', 'aria-pressed': 'false' }, 'Pause')
  readonly #follow = h('button', { type: 'button', 'aria-pressed': 'true' }, 'Follow')
  readonly #deltaOutput = h('pre', { className: 'prose', tabIndex: 0, 'aria-label': 'The joined text' })
  readonly #code = h('pre', { className: 'code', tabIndex: 0, 'aria-label': 'Code' })
  readonly #language = h(
    'select',
    { 'aria-label': 'Language' },
    ...['TypeScript', 'curl', 'Rust'].map((name) => h('option', { value: name }, name)),
  )
  readonly #pace = h(
    'select',
    { 'aria-label': 'Pace of the replay' },
    h('option', { value: 'recorded' }, 'as it came'),
    h('option', { value: 'at once' }, 'at once'),
  )

  #source: EventSource | undefined
  #endRoute: () => void = () => {}
  #deltas = new DeltaText()
  #tab = 'Events'
  #typesShown = 0
  readonly #refresh = perFrame(() => this.#draw())

  constructor() {
    this.#faults = faultButtons(
      () => laboratoryIn(this.#form.settings.url),
      (title, detail) => this.observation?.tellFault(title, detail),
    )
    this.#form.element.append(
      h('div', { className: 'actions' }, this.#connect, this.#close, this.#resume),
      this.#faults,
      h(
        'div',
        { className: 'actions minor' },
        copyButton('Copy link', () => this.#link()),
        this.#openButton(),
        this.#pace,
      ),
    )
    this.#split = h('div', { className: 'split' }, this.#list.element, this.#detailsPane)
    const panels = tabs(
      'What came',
      {
        Events: h('div', { className: 'panel' }, this.#toolbar(), this.#filterError, this.#split),
        Story: h('div', { className: 'panel scrolls' }, this.#story.element),
        Text: h('div', { className: 'panel scrolls' }, this.#deltaOutput),
        Code: h(
          'div',
          { className: 'panel scrolls' },
          h(
            'div',
            { className: 'toolbar' },
            this.#language,
            copyButton('Copy', () => this.#code.textContent ?? ''),
          ),
          this.#code,
        ),
      },
      (name) => {
        this.#tab = name
        this.#refresh()
      },
    )
    this.element = h(
      'div',
      { className: 'inspector' },
      h('h1', { className: 'hidden-text' }, 'Inspector'),
      h('aside', { className: 'control' }, this.#form.element),
      h(
        'div',
        { className: 'stage' },
        h('div', { className: 'measures' }, this.#counters.element, this.#plots.element),
        this.#findings,
        panels,
      ),
    )
    this.#listen()
    this.#list.setEmpty(
      h('strong', {}, 'Nothing has come yet.'),
      h(
        'p',
        {},
        'Give the URL of an event stream, and connect. The stream that is filled in is one of this server, which can be told to go wrong.',
      ),
    )
    setInterval(() => this.#update(), UPDATE)
  }

  /** Takes the settings that a link has; without any, a stream of ours. */
  async open(fragment: string): Promise<void> {
    const settings = settingsIn(fragment)
    if (Object.keys(settings).length > 0) this.#form.set(settings)
    else if (this.#form.settings.url === '') {
      if (await hasServer()) {
        this.#form.set({ url: `/scenarios/laboratory/${crypto.randomUUID().slice(0, 8)}?rate=5` })
        this.connect()
      } else
        this.#list.setEmpty(
          h('strong', {}, 'No server of ours here.'),
          h('p', {}, WITHOUT_SERVER),
          h('p', {}, 'Any other stream that lets this page read it can be inspected all the same.'),
        )
    }
  }

  /** Keeps what it has: the connection goes on while other views are shown. */
  leave(): void {}

  connect(lastEventId?: string): void {
    const settings = this.#form.settings
    let url
    let options
    try {
      url = urlOf(settings)
      options = optionsOf(settings)
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      this.#form.showError(error)
      return
    }
    this.#form.showError(undefined)
    if (lastEventId !== undefined) options.lastEventId = lastEventId
    if (settings.proxy) {
      url = `/proxy?${new URLSearchParams({ url })}`
      options.headers = [...headersOf(settings), ['X-Loopback-Proxy', '1']]
    }
    this.#start(url, options)
  }

  /** @param answer - gives the answers, in the place of a server */
  #start(url: string, options: EventSourceOptions, answer?: Fetch): void {
    this.close()
    const observation = new Observation(this.#refresh)
    try {
      this.#source = new EventSource(url, {
        ...options,
        onComment: (text) => observation.takeComment(text),
        ...(answer === undefined ? {} : { fetch: tap(observation, answer) }),
      })
    } catch (error) {
      this.#form.showError(new SettingError('url', error instanceof Error ? error.message : String(error)))
      return
    }
    // It connects once this has returned.
    if (answer === undefined) this.#endRoute = route(this.#source.url, observation)
    observation.attach(this.#source)
    void observation.take(this.#source)
    this.observation = observation
    this.#deltas = new DeltaText()
    this.#typesShown = 0
    this.#types.replaceChildren(h('option', { value: '' }, 'All types'))
    this.#deltaOutput.textContent = ''
    this.#list.show(observation, this.#filter())
    this.#closeDetails()
    this.onObservation(observation)
    this.#update()
  }

  close(): void {
    this.#source?.close()
    this.#source = undefined
    this.#endRoute()
    this.#endRoute = () => {}
    this.observation?.close()
    this.#refresh()
  }

  #listen(): void {
    this.#form.element.addEventListener('submit', (event) => {
      event.preventDefault()
      this.connect()
    })
    this.#close.addEventListener('click', () => this.close())
    this.#resume.addEventListener('click', () => this.connect(this.observation?.lastEventId))
    this.#form.onChange = () => {
      this.#faults.hidden = laboratoryIn(this.#form.settings.url) === undefined
      this.#writeCode()
    }
    this.#form.onChange()
    this.#language.addEventListener('change', () => this.#writeCode())
    for (const control of [this.#types, this.#text, this.#expression, this.#comments]) {
      control.addEventListener('input', () => this.#applyFilter())
    }
    this.#hold.addEventListener('click', () => {
      const isHeld = this.#hold.getAttribute('aria-pressed') !== 'true'
      this.#hold.setAttribute('aria-pressed', String(isHeld))
      setText(this.#hold, isHeld ? 'Go on' : 'Pause')
      this.#list.hold(isHeld)
    })
    this.#follow.addEventListener('click', () => {
      this.#list.select(undefined)
      this.#list.follow(!this.#list.isFollowing)
    })
    this.#list.onFollowingChange = () =>
      this.#follow.setAttribute('aria-pressed', String(this.#list.isFollowing))
    this.#list.onSelect = (row) => {
      if (row === undefined || this.observation === undefined) {
        this.#closeDetails()
        return
      }
      this.#detailsPane.replaceChildren(details(this.observation, row, () => this.#list.select(undefined)))
      this.#detailsPane.hidden = false
      this.#split.classList.add('has-details')
    }
  }

  #closeDetails(): void {
    this.#detailsPane.hidden = true
    this.#split.classList.remove('has-details')
  }

  #toolbar(): HTMLElement {
    const save = (label: string, action: () => void) => {
      const button = h('button', { type: 'button', className: 'quiet' }, label)
      button.addEventListener('click', action)
      return button
    }
    return h(
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
        copyButton('Copy', () => jsonLines(this.#list.shown())),
        save('JSON lines', () =>
          download('events.jsonl', 'application/jsonl', jsonLines(this.#list.shown())),
        ),
        save('CSV', () => download('events.csv', 'text/csv', csv(this.#list.shown()))),
        save('.sse', () => this.#saveRaw()),
      ),
    )
  }

  #saveRaw(): void {
    if (this.observation === undefined) return
    const blob = new Blob(wholeStream(this.observation) as BlobPart[])
    download('events.sse', 'text/event-stream', blob)
  }

  #openButton(): HTMLElement {
    const input = h('input', {
      type: 'file',
      accept: '.jsonl,.sse,.txt',
      className: 'hidden-text',
      id: 'replay-file',
    })
    input.addEventListener('change', async () => {
      const file = input.files?.[0]
      if (file === undefined) return
      input.value = ''
      try {
        const answer = await replayOf(file, this.#pace.value as Pace)
        this.#start(`/replay/${encodeURIComponent(file.name)}`, { reconnect: false }, answer)
      } catch (error) {
        this.#form.showError(
          new SettingError('url', `${file.name}: ${error instanceof Error ? error.message : error}`),
        )
      }
    })
    return h(
      'span',
      { className: 'file' },
      input,
      h('label', { for: 'replay-file', className: 'button quiet' }, 'Replay a file'),
    )
  }

  #filter(): Filter {
    return {
      type: this.#types.value,
      text: this.#text.value,
      expression: this.#expression.value,
      comments: this.#comments.checked,
    }
  }

  #applyFilter(): void {
    try {
      this.#list.filter(this.#filter())
      this.#filterError.textContent = ''
    } catch (error) {
      this.#filterError.textContent = error instanceof Error ? error.message : String(error)
    }
  }

  #link(): string {
    return `${location.origin}${location.pathname}#${fragmentOf(this.#form.settings)}`
  }

  #writeCode(): void {
    try {
      this.#code.textContent = codeFor(this.#language.value as Language, this.#form.settings)
    } catch (error) {
      this.#code.textContent = error instanceof Error ? `// ${error.message}` : ''
    }
  }

  /** What changes with each event. */
  #draw(): void {
    const { observation } = this
    if (observation === undefined || !this.element.isConnected) return
    this.#counters.update(observation)
    if (this.#tab === 'Events') this.#list.refresh()
    if (this.#tab === 'Story') this.#story.update(observation)
    if (this.#tab === 'Text') this.#joinDeltas(observation)
    const isOver = ['closed', 'failed', 'complete'].includes(observation.phase)
    this.#close.disabled = isOver
    setText(this.#connect, isOver ? 'Connect' : 'Connect anew')
    const canResume = isOver && observation.lastEventId !== ''
    if (this.#resume.hidden === canResume) this.#resume.hidden = !canResume
    if (canResume) setText(this.#resume, `Go on after ${observation.lastEventId.slice(0, 20)}`)
    if (observation.types.size !== this.#typesShown) this.#listTypes(observation)
  }

  #joinDeltas(observation: Observation): void {
    const hasGrown = this.#deltas.update(observation.rows)
    if (hasGrown) setText(this.#deltaOutput, this.#deltas.text)
    if (this.#deltas.text === '') {
      setText(this.#deltaOutput, 'No deltas of a language model have come. Their text would be joined here.')
    }
  }

  #listTypes({ types }: Observation): void {
    this.#typesShown = types.size
    const chosen = this.#types.value
    const names = [...types.keys()].sort().slice(0, 200)
    this.#types.replaceChildren(
      h('option', { value: '' }, 'All types'),
      ...names.map((name) => h('option', { value: name }, name)),
    )
    this.#types.value = chosen
  }

  /** What changes with time. */
  #update(): void {
    const { observation } = this
    if (observation === undefined || !this.element.isConnected) return
    const now = performance.now()
    this.#plots.update(observation, now)
    const findings = diagnose(observation, now)
    const text = findings.map(({ title, advice }) => title + advice).join()
    if (this.#findings.dataset['text'] !== text) {
      this.#findings.dataset['text'] = text
      this.#findings.replaceChildren(
        ...(findings.length === 0 ? [NOTHING_ODD()] : []),
        ...findings.map(({ level, title, advice }) =>
          h('li', { data: { level } }, h('strong', {}, title), ' ', advice),
        ),
      )
    }
    this.#draw()
  }

  /** For what else shows settings. */
  get settings(): Settings {
    return this.#form.settings
  }
}

/** Has the requests to a URL looked at, and those to where it redirects. */
function route(url: string, observation: Observation): () => void {
  const urls = new Set([url])
  const watched = tap(observation, async (url, init) => {
    const response = await plainFetch(url, init)
    urls.add(response.url)
    return response
  })
  return addRoute({ takes: (url) => urls.has(url), fetch: watched })
}
