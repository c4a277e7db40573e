/** The settings as code, to be taken elsewhere. Secrets are left out. */

import type { ReconnectOptions } from 'wasm-eventsource'

import { redactedBody, redactedHeaders, redactedUrl } from './secrets.js'
import { headersOf, optionsOf, type Settings, urlOf } from './settings.js'

/** What rustfmt breaks lines at. */
const WIDEST = 100
const WIDEST_CHAIN = 60

/** A `u32` has no more. */
const MOST_ATTEMPTS = 4_294_967_295

export type Language = 'TypeScript' | 'curl' | 'Rust'

export function codeFor(language: Language, settings: Settings): string {
  return { TypeScript: typeScript, curl, Rust: rust }[language](settings)
}

function typeScript(settings: Settings): string {
  const options = optionsOf(settings)
  const headers = redactedHeaders(headersOf(settings), '…')
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  // Of two with one name, an object would keep one.
  if (headers.length > 0) options.headers = names.size < headers.length ? headers : Object.fromEntries(headers)
  if (typeof options.body === 'string') options.body = redactedBody(options.body, '…')
  return `import { EventSource } from 'wasm-eventsource'

const source = new EventSource(${quoted(redactedUrl(urlOf(settings), 'SECRET'))}, ${literal(options)})
source.addEventListener('error', ({ message, retryIn }) => console.warn(message, retryIn))

for await (const { type, data, lastEventId } of source) {
  console.log(type, data, lastEventId)
}
`
}

function curl(settings: Settings): string {
  const headers = redactedHeaders(headersOf(settings), 'SECRET')
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  // Without `--globoff`, brackets and braces in the URL would stand for several URLs.
  const lines = [`curl --no-buffer --globoff ${shell(redactedUrl(urlOf(settings), 'SECRET'))}`]
  if (settings.method !== 'GET') lines.push(`--request ${settings.method}`)
  if (!names.has('accept')) headers.unshift(['Accept', 'text/event-stream'])
  if (settings.lastEventId !== '') headers.push(['Last-Event-ID', settings.lastEventId])
  if (hasBody(settings) && !names.has('content-type')) {
    // What a browser says of a text; curl would say that it is a form.
    headers.push(['Content-Type', 'text/plain;charset=UTF-8'])
  }
  // One that has no value ends with a semicolon, or else curl would leave it out.
  for (const [name, value] of headers) lines.push(`--header ${shell(value === '' ? `${name};` : `${name}: ${value}`)}`)
  if (hasBody(settings)) lines.push(`--data-raw ${shell(redactedBody(settings.body, 'SECRET'))}`)
  return lines.join(' \\\n  ') + '\n'
}

/** For a front end in Rust, with the crate that this page runs on. */
function rust(settings: Settings): string {
  const calls = rustCalls(settings)
  const used = ['Error', 'Event', 'EventSource', 'Loss', 'Message']
    .concat(
      ['Credentials', 'Jitter', 'Reconnect', 'Strategy'].filter((name) =>
        calls.some((call) => call.includes(`${name}::`)),
      ),
    )
    .sort()
  const duration = calls.some((call) => call.includes('Duration::')) ? 'use std::time::Duration;\n' : ''
  const names = used.join(', ')
  const use = `use wasm_eventsource::event_source::{${names}};`
  return `${duration}${use.length <= WIDEST ? use : use.replace(names, `\n    ${names},\n`)}

async fn listen(show: impl Fn(&Message), warn: impl Fn(&Loss)) -> Result<(), Error> {
    let mut source = ${chain(`EventSource::builder(${quotedForRust(redactedUrl(urlOf(settings), 'SECRET'))})`, calls)};
    while let Some(event) = source.next().await {
        match event? {
            Event::Message(message) => show(&message),
            Event::Lost(loss) => warn(&loss),
            _ => {}
        }
    }
    Ok(())
}
`
}

