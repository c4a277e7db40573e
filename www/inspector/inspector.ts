/** The inspector: any event stream, seen live. */

import { EventSource, type EventSourceOptions } from 'wasm-eventsource'

import { Observation } from '../observation/observation.js'
import { addRoute, plainFetch } from '../observation/routes.js'
import { type Fetch, tap } from '../observation/tap.js'
import { copyButton, h, perFrame, setText } from '../page/dom.js'
import { errorText, hasServer, HOW_TO_START } from '../page/server.js'
import { tabs } from '../page/tabs.js'
import type { View } from '../page/view.js'
import { codeFor, type Language } from './code.js'
import { Counters } from './counters.js'
import { DeltaText } from './deltas.js'
import { details } from './details.js'
import { emptyText } from './empty.js'
import { EventList } from './event-list.js'
import { faultButtons, laboratoryIn } from './faults.js'
import { Findings } from './findings.js'
import { RequestForm } from './form.js'
import { fragmentOf, settingsIn } from './link.js'
import { Plots } from './plots.js'
import { type Pace, replayOf } from './replay.js'
import { headersOf, optionsOf, SettingError, type Settings, urlOf } from './settings.js'
import { Story } from './story.js'
import { Toolbar } from './toolbar.js'

/** How often plots and findings are brought up to date, in ms. */
const UPDATE = 500

/** What is asked for, to be asked for again. */
interface Request {
  url: string
  options: EventSourceOptions
  /** Gives the answers, in the place of a server. */
  answer?: Fetch
}

export class Inspector implements View {
  readonly element: HTMLElement
  observation: Observation | undefined
  onObservation: (observation: Observation | undefined) => void = () => {}

  readonly #form = new RequestForm()
  readonly #list = new EventList()
  readonly #toolbar = new Toolbar(this.#list, () => this.observation)
  readonly #counters = new Counters()
  readonly #plots = new Plots()
  readonly #story = new Story()
  readonly #findings = new Findings()
  readonly #connect = h('button', { type: 'submit', className: 'primary' }, 'Connect')
  readonly #pause = h('button', { type: 'button', disabled: true, data: { action: 'pause' } }, 'Pause')
  readonly #close = h('button', { type: 'button', disabled: true, data: { action: 'close' } }, 'Close')
  readonly #faults: HTMLElement
  readonly #detailsPane = h('div', { className: 'details-pane', hidden: true })
  readonly #split = h('div', { className: 'split' }, this.#list.element, this.#detailsPane)
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
  #request: Request | undefined
  #endRoute: () => void = () => {}
  #deltas = new DeltaText()
  #tab = 'Events'
  readonly #refresh = perFrame(() => this.#draw())

  constructor() {
    this.#faults = faultButtons(
      () => laboratoryIn(this.#form.settings.url),
      (title, detail) => this.observation?.tellFault(title, detail),
    )
    this.#form.bar.append(
      h('div', { className: 'actions' }, this.#connect, this.#pause, this.#close),
      this.#faults,
      this.#form.error,
    )
    this.#form.control.append(
      h(
        'div',
        { className: 'minor' },
        copyButton('Copy link', () => this.#link()),
        h('div', {}, this.#openButton(), this.#pace),
      ),
    )
    this.element = h(
      'div',
      { className: 'inspector' },
      h('h1', { className: 'hidden-text' }, 'Inspector'),
      this.#form.element,
      h(
        'div',
        { className: 'stage' },
        h('div', { className: 'measures' }, this.#counters.element, this.#plots.element),
        this.#findings.element,
        this.#panels(),
      ),
    )
    this.#listen()
    this.#tellEmpty('Nothing has come yet.', 'Give the URL of an event stream, and connect.')
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
        this.#tellEmpty(
          'Give the URL of an event stream, and connect.',
          'Any stream can be inspected whose server lets this page read it.',
          `The stream that would be here needs the server that comes with the page: ${HOW_TO_START}`,
        )
    }
  }

  /** Keeps what it has: the connection goes on while other views are shown. */
  leave(): void {}

  connect(): void {
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
    if (settings.proxy) {
      url = `/proxy?${new URLSearchParams({ url })}`
      options.headers = [...headersOf(settings), ['X-Loopback-Proxy', '1']]
    }
    this.#start({ url, options })
  }

