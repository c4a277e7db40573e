// @ts-check
/** The package as Node installs it: import and require, all entry points, and how soon a new user gets events. */

import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { startEventServer } from './matrix/event-server.mjs'
import { tell } from './matrix/results.mjs'
import { FOLDER, makeProject, pack, runLater } from './project.mjs'

/** @type {import('./matrix/event-server.mjs').EventServer} */
let events
before(async () => {
  events = await startEventServer()
})
after(() => events.stop())

const folder = makeProject('node')

/** @param {string} load - a statement that makes `EventSource` @param {'import' | 'require'} how */
async function receives(load, how) {
  const program = `${load}
    const source = new EventSource('${events.events}', { headers: { 'X-Token': 'secret' } })
    source.addEventListener('price', ({ data }) => { source.close(); console.log(data) })
    source.addEventListener('error', ({ message, error }) => { source.close(); console.log(message, error) })`
  const args = how === 'import' ? ['--input-type=module', '--eval'] : ['--input-type=commonjs', '--eval']
  assert.equal(await runLater(process.execPath, [...args, program], folder), '"secret"\n')
}

for (const name of ['wasm-eventsource', 'wasm-eventsource/slim', 'wasm-eventsource/no-wasm']) {
  it(`import ${name}`, () => receives(`import { EventSource } from '${name}'`, 'import'))
  it(`require ${name}`, () => receives(`const { EventSource } = require('${name}')`, 'require'))
}
for (const name of ['wasm-eventsource/polyfill', 'wasm-eventsource/polyfill.no-wasm']) {
  it(`import ${name}`, () => receives(`import '${name}'`, 'import'))
  it(`require ${name}`, () => receives(`require('${name}')`, 'require'))
}

for (const [how, load] of /** @type {const} */ ([
  ['import', "import { eventsFrom } from 'wasm-eventsource/decoder'"],
  ['require', "const { eventsFrom } = require('wasm-eventsource/decoder')"],
])) {
  it(`${how} wasm-eventsource/decoder`, async () => {
    const program = `${load}
      const read = async () => {
        const response = await fetch('${events.events}', { headers: { 'X-Token': 'secret' } })
        for await (const { data } of eventsFrom(response)) return console.log(data)
      }
      read()`
    const type = how === 'import' ? 'module' : 'commonjs'
    assert.equal(await runLater(process.execPath, [`--input-type=${type}`, '--eval', program], folder), '"secret"\n')
  })
}

it('finds every class of the package behind every other', async () => {
  const program = `
    import { EventSource as Index } from 'wasm-eventsource'
    import { EventSource as Slim } from './node_modules/wasm-eventsource/slim.js'
    import { EventSource as SlimHere } from 'wasm-eventsource/slim'
    import { EventSource as NoWasm } from 'wasm-eventsource/no-wasm'
    import { createRequire } from 'node:module'
    const require = createRequire(import.meta.url)
    const { EventSource: Required } = require('wasm-eventsource')
    require('wasm-eventsource/polyfill')
    const Polyfill = globalThis.EventSource
    require('wasm-eventsource/polyfill.no-wasm')
    const classes = [Index, Slim, NoWasm, Required, Polyfill]
    class Subclass extends Index {}
    const make = (Class) => new Class('http://127.0.0.1/', { signal: AbortSignal.abort() })
    console.log(JSON.stringify({
      copies: new Set(classes).size,
      isMain: SlimHere === Index,
      isReplacedOnce: globalThis.EventSource === Polyfill,
      all: classes.every((A) => classes.every((B) => make(A) instanceof B)),
      subclass: [make(Subclass) instanceof Slim, make(Slim) instanceof Subclass, make(Subclass) instanceof Subclass],
      others: [new EventTarget(), {}, null, 1, Index.prototype, Slim.prototype].map((value) => value instanceof Index),
    }))`
  const said = JSON.parse(await runLater(process.execPath, ['--input-type=module', '--eval', program], folder))
  assert.deepEqual(said, {
    copies: 5,
    isMain: true,
    isReplacedOnce: true,
    all: true,
    subclass: [true, false, true],
    others: [false, false, false, false, false, false],
  })
})

