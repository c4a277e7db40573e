/**
 * Whose requests are looked at. Sources are given no `fetch` of ours, since with one the package does
 * without what it knows of CORS: they call the global one, and that is where the page looks on.
 */

import type { Fetch } from './tap.js'

export interface Route {
  takes(url: string, init: RequestInit): boolean
  fetch: Fetch
}

const fetchIt = globalThis.fetch.bind(globalThis)
/** The newest first. */
const routes: Route[] = []

globalThis.fetch = (input, init = {}) => {
  const url = input instanceof Request ? input.url : String(input)
  // The package's own look whether CORS has refused it is no request of the stream.
  const route = init.mode === 'no-cors' ? undefined : routes.find((route) => route.takes(url, init))
  return route === undefined ? fetchIt(input, init) : route.fetch(url, init)
}

/** The browser's. */
export const plainFetch: Fetch = (url, init) => fetchIt(url, init)

/**
 * Has the requests that a route takes go its way.
 * @returns how to end that
 */
export function addRoute(route: Route): () => void {
  routes.unshift(route)
  return () => void routes.splice(routes.indexOf(route), 1)
}
