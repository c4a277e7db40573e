/** A link to the page with the settings in it, behind the `#`, where no server sees them. */

import { redactedBody, redactedHeaders, redactedUrl } from './secrets.js'
import { DEFAULTS, headersOf, type Settings } from './settings.js'

/** The part of the link behind the `#`. No secret is in it: whoever opens it fills them in. */
export function fragmentOf(settings: Settings): string {
  const shared: Settings = {
    ...settings,
    url: redactedUrl(settings.url, ''),
    headers: redactedHeaders(headersOf(settings), '')
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    body: redactedBody(settings.body, ''),
  }
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(shared)) {
    if (value !== DEFAULTS[name as keyof Settings]) parameters.set(name, String(value))
  }
  return `inspect?${parameters}`
}

/** The settings that a link has. */
export function settingsIn(fragment: string): Partial<Settings> {
  const settings: Record<string, unknown> = {}
  for (const [name, value] of new URLSearchParams(fragment.split('?')[1] ?? '')) {
    if (!(name in DEFAULTS)) continue
    settings[name] = name === 'proxy' ? value === 'true' : value
  }
  return settings as Partial<Settings>
}
