// @ts-check
/** Apps made by bundlers and frameworks, in Chromium. */

import assert from 'node:assert/strict'
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'

import { makeProject, run } from '../project.mjs'
import { app, page, RECEIVED, RECEIVED_SHARED } from './app.mjs'
import { openAppBrowser } from './app-browser.mjs'
import { tell, versionOf } from './results.mjs'
import { withToolServer } from './tool-server.mjs'

/** @type {import('./app-browser.mjs').AppBrowser} */
let browser
before(async () => {
  browser = await openAppBrowser()
})
after(() => browser?.close())

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

const TABLE = 'Bundlers and frameworks'
const ENTRY_POINTS = ['wasm-eventsource', 'wasm-eventsource/slim', 'wasm-eventsource/no-wasm', 'wasm-eventsource/decoder']
const MODULE = 'wasm_eventsource_bg.wasm'
const SHARE = 'share.js'
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
  /** @param {string} from @param {boolean} [isShared] */
  const build = (from, isShared = false) => {
    const name = `bundlers-${tool.name.replace(/\W+/g, '-').toLowerCase()}`
    const { dependencies, files = {} } = tool
    const folder = makeProject(name, { dependencies, files: { ...files, [tool.script ?? 'app.js']: app({ from, isShared }) } })
    const [program, ...args] = tool.build
    run(join(folder, 'node_modules', '.bin', program), args, folder)
    const output = join(folder, tool.output)
    if (!readdirSync(output).includes('index.html')) {
      writeFileSync(join(output, 'index.html'), page('<script type="module" src="./main.js"></script>'))
    }
    return { folder, output, version: versionOf(folder, tool.package) }
  }

  for (const from of ENTRY_POINTS) {
    it(`${tool.name}: ${from}`, async () => {
      const { folder, output, version } = build(from)
      const received = await browser.openFolder(output)
      let result = 'works'
      if (from === 'wasm-eventsource/slim' && received !== RECEIVED) {
        assert.match(received, /could not load http:\/\/127\.0\.0\.1:\d+\/wasm_eventsource_bg\.wasm: .*status 404.*Copy/)
        copyFileSync(join(folder, 'node_modules', 'wasm-eventsource', MODULE), join(output, MODULE))
        assert.equal(await browser.openFolder(output), RECEIVED)
        result = `works once you copy \`${MODULE}\` beside the bundle; without it, the \`error\` event says so`
      } else {
        assert.equal(received, RECEIVED)
      }
      tell({ table: TABLE, tool: tool.name, version, what: from, result })
    })
  }

  it(`${tool.name}: the option share`, async () => {
    const { folder, output, version } = build('wasm-eventsource', true)
    const received = await browser.openFolder(output)
    let result = 'works'
    if (received !== RECEIVED_SHARED) {
      assert.equal(received, RECEIVED)
      copyFileSync(join(folder, 'node_modules', 'wasm-eventsource', SHARE), join(output, SHARE))
      assert.equal(await browser.openFolder(output), RECEIVED_SHARED)
      result = `works once you copy \`${SHARE}\` beside the bundle; without it, the console says so, and each source has a connection of its own`
    }
    tell({ table: TABLE, tool: tool.name, version, what: 'the option `share`', result })
  })
}

/** @param {number} port @returns {[string, ...string[]]} */
const vite = (port) => ['vite', '--host', '127.0.0.1', '--port', String(port), '--strictPort']

for (const from of ENTRY_POINTS) {
  it(`Vite (dev): ${from}`, async () => {
    const folder = makeProject('bundlers-vite-dev', {
      dependencies: { vite: '8.3.8' },
      files: { 'index.html': INDEX, 'app.js': app({ from }) },
    })
    await withToolServer(folder, vite, {}, async (origin) => assert.equal(await browser.open(`${origin}/`), RECEIVED))
    tell({ table: TABLE, tool: 'Vite (dev)', version: versionOf(folder, 'vite'), what: from, result: 'works' })
  })
}

it('Vite (dev): the option share', async () => {
  const folder = makeProject('bundlers-vite-dev', {
    dependencies: { vite: '8.3.8' },
    files: { 'index.html': INDEX, 'app.js': app({ isShared: true }) },
  })
  let result = 'works'
  await withToolServer(folder, vite, {}, async (origin) => {
    const received = await browser.open(`${origin}/`)
    if (received === RECEIVED_SHARED) return
    assert.equal(received, RECEIVED)
    result = 'works in the build; while you develop, each source has a connection of its own, and the console says so'
  })
  tell({ table: TABLE, tool: 'Vite (dev)', version: versionOf(folder, 'vite'), what: 'the option `share`', result })
})

it('Vite (dev): wasm-eventsource/slim, told where the module is', async () => {
  const before = `import { init } from 'wasm-eventsource/slim'
    import url from 'wasm-eventsource/wasm_eventsource_bg.wasm?url'
    await init(url)`
  const folder = makeProject('bundlers-vite-dev', {
    dependencies: { vite: '8.3.8' },
    files: { 'index.html': INDEX, 'app.js': app({ from: 'wasm-eventsource/slim', before }) },
  })
  await withToolServer(folder, vite, {}, async (origin) => assert.equal(await browser.open(`${origin}/`), RECEIVED))
})
