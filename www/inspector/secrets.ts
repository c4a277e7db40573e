/** What is left out wherever settings leave the page: links, code, files and the story. */

const SECRET = /auth|token|secret|passw|cookie|session|credential|signature|api-?_?key|^key$|^sig$/i

export const REDACTED = '•••'

/** Whether a header, a parameter or a member of an object is likely to be a secret, by its name. */
export function isSecret(name: string): boolean {
  return SECRET.test(name)
}

export function redactedHeaders(
  headers: [name: string, value: string][],
  instead = REDACTED,
): [string, string][] {
  return headers.map(([name, value]) => [name, isSecret(name) ? withoutCredentials(value, instead) : value])
}

/** Leaves the scheme, `Bearer` for example, as it says how to fill in the rest. */
function withoutCredentials(value: string, instead: string): string {
  const scheme = /^(Bearer|Basic|Token) /i.exec(value)?.[0] ?? ''
  return scheme + instead
}

/** Without user info, and without the values of secret parameters. */
export function redactedUrl(text: string, instead = REDACTED): string {
  let url
  try {
    url = new URL(text, location.origin)
  } catch {
    return text
  }
  const isRelative = !/^[a-z]+:/i.test(text)
  if (url.username !== '' || url.password !== '') {
    url.username = ''
    url.password = ''
  }
  for (const name of new Set(url.searchParams.keys())) {
    if (isSecret(name)) url.searchParams.set(name, instead)
  }
  return isRelative ? url.href.slice(url.origin.length) : url.href
}

/** Without the values of secret members, if it is JSON. */
export function redactedBody(text: string, instead = REDACTED): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
  }
  let isChanged = false
  const redacted = JSON.stringify(value, (name, member: unknown) => {
    if (name === '' || !isSecret(name) || typeof member !== 'string') return member
    isChanged = true
    return instead
  })
  return isChanged ? redacted : text
}
