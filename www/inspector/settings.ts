/** What a request and its policy are set to, and how they become the options of a source. */

import type { EventSourceOptions, ReconnectOptions } from 'wasm-eventsource'

export interface Settings {
  url: string
  method: string
  /** A header in each line. */
  headers: string
  body: string
  credentials: 'same-origin' | 'include' | 'omit'
  reconnect: 'yes' | 'no'
  strategy: 'constant' | 'linear' | 'exponential'
  jitter: 'none' | 'full' | 'equal' | 'decorrelated'
  /** Numbers as they are typed; nothing stands for the default. */
  delay: string
  maxAttempts: string
  statuses: string
  idleTimeout: string
  connectTimeout: string
  lastEventId: string
  /** Whether it goes through the proxy of this server. */
  proxy: boolean
}

export const DEFAULTS: Settings = {
  url: '',
  method: 'GET',
  headers: '',
  body: '',
  credentials: 'same-origin',
  reconnect: 'yes',
  strategy: 'exponential',
  jitter: 'full',
  delay: '',
  maxAttempts: '',
  statuses: '429, 503',
  idleTimeout: '',
  connectTimeout: '',
  lastEventId: '',
  proxy: false,
}

/** What is wrong with a setting, for the eyes of a person. */
export class SettingError extends Error {
  constructor(
    readonly field: keyof Settings,
    message: string,
  ) {
    super(message)
  }
}

/** The headers, one of each line. */
export function headersOf({ headers }: Settings): [name: string, value: string][] {
  return headers
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const colon = line.indexOf(':')
      if (colon < 1)
        throw new SettingError('headers', `“${line.trim()}” is no header: it has the form Name: value.`)
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    })
}

/** The URL that is asked for, absolute. */
export function urlOf(settings: Settings): string {
  let url
  try {
    url = new URL(settings.url, location.origin)
  } catch {
    throw new SettingError('url', 'That is no URL.')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new SettingError('url', 'A stream has a URL that begins with http: or https:.')
  }
  return url.href
}

/** The options that the settings stand for, without what is at its default. */
export function optionsOf(settings: Settings): EventSourceOptions {
  const options: EventSourceOptions = {}
  const headers = headersOf(settings)
  if (settings.method !== 'GET') options.method = settings.method
  if (headers.length > 0) options.headers = headers
  if (settings.body !== '' && settings.method !== 'GET') options.body = settings.body
  if (settings.credentials !== 'same-origin') options.credentials = settings.credentials
  if (settings.lastEventId !== '') options.lastEventId = settings.lastEventId
  for (const field of ['idleTimeout', 'connectTimeout'] as const) {
    const ms = numberOf(settings, field)
    if (ms !== undefined) options[field] = ms
  }
  options.reconnect = settings.reconnect === 'no' ? false : policyOf(settings)
  return options
}

function policyOf(settings: Settings): ReconnectOptions {
  const policy: ReconnectOptions = {}
  if (settings.strategy !== 'constant') policy.strategy = settings.strategy
  if (settings.jitter !== 'none') policy.jitter = settings.jitter
  const delay = numberOf(settings, 'delay')
  if (delay !== undefined) policy.delay = delay
  const maxAttempts = numberOf(settings, 'maxAttempts')
  if (maxAttempts !== undefined) policy.maxAttempts = maxAttempts
  const statuses = settings.statuses.split(/[\s,]+/).filter((status) => status !== '')
  if (statuses.length > 0) {
    policy.statuses = statuses.map((status) => {
      if (!/^[2-5]\d\d$/.test(status)) throw new SettingError('statuses', `“${status}” is no status.`)
      return Number(status)
    })
  }
  if (settings.method !== 'GET') policy.repeat = true
  return policy
}

function numberOf(settings: Settings, field: 'delay' | 'maxAttempts' | 'idleTimeout' | 'connectTimeout') {
  const text = settings[field].trim()
  if (text === '') return undefined
  const number = Number(text)
  if (!Number.isFinite(number) || number < 0) throw new SettingError(field, `“${text}” is no number.`)
  return number
}
