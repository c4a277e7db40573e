// @ts-check
/** The package as Node installs it: import and require, all entry points, and how soon a new user gets events. */

import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { startEventServer } from './matrix/event-server.mjs'
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
    import { EventSource as Slim } from 'wasm-eventsource/slim'
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
      isReplacedOnce: globalThis.EventSource === Polyfill,
      all: classes.every((A) => classes.every((B) => make(A) instanceof B)),
      subclass: [make(Subclass) instanceof Slim, make(Slim) instanceof Subclass, make(Subclass) instanceof Subclass],
      others: [new EventTarget(), {}, null, 1, Index.prototype, Slim.prototype].map((value) => value instanceof Index),
    }))`
  const said = JSON.parse(await runLater(process.execPath, ['--input-type=module', '--eval', program], folder))
  assert.deepEqual(said, {
    copies: 5,
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
    import { init } from 'wasm-eventsource/slim'
    for (const url of ['${events.origin}/nowhere.wasm', '${events.origin}/page.html', 'file:///nowhere.wasm', 'http://127.0.0.1:9/']) {
      await init(url).catch(({ message }) => console.log(message))
    }
    await init(new URL('wasm_eventsource_bg.wasm', import.meta.resolve('wasm-eventsource/wasm_eventsource_bg.wasm')))
    console.log('started')`
  const pages = await startEventServer({ answer: (path) => (path === '/page.html' ? { body: '<title>page</title>' } : undefined) })
  try {
    const said = await runLater(
      process.execPath,
      ['--input-type=module', '--eval', program.replaceAll(`${events.origin}/page.html`, `${pages.origin}/page.html`)],
      folder,
    )
    const lines = said.trim().split('\n')
    assert.equal(lines.length, 5, said)
    assert.match(lines[0] ?? '', /nowhere\.wasm: The server answered with the status 404\. Copy wasm_eventsource_bg\.wasm/)
    assert.match(lines[1] ?? '', /page\.html: The answer, status 200 and of the type text\/html.*, is no WebAssembly\. Copy/)
    assert.match(lines[2] ?? '', /file:\/\/\/nowhere\.wasm: ENOENT.* Copy/)
    assert.match(lines[3] ?? '', /http:\/\/127\.0\.0\.1:9\/: .+ Copy/)
    assert.equal(lines[4], 'started')
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
  const begun = performance.now()
  const script = `mkdir clean && cd clean && npm init --yes > init.log && npm install --no-audit --no-fund ${pack()} > install.log &&
    cat > first.mjs && node first.mjs`
  // A page resolves the URL of the example; in Node it has to be absolute.
  const program = `${example.replace(/new EventSource\('[^']*'/, `new EventSource('${events.events}'`)}
    setTimeout(() => source.close(), 500)`
  const said = await runLater('sh', ['-c', script], FOLDER, {}, program)
  t.diagnostic(`first event ${Math.round(performance.now() - begun - 500)} ms after \`npm init\``)
  assert.equal(said, 'null\n')
})
