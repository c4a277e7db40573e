// @ts-check
/** The same run for each client. */

import { SoakPage } from './browser.mjs'
import { SoakServer } from './server.mjs'

/**
 * Tries one client after the other, each with a server and a page of its own.
 * @param {string | number} clients - their names, with commas between them
 * @param {(of: { client: string, server: SoakServer, page: SoakPage }) => Promise<import('./rows.mjs').Row>} attempt
 * @param {() => SoakServer} [serve] - makes the server; one over HTTP/1.1 unless told otherwise
 * @returns {Promise<{ rows: import('./rows.mjs').Row[], version: string }>} what it has come to, and the
 *   version of the browser
 */
export async function tryEach(clients, attempt, serve = () => new SoakServer()) {
  const rows = []
  let version = ''
  for (const client of String(clients).split(',')) {
    const server = serve()
    await server.start()
    const page = await SoakPage.open(server.origin)
    version = page.version
    try {
      rows.push(await attempt({ client, server, page }))
    } finally {
      await page.close()
      server.stop()
    }
  }
  return { rows, version }
}