  #start(request: Request): void {
    this.close()
    const observation = new Observation(this.#refresh)
    if (!this.#ask(request, observation)) return
    this.observation = observation
    this.#request = request
    this.#deltas = new DeltaText()
    this.#toolbar.forgetTypes()
    this.#deltaOutput.textContent = ''
    this.#list.show(observation, this.#toolbar.filter)
    this.#closeDetails()
    this.onObservation(observation)
    this.#update()
  }

  /** @returns whether the request could be made at all */
  #ask({ url, options, answer }: Request, observation: Observation): boolean {
    this.#form.showError(undefined)
    try {
      this.#source = new EventSource(url, {
        ...options,
        onComment: (text) => observation.takeComment(text),
        ...(answer === undefined ? {} : { fetch: tap(observation, answer) }),
      })
    } catch (error) {
      this.#form.showError(new SettingError('url', errorText(error)))
      return false
    }
    // It connects once this has returned.
    if (answer === undefined) this.#endRoute = route(this.#source.url, observation)
    observation.attach(this.#source)
    void observation.take(this.#source)
    return true
  }

  close(): void {
    this.#end()
    this.observation?.close()
    this.#refresh()
  }

  #end(): void {
    this.#source?.close()
    this.#source = undefined
    this.#endRoute()
    this.#endRoute = () => {}
  }

  /** Leaves the server alone, or goes on after the last event that came, in the same story. */
  #pauseOrGoOn(): void {
    const { observation } = this
    if (observation === undefined || this.#request === undefined) return
    const { phase, isOver, lastEventId } = observation
    this.#end()
    if (phase !== 'paused' && !isOver) {
      observation.pause()
    } else {
      const { options } = this.#request
      this.#ask(
        { ...this.#request, options: lastEventId === '' ? options : { ...options, lastEventId } },
        observation,
      )
    }
    this.#refresh()
  }

  #listen(): void {
    this.#form.element.addEventListener('submit', (event) => {
      event.preventDefault()
      this.connect()
    })
    this.#close.addEventListener('click', () => this.close())
    this.#pause.addEventListener('click', () => this.#pauseOrGoOn())
    this.#form.onChange = () => {
      this.#faults.hidden = laboratoryIn(this.#form.settings.url) === undefined
      this.#writeCode()
    }
    this.#form.onChange()
    this.#language.addEventListener('change', () => this.#writeCode())
    this.#list.onSelect = (row) => {
      if (row === undefined || this.observation === undefined) {
        this.#closeDetails()
        return
      }
      this.#detailsPane.replaceChildren(details(this.observation, row, () => this.#list.select(undefined)))
      this.#detailsPane.hidden = false
      this.#split.classList.add('has-details')
      // On a narrow screen it is below the list.
      this.#detailsPane.scrollIntoView({ block: 'nearest' })
    }
  }

  #closeDetails(): void {
    this.#detailsPane.replaceChildren()
    this.#detailsPane.hidden = true
    this.#split.classList.remove('has-details')
  }

  #panels(): HTMLElement {
    return tabs(
      'What came',
      {
        Events: h('div', { className: 'panel' }, this.#toolbar.element, this.#toolbar.error, this.#split),
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
  }

  #openButton(): HTMLElement {
    const input = h('input', {
      type: 'file',
      accept: '.jsonl,.csv,.sse,.txt',
      className: 'hidden-text',
      id: 'replay-file',
    })
    input.addEventListener('change', async () => {
      const file = input.files?.[0]
      if (file === undefined) return
      try {
        const answer = await replayOf(file, this.#pace.value as Pace)
        this.#start({
          url: `/replay/${encodeURIComponent(file.name)}`,
          options: { reconnect: false },
          answer,
        })
      } catch (error) {
        this.#form.showError(new SettingError('url', `${file.name}: ${errorText(error)}`))
      }
      // The same file can be chosen again.
      input.value = ''
    })
    return h(
      'span',
      { className: 'file' },
      input,
      h('label', { for: 'replay-file', className: 'button quiet' }, 'Replay a file'),
    )
  }

  #link(): string {
    return `${location.origin}${location.pathname}#${fragmentOf(this.#form.settings)}`
  }

  #writeCode(): void {
    try {
      setText(this.#code, codeFor(this.#language.value as Language, this.#form.settings))
    } catch (error) {
      setText(this.#code, `// ${errorText(error)}`)
    }
  }

  /** What changes with each event. */
  #draw(): void {
    const { observation } = this
    if (observation === undefined || !this.element.isConnected) return
    this.#counters.update(observation)
    if (this.#tab === 'Events') {
      if (this.#list.isEmpty) this.#tellEmpty(...emptyText(observation))
      this.#list.refresh()
    }
    if (this.#tab === 'Story') this.#story.update(observation)
    if (this.#tab === 'Text') this.#joinDeltas(observation)
    const { isOver, phase } = observation
    this.#close.disabled = isOver
    // A file is over when it is over.
    this.#pause.disabled = isOver && this.#request?.answer !== undefined
    setText(this.#pause, isOver || phase === 'paused' ? 'Go on' : 'Pause')
    setText(this.#connect, isOver ? 'Connect' : 'Connect anew')
    this.#toolbar.update(observation)
  }

  #tellEmpty(title: string, ...advice: string[]): void {
    this.#list.setEmpty(title, advice)
  }

  #joinDeltas(observation: Observation): void {
    const hasGrown = this.#deltas.update(observation.rows)
    if (hasGrown) setText(this.#deltaOutput, this.#deltas.text)
    if (this.#deltas.text === '') {
      setText(this.#deltaOutput, 'No deltas of a language model have come. Their text would be joined here.')
    }
  }

  /** What changes with time. */
  #update(): void {
    const { observation } = this
    if (observation === undefined || !this.element.isConnected) return
    const now = performance.now()
    this.#plots.update(observation, now)
    this.#findings.update(observation, now)
    this.#draw()
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
