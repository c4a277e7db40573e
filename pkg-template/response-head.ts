/** What the headers of a response say. */

/** Two tokens, and what may stand around them: MIME Sniffing standard, section 4.4. */
const MIME_TYPE =
  /^[\t\n\r ]*(?!\*\/\*)([\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+)[\t\n\r ]*(?:;|$)/

/**
 * The last valid value counts; parameters, `charset` among them, are ignored, and case does not matter
 * (Fetch standard, "extract a MIME type"; MIME Sniffing standard, "parse a MIME type").
 *
 * @param header - all values of the `Content-Type` header, joined by commas
 * @returns whether the MIME type is `text/event-stream`
 */
export function isEventStream(header: string): boolean {
  let essence: string | undefined
  // A comma in a quoted string separates nothing.
  for (const value of header.match(/(?:"(?:\\.|[^\\"])*"?|[^",])+/g) ?? []) {
    essence = MIME_TYPE.exec(value)?.[1] ?? essence
  }
  return essence?.toLowerCase() === 'text/event-stream'
}

/**
 * The delay that a `Retry-After` header asks for, a number of seconds or a date: RFC 9110, section
 * 10.2.3.
 *
 * @returns in ms, negative for a date in the past, and NaN for anything else
 */
export function retryAfter(header: string): number {
  return /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
}