it('says what to do where globals are hidden, as in the jsdom of Jest', async () => {
  const program = `
    import { EventSource, EventStreamDecoder, eventsFrom } from 'wasm-eventsource'
    const { Request, Response, TextDecoder } = globalThis
    const response = new Response()
    for (const [name, act] of [
      ['Request', () => new EventSource('http://127.0.0.1/')],
      ['TextDecoder', () => new EventStreamDecoder()],
      ['TextDecoder', () => eventsFrom(response).next()],
    ]) {
      delete globalThis[name]
      await new Promise((resolve) => resolve(act())).catch(({ message }) => console.log(message))
      Object.assign(globalThis, { Request, TextDecoder })
    }
    console.log(new EventStreamDecoder().decode(new TextEncoder().encode('data: a\\n\\n')).length)`
  const said = await runLater(process.execPath, ['--input-type=module', '--eval', program], folder)
  const lines = said.trim().split('\n')
  assert.equal(lines.length, 4, said)
  for (const line of lines.slice(0, 3)) assert.match(line, /without (Request|TextDecoder)\. .* take the environment jest-fixed-jsdom/)
  assert.equal(lines[3], '1')
})

it('says what to do where the module of slim cannot be found, or is none', async () => {
  const program = `
    // The file for browsers.
    import { init } from './node_modules/wasm-eventsource/slim.js'
    for (const url of ['nowhere.wasm', 'page.html', 'http://127.0.0.1:9/', 'wasm_eventsource_bg.wasm']) {
      await init(new URL(url, process.env.ORIGIN)).catch(({ message }) => console.log(message))
    }
    console.log('started')`
  const pages = await startEventServer({
    folder: join(folder, 'node_modules', 'wasm-eventsource'),
    answer: (path) => (path === '/page.html' ? { body: '<title>page</title>' } : undefined),
  })
  try {
    const said = await runLater(process.execPath, ['--input-type=module', '--eval', program], folder, { ORIGIN: pages.origin })
    const lines = said.trim().split('\n')
    assert.equal(lines.length, 4, said)
    assert.match(lines[0] ?? '', /nowhere\.wasm: The server answered with the status 404\. Copy wasm_eventsource_bg\.wasm/)
    assert.match(lines[1] ?? '', /page\.html: The answer, status 200 and of the type text\/html.*, is no WebAssembly\. Copy/)
    assert.match(lines[2] ?? '', /http:\/\/127\.0\.0\.1:9\/: .+ Copy/)
    assert.equal(lines[3], 'started')
  } finally {
    await pages.stop()
  }
})

it('takes a new user from an empty folder to the first event of the README', async (t) => {
  const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
  const example = /```js\n(import \{ EventSource \}[^`]*)```/.exec(readme)?.[1]
  assert.ok(example !== undefined)
  const clean = join(FOLDER, 'clean')
  rmSync(clean, { recursive: true, force: true })
  const tarball = pack()
  const begun = performance.now()
  const install = `mkdir clean && cd clean && npm init --yes && npm install --no-audit --no-fund ${tarball}`
  await runLater('sh', ['-c', install], FOLDER)
  const installed = performance.now()
  // A page resolves the URL of the example; in Node it has to be absolute. It is copied, and ends with the first event.
  const program = `${example.replace(/new EventSource\('[^']*'/, `new EventSource('${events.events}'`)}
    source.addEventListener('price', () => source.close())`
  writeFileSync(join(clean, 'first.mjs'), program)
  assert.equal(await runLater(process.execPath, ['first.mjs'], clean), 'null\n')
  /** @param {number} ms */
  const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`
  const result = `${seconds(installed - begun)} to install, ${seconds(performance.now() - installed)} more to the first event`
  t.diagnostic(result)
  const what = '`npm init`, `npm install` of the tarball, the first example of the README'
  tell({ table: 'From an empty folder', tool: 'Node.js', version: process.versions.node, what, result })
})
