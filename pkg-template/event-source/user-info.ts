/**
 * The user name and the password of a URL. `fetch` refuses a URL that has them, which any relative URL
 * has on a page that was opened with `http://user:password@host/`.
 */

import type { Attempt, EventSourceOptions } from '../options/options.js'
import { percentDecode } from './percent-decode.js'

/**
 * Takes the user info out of a URL.
 * @param href - absolute, and serialised
 * @returns the URL without it; and what the header `Authorization` is to say, if there was any
 */
export function splitUserInfo(href: string): { url: string; authorization?: string } {
  const url = new URL(href)
  const { username, password } = url
  if (username === '' && password === '') return { url: href }
  url.username = url.password = ''
  // The parser of URLs has made UTF-8 of it, and escapes of that.
  const userPass = percentDecode(`${username}:${password}`)
  return { url: url.href, authorization: `Basic ${btoa(userPass)}` }
}

/**
 * Adds the header `Authorization` to the option `headers`, unless that sets it.
 *
 * DIFFERENCE: the native class waits until the server asks for it with a 401, which no script can; and
 * to another origin, the header causes a CORS preflight.
 */
export function withAuthorization(
  headers: EventSourceOptions['headers'],
  authorization: string,
): EventSourceOptions['headers'] {
  if (typeof headers === 'function') {
    return async (attempt: Attempt) => merged(await headers(attempt), authorization)
  }
  return merged(headers, authorization)
}

function merged(headers: HeadersInit | undefined, authorization: string): [string, string][] {
  const all = new Headers(headers ?? {})
  if (!all.has('Authorization')) all.set('Authorization', authorization)
  return [...all]
}
