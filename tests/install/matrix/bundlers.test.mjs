// @ts-check
/** Apps made by bundlers and frameworks, in Chromium. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, it } from 'node:test'

import { openBrowser } from '../../package/browsers.mjs'
import { makeProject, run } from '../project.mjs'
import { app, page, RECEIVED } from './app.mjs'
import { startEventServer } from './event-server.mjs'
import { tell, versionOf } from './results.mjs'

/** @type {import('../../package/browsers.mjs').OpenBrowser} */
let browser
/** @type {import('./event-server.mjs').EventServer} */
let events
before(async () => {
  browser = await openBrowser('chromium')
  events = await startEventServer()
})
after(async () => {
  await browser?.close()
  await events.stop()
})

/**
 * What an app at this address comes to.
 * @param {string} url
 * @returns {Promise<string>}
 */
async function open(url) {
  await browser.driver.get(`${url}?events=${encodeURIComponent(events.events)}`)
  return browser.driver.executeAsyncScript(`
    const done = arguments[0]
    const wait = () => (globalThis.results ? results.then(done, (error) => done(String(error))) : setTimeout(wait, 50))
    wait()
    setTimeout(() => done('nothing within 20 s: ' + document.body.innerText), 20_000)`)
}

/**
 * What the app in a folder comes to.
 * @param {string} folder
 */
async function openFolder(folder) {
  const server = await startEventServer({ folder })
  try {
    return await open(`${server.origin}/index.html`)
  } finally {
    await server.stop()
  }
}

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} package - whose version is told
 * @property {Record<string, string>} dependencies
 * @property {Record<string, string>} [files]
 * @property {string} [script] - where the app is
 * @property {[string, ...string[]]} build - the command
 * @property {string} output - the folder that it makes
 */

const INDEX = page('<script type="module" src="./app.js"></script>')

/** @type {Tool[]} */
const TOOLS = [
  {
    name: 'Vite (build)',
    package: 'vite',
    dependencies: { vite: '8.3.8' },
    files: { 'index.html': INDEX },
    build: ['vite', 'build', '--base', './'],
    output: 'dist',
  },
  {
    name: 'webpack',
    package: 'webpack',
    dependencies: { webpack: '5.113.0', 'webpack-cli': '7.3.1' },
    build: ['webpack', '--mode', 'production', '--entry', './app.js', '--output-path', 'dist'],
    output: 'dist',
  },
  {
    name: 'Rollup',
    package: 'rollup',
    dependencies: { rollup: '4.68.8', '@rollup/plugin-node-resolve': '16.0.3' },
    build: ['rollup', 'app.js', '--plugin', 'node-resolve={browser:true}', '--format', 'es', '--file', 'dist/main.js'],
    output: 'dist',
  },
  {
    name: 'esbuild',
    package: 'esbuild',
    dependencies: { esbuild: '0.28.2' },
    build: ['esbuild', 'app.js', '--bundle', '--minify', '--format=esm', '--outfile=dist/main.js'],
    output: 'dist',
  },
  {
    name: 'Parcel',
    package: 'parcel',
    dependencies: { parcel: '2.16.4' },
    files: { 'index.html': INDEX },
    build: ['parcel', 'build', 'index.html', '--public-url', './', '--no-cache'],
    output: 'dist',
  },
]

for (const tool of TOOLS) {
  /** @param {string} from */
  const build = (from) => {
    const name = `bundlers-${tool.name.replace(/\W+/g, '-').toLowerCase()}`
    const { dependencies, files = {} } = tool
    const folder = makeProject(name, { dependencies, files: { ...files, [tool.script ?? 'app.js']: app({ from }) } })
    const [program, ...args] = tool.build
    run(join(folder, 'node_modules', '.bin', program), args, folder)
    const output = join(folder, tool.output)
    if (!readdirSync(output).includes('index.html')) {
      writeFileSync(join(output, 'index.html'), page('<script type="module" src="./main.js"></script>'))
    }
    return { folder, output, version: versionOf(folder, tool.package) }
  }
  const table = 'Bundlers and frameworks'

  for (const from of ['wasm-eventsource', 'wasm-eventsource/no-wasm']) {
    it(`${tool.name}: ${from}`, async () => {
      const { output, version } = build(from)
      assert.equal(await openFolder(output), RECEIVED)
      tell({ table, tool: tool.name, version, what: from, result: 'works' })
    })
  }

  it(`${tool.name}: wasm-eventsource/slim`, async () => {
    const { folder, output, version } = build('wasm-eventsource/slim')
    let result = 'works'
    const received = await openFolder(output)
    if (received !== RECEIVED) {
      assert.match(received, /could not load http:\/\/127\.0\.0\.1:\d+\/wasm_eventsource_bg\.wasm: .*status 404.*Copy/)
      const file = 'wasm_eventsource_bg.wasm'
      copyFileSync(join(folder, 'node_modules', 'wasm-eventsource', file), join(output, file))
      assert.equal(await openFolder(output), RECEIVED)
      result = 'works once you copy `wasm_eventsource_bg.wasm` beside the bundle; without it, the `error` event says so'
    }
    tell({ table, tool: tool.name, version, what: 'wasm-eventsource/slim', result })
  })
}

