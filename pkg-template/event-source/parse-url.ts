/** The URL that a source is made with. */

import { percentDecode } from './percent-decode.js'

/** What the host of an HTTP(S) URL may not have: URL standard, "forbidden domain code point". */
const FORBIDDEN = /[\0-\x20#%/:<>?@[\\\]^|\x7F]/

/** Those whose hosts are domains: URL standard, "special scheme". */
const SPECIAL_SCHEME = /^(?:https?|wss?|ftp|file):$/

/**
 * Parses a URL, relative to the document's base URL, or to the worker's script.
 * @returns the absolute URL, serialised
 * @throws a `SyntaxError` `DOMException`
 */
export function parseUrl(url: string): string {
  // A worker has no document; its location is that of its script.
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  try {
    const { protocol, hostname, href } = new URL(url, base)
    if (SPECIAL_SCHEME.test(protocol) && hasForbiddenCodePoint(hostname)) throw new TypeError('forbidden')
    return href
  } catch {
    throw new DOMException(
      `EventSource: cannot parse ${JSON.stringify(url)} as a URL` +
        (base === undefined ? '; there is no page to resolve it against' : ` relative to ${base}`),
      'SyntaxError',
    )
  }
}

/** Chromium's parser of URLs does not refuse such a host, but escapes what is forbidden in it. */
function hasForbiddenCodePoint(hostname: string): boolean {
  // An IPv6 address stands in brackets.
  return !hostname.startsWith('[') && FORBIDDEN.test(percentDecode(hostname))
}