/** A builder with its calls, each on a line of its own unless all fit on one. */
function chain(builder: string, calls: string[]): string {
  const all = [...calls, '.connect()?']
  const line = builder + all.join('')
  return calls.length === 0 || line.length <= WIDEST_CHAIN ? line : [builder, ...all].join('\n        ')
}

/** The calls of the builder that the settings stand for. */
function rustCalls(settings: Settings): string[] {
  const { method, credentials, lastEventId } = settings
  const { connectTimeout, idleTimeout, reconnect } = optionsOf(settings)
  const calls: string[] = []
  if (method !== 'GET') calls.push(`.method(${quotedForRust(method)})`)
  for (const [name, value] of redactedHeaders(headersOf(settings), '…')) {
    calls.push(`.header(${quotedForRust(name)}, ${quotedForRust(value)})`)
  }
  if (hasBody(settings)) calls.push(`.text(${quotedForRust(redactedBody(settings.body, '…'))})`)
  if (credentials !== 'same-origin')
    calls.push(`.credentials(Credentials::${credentials === 'omit' ? 'Omit' : 'Include'})`)
  if (lastEventId !== '') calls.push(`.last_event_id(${quotedForRust(lastEventId)})`)
  if (connectTimeout !== undefined) calls.push(`.connect_timeout(${durationForRust(connectTimeout)})`)
  if (idleTimeout !== undefined) calls.push(`.idle_timeout(${durationForRust(idleTimeout)})`)
  if (reconnect === false) calls.push('.reconnect(Reconnect::never())')
  else if (typeof reconnect === 'object') {
    const parts = policyForRust(reconnect)
    const policy = `Reconnect::new()${parts.join('')}`
    const lines = ['.reconnect(', '    Reconnect::new()', ...parts.map((part) => `        ${part}`)]
    if (parts.length > 0)
      calls.push(policy.length <= WIDEST_CHAIN ? `.reconnect(${policy})` : `${lines.join('\n        ')},\n        )`)
  }
  return calls
}

function policyForRust({ strategy, jitter, delay, maxAttempts, statuses, repeat }: ReconnectOptions): string[] {
  const parts: string[] = []
  // The factors are the defaults of the class.
  if (strategy === 'linear') parts.push('.strategy(Strategy::Linear { factor: 1.0 })')
  if (strategy === 'exponential') parts.push('.strategy(Strategy::Exponential { factor: 2.0 })')
  if (jitter !== undefined && jitter !== 'none')
    parts.push(`.jitter(Jitter::${jitter.charAt(0).toUpperCase()}${jitter.slice(1)})`)
  if (delay !== undefined) parts.push(`.delay(${durationForRust(delay)})`)
  if (maxAttempts !== undefined) parts.push(`.max_attempts(${Math.min(Math.floor(maxAttempts), MOST_ATTEMPTS)})`)
  if (statuses !== undefined) parts.push(`.statuses([${[...statuses].join(', ')}])`)
  if (repeat === true) parts.push('.repeat(true)')
  return parts
}

function durationForRust(ms: number): string {
  return `Duration::from_millis(${Math.min(Math.floor(ms), Number.MAX_SAFE_INTEGER)})`
}

function hasBody({ body, method }: Settings): boolean {
  return body !== '' && method !== 'GET'
}

/** A value as it is written in TypeScript. */
function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map((item) => literal(item)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const inner = `${indent}  `
  const members = Object.entries(value).map(([name, member]) => {
    const key = /^[a-z]\w*$/i.test(name) ? name : quoted(name)
    return `${inner}${key}: ${literal(member, inner)},\n`
  })
  return members.length === 0 ? '{}' : `{\n${members.join('')}${indent}}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

function quotedForRust(text: string): string {
  // JSON, mostly: it can be read as it is.
  if (/["\\]/.test(text) && !/\p{Cc}/u.test(text) && !text.includes('"#')) return `r#"${text}"#`
  return JSON.stringify(text)
    .replaceAll('\\b', '\\u{8}')
    .replaceAll('\\f', '\\u{c}')
    .replace(/\\u([0-9a-f]{4})/g, '\\u{$1}')
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