/**
 * Starts a server that a tool comes with, and ends it when `use` is done.
 * @param {string} folder
 * @param {(port: number) => [string, ...string[]]} command
 * @param {(origin: string) => Promise<void>} use
 */
async function withServer(folder, command, use) {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (listener.address())
  listener.close()
  const [program, ...args] = command(port)
  const child = spawn(join(folder, 'node_modules', '.bin', program), args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // With its workers in a group of its own.
    detached: true,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', CI: '1', EVENTS: events.events },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  const closed = once(child, 'close')
  try {
    const end = Date.now() + 120_000
    for (;;) {
      const answers = await fetch(`http://127.0.0.1:${port}/`).then(({ ok }) => ok, () => false)
      if (answers) break
      if (Date.now() > end || child.exitCode !== null) throw new Error(`${program} does not answer:\n${said}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    await use(`http://127.0.0.1:${port}`)
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${said.slice(-2_000)}`)
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await closed
  }
}

for (const [from, before] of [
  ['wasm-eventsource', ''],
  ['wasm-eventsource/no-wasm', ''],
  ['wasm-eventsource/slim', ''],
  [
    'wasm-eventsource/slim',
    "import { init } from 'wasm-eventsource/slim'\nimport url from 'wasm-eventsource/wasm_eventsource_bg.wasm?url'\nawait init(url)",
  ],
]) {
  it(`Vite (dev): ${from}${before === '' ? '' : ', told where the module is'}`, async () => {
    const folder = makeProject('bundlers-vite-dev', {
      dependencies: { vite: '8.3.8' },
      files: { 'index.html': INDEX, 'app.js': app({ from, before }) },
    })
    await withServer(folder, (port) => ['vite', '--host', '127.0.0.1', '--port', String(port), '--strictPort'], async (origin) => {
      const received = await open(`${origin}/`)
      let result = 'works'
      if (from === 'wasm-eventsource/slim' && before === '' && received !== RECEIVED) {
        assert.match(received, /could not load .*wasm_eventsource_bg\.wasm.*Copy/)
        return
      }
      assert.equal(received, RECEIVED)
      if (before !== '') result = "works with `init(url)`, `url` from `wasm-eventsource/wasm_eventsource_bg.wasm?url`"
      tell({ table: 'Bundlers and frameworks', tool: 'Vite (dev)', version: versionOf(folder, 'vite'), what: from ?? '', result })
    })
  })
}

it('Next.js: imported on the server, used in the client, and eventsFrom in a server component', async () => {
  const dependencies = { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' }
  const folder = makeProject('bundlers-next', {
    dependencies,
    files: {
      'next.config.mjs': 'export default { output: undefined }\n',
      'app/layout.js':
        'export default ({ children }) => <html lang="en"><body>{children}</body></html>\n',
      'app/page.js': `import { eventsFrom } from 'wasm-eventsource'
import { Client } from './client.js'
export const dynamic = 'force-dynamic'
export default async function Page() {
  for await (const { data } of eventsFrom(await fetch(process.env.EVENTS, { headers: { 'X-Token': 'on the server' }, cache: 'no-store' }))) {
    return <main><p id="server">{JSON.parse(data)}</p><Client /></main>
  }
}
`,
      'app/client.js': `'use client'
import { useEffect, useState } from 'react'
import { EventSource } from 'wasm-eventsource'
export function Client() {
  const [received, setReceived] = useState('')
  useEffect(() => {
    const events = new URLSearchParams(location.search).get('events')
    const source = new EventSource(events, { headers: { 'X-Token': 'secret' }, reconnect: false })
    globalThis.results = new Promise((resolve) => {
      source.addEventListener('price', ({ data }) => { setReceived(data); resolve('received ' + data + ', ' + document.querySelector('#server').textContent) })
      source.addEventListener('error', ({ message, error }) => resolve([message, error?.message].join(' ')))
    })
    return () => source.close()
  }, [])
  return <p>{received}</p>
}
`,
    },
  })
  run(join(folder, 'node_modules', '.bin', 'next'), ['build'], folder, { NEXT_TELEMETRY_DISABLED: '1', EVENTS: events.events })
  await withServer(folder, (port) => ['next', 'start', '--hostname', '127.0.0.1', '--port', String(port)], async (origin) => {
    assert.equal(await open(`${origin}/`), `${RECEIVED}, on the server`)
  })
  const version = versionOf(folder, 'next')
  const table = 'Bundlers and frameworks'
  for (const what of ['wasm-eventsource in the client', 'wasm-eventsource imported on the server', 'eventsFrom in a server component']) {
    tell({ table, tool: 'Next.js', version, what, result: 'works' })
  }
})
