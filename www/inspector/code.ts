/** The settings as code, to be taken elsewhere. Secrets are left out. */

import { redactedBody, redactedHeaders, redactedUrl } from './secrets.js'
import { headersOf, optionsOf, type Settings, urlOf } from './settings.js'

export type Language = 'TypeScript' | 'curl' | 'Rust'

export function codeFor(language: Language, settings: Settings): string {
  return { TypeScript: typeScript, curl, Rust: rust }[language](settings)
}

function typeScript(settings: Settings): string {
  const options = optionsOf(settings)
  const headers = redactedHeaders(headersOf(settings), '…')
  if (headers.length > 0) options.headers = Object.fromEntries(headers)
  if (typeof options.body === 'string') options.body = redactedBody(options.body, '…')
  return `import { EventSource } from 'wasm-eventsource'

const source = new EventSource(${quoted(redactedUrl(urlOf(settings), '…'))}, ${literal(options)})
source.addEventListener('error', ({ message, retryIn }) => console.warn(message, retryIn))

for await (const { type, data, lastEventId } of source) {
  console.log(type, data, lastEventId)
}
`
}

function curl(settings: Settings): string {
  const lines = [`curl --no-buffer ${shell(redactedUrl(urlOf(settings), 'SECRET'))}`]
  if (settings.method !== 'GET') lines.push(`--request ${settings.method}`)
  lines.push(`--header 'Accept: text/event-stream'`)
  if (settings.lastEventId !== '') lines.push(`--header ${shell(`Last-Event-ID: ${settings.lastEventId}`)}`)
  for (const [name, value] of redactedHeaders(headersOf(settings), 'SECRET')) {
    lines.push(`--header ${shell(`${name}: ${value}`)}`)
  }
  if (settings.body !== '' && settings.method !== 'GET') {
    lines.push(`--data-raw ${shell(redactedBody(settings.body, 'SECRET'))}`)
  }
  return lines.join(' \\\n  ') + '\n'
}

/** Reads the stream once, with the parser of this package; how to come back is left to the reader. */
function rust(settings: Settings): string {
  const calls = [`.header("Accept", "text/event-stream")`]
  if (settings.lastEventId !== '')
    calls.push(`.header("Last-Event-ID", ${quotedForRust(settings.lastEventId)})`)
  for (const [name, value] of redactedHeaders(headersOf(settings), '…')) {
    calls.push(`.header(${quotedForRust(name)}, ${quotedForRust(value)})`)
  }
  if (settings.body !== '' && settings.method !== 'GET') {
    calls.push(`.body(${quotedForRust(redactedBody(settings.body, '…'))})`)
  }
  const method = settings.method === 'GET' ? 'GET' : settings.method
  return `use wasm_eventsource::{batch::Batch, event_stream::EventStreamParser};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut response = reqwest::Client::new()
        .request(reqwest::Method::${method}, ${quotedForRust(redactedUrl(urlOf(settings), '…'))})
${calls.map((call) => `        ${call}`).join('\n')}
        .send()
        .await?
        .error_for_status()?;
    let mut parser = EventStreamParser::new(64 << 20, b${quotedForRust(settings.lastEventId)});
    while let Some(chunk) = response.chunk().await? {
        let mut batch = Batch::new();
        parser.parse(&chunk, &mut batch).map_err(|error| format!("{error:?}"))?;
        for message in batch.messages() {
            let event_type = String::from_utf8_lossy(&message.event_type);
            println!("{event_type}: {}", String::from_utf8_lossy(&message.data));
        }
    }
    Ok(())
}
`
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
  return JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, '\\u{$1}')
}

function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
