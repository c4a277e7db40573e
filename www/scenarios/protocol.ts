/** Which version of HTTP the page has come over, and where it can be had over HTTP/2. */

/** As people write it. */
export function protocol(): string {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const name = navigation?.nextHopProtocol ?? ''
  return { 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2', h3: 'HTTP/3' }[name] ?? 'unknown'
}

/**
 * The address of this view over HTTP/2, where `npm start` serves it so, and this is not it. The
 * certificate is made on the spot, so that the browser warns of it, once.
 */
export async function http2Address(): Promise<string | undefined> {
  const response = await fetch('dist/http2.json')
  if (!response.ok) return undefined
  const { origin } = (await response.json()) as { origin: string }
  if (origin === location.origin) return undefined
  return origin + location.pathname + location.hash
}
