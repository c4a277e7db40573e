// @ts-check
/**
 * Next.js: the package imported on the server, where nothing is to happen, and used in the client; and the events of
 * a response in a server component. One app, with a page for each entry point.
 */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { makeProject, run } from '../project.mjs'
import { RECEIVED } from './app.mjs'
import { openAppBrowser } from './app-browser.mjs'
import { tell, versionOf } from './results.mjs'
import { withToolServer } from './tool-server.mjs'

const ENTRY_POINTS = ['wasm-eventsource', 'wasm-eventsource/slim', 'wasm-eventsource/no-wasm', 'wasm-eventsource/decoder']
/** It has no class for the client. */
const DECODER = 'wasm-eventsource/decoder'

/** @param {string} from */
const pageOf = (from) => `import { eventsFrom } from '${from}'
import { Client } from './client.js'
export const dynamic = 'force-dynamic'
export default async function Page() {
  const response = await fetch(process.env.EVENTS, { headers: { 'X-Token': 'on the server' }, cache: 'no-store' })
  for await (const { data } of eventsFrom(response)) {
    return <main><p id="server">{JSON.parse(data)}</p><Client /></main>
  }
}
`

/** @param {string} from */
const clientOf = (from) => `'use client'
import { useEffect, useState } from 'react'
import { EventSource } from '${from}'
export function Client() {
  const [received, setReceived] = useState('')
  useEffect(() => {
    const events = new URLSearchParams(location.search).get('events')
    const source = new EventSource(events, { headers: { 'X-Token': 'secret' }, reconnect: false })
    globalThis.results = new Promise((resolve) => {
      source.addEventListener('price', ({ data }) => {
        setReceived(data)
        resolve('received ' + data + ', ' + document.querySelector('#server').textContent)
      })
      source.addEventListener('error', ({ message, error }) => resolve([message, error?.message].join(' ')))
    })
    return () => source.close()
  }, [])
  return <p>{received}</p>
}
`

/** @param {string} from */
const pathOf = (from) => from.replaceAll('/', '-')

const folder = makeProject('next', {
  dependencies: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
  files: {
    'app/layout.js': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>\n',
    ...Object.fromEntries(
      ENTRY_POINTS.flatMap((from) => [
        [`app/${pathOf(from)}/page.js`, pageOf(from)],
        [`app/${pathOf(from)}/client.js`, clientOf(from === DECODER ? 'wasm-eventsource' : from)],
      ]),
    ),
  },
})

describe('Next.js', () => {
  /** @type {import('./app-browser.mjs').AppBrowser} */
  let browser
  before(async () => {
    browser = await openAppBrowser()
  })
  after(() => browser?.close())

  for (const bundler of ['turbopack', 'webpack']) {
    it(`built by ${bundler}: in the client, and eventsFrom in a server component`, async (t) => {
      const environment = { NEXT_TELEMETRY_DISABLED: '1', EVENTS: browser.events }
      run(join(folder, 'node_modules', '.bin', 'next'), ['build', `--${bundler}`], folder, environment)
      /** @param {number} port @returns {[string, ...string[]]} */
      const command = (port) => ['next', 'start', '--hostname', '127.0.0.1', '--port', String(port)]
      await withToolServer(folder, command, environment, async (origin) => {
        for (const what of ENTRY_POINTS) {
          await t.test(what, async () => {
            assert.equal(await browser.open(`${origin}/${pathOf(what)}`), `${RECEIVED}, on the server`)
            const version = versionOf(folder, 'next')
            const table = 'Bundlers and frameworks'
            const tool = `Next.js ${version}, ${bundler}`
            tell({ table, tool: `${tool}: server component`, version, what, result: 'works' })
            if (what === DECODER) return
            tell({ table, tool: `${tool}: client, imported on the server`, version, what, result: 'works' })
          })
        }
      })
    })
  }
})
