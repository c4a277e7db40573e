// @ts-check
/** The page as static files, published beside documents: no server of ours is there. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createReadStream, existsSync, statSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { after, before, it } from 'node:test'

import { publishPage } from '../../../www/build.mjs'

/** @typedef {import('./page.mjs').DemoPage} DemoPage */

/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' }

/**
 * Serves files and nothing else, below `/docs/`.
 * @param {string} folder
 */
async function serveFiles(folder) {
  const server = http.createServer(({ url = '/', method }, response) => {
    const { pathname } = new URL(url, 'http://files.test')
    const file = path.join(folder, pathname.replace(/^\/docs\//, '').replace(/\/$/, '/index.html'))
    if (method !== 'GET' || !pathname.startsWith('/docs/') || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream' })
    createReadStream(file).pipe(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    address: `http://127.0.0.1:${port}/docs/www/`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/**
 * @param {() => DemoPage} current
 * @param {string} folder - for the files
 */
export function published(current, folder) {
  /** @type {Awaited<ReturnType<typeof serveFiles>>} */
  let files
  before(async () => {
    publishPage(folder)
    files = await serveFiles(folder)
  })
  after(() => files?.stop())

  it('says in each scenario that it needs the server, and shows its code', async () => {
    const page = current()
    await page.openAt(files.address, 'scenarios')
    await page.until(`document.querySelector('[data-scenario]')`)
    const names = await page.look(
      `Array.from(document.querySelectorAll('[data-scenario]'), ({ dataset }) => dataset.scenario)`,
    )
    for (const name of names) {
      await page.click(`[data-scenario=${name}]`)
      await page.until(`document.querySelector('.code-box span')?.textContent === $[0]`, `${name}.ts`)
      assert.match(
        await page.look(`document.querySelector('.scenario .notice').textContent`),
        /needs the server that comes with the page[^]*npm start/,
        name,
      )
      assert.equal(await page.look(`document.querySelector('.playground')`), null)
    }
    assert.deepEqual(await page.look('window.violations'), [])
  })

  it('inspects other servers, and draws the herd', async () => {
    const page = current()
    await page.openAt(files.address, 'inspect')
    await page.until(`/needs the server that comes with the page/.test(document.querySelector('.empty').textContent)`)
    await page.set('url', `${page.server.origin}/ticker?interval=50&cors=origin`)
    await page.connect()
    await page.until(`Number(document.querySelector('[data-figure=Events] dd').textContent) > 3`)

    await page.openAt(files.address, 'race')
    await page.until(`document.querySelector('.race .primary').disabled`)
    assert.match(await page.look(`document.querySelector('.race-state').textContent`), /needs the server/)

    await page.openAt(files.address, 'herd')
    await page.until(`document.querySelector('[data-jitter=none] .peak strong')?.textContent === '10,000'`)
    assert.deepEqual(await page.look('window.violations'), [])
  })
}
