// @ts-check
/** The built package in real pages of three engines, against the test server. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { openBrowser } from './browsers.mjs'
import { startTestServer } from './test-server.mjs'

/** @typedef {{ title: string[], error?: string, skipped?: string }} Result */

/**
 * The address of a page whose Content-Security-Policy lets scripts run, but none compile.
 * @param {string} body
 */
function withoutWebAssembly(body) {
  const header = "Content-Security-Policy: script-src 'self' 'unsafe-inline'"
  return `/raw?${new URLSearchParams({ type: 'text/html', header, body: `<!doctype html>${body}` })}`
}

const SUITES = [
  ...['interface', 'event-handlers', 'events', 'listeners', 'dispatch', 'wrappers', 'lifetime'],
  ...['failures', 'closing'],
  ...['requests', 'responses', 'redirects', 'cors', 'content-security-policy', 'connections'],
  ...['reconnection', 'last-event-id', 'vectors', 'workers', 'documents', 'window-stop'],
]

/** What the native class knows nothing of. */
const BEYOND = [
  ...['iteration', 'request-options', 'user-fetch', 'secrets', 'refused-responses'],
  ...['own-stream', 'resume', 'sharing', 'recovery', 'policies', 'page-lifecycle', 'offline', 'clock', 'letting-go'],
  ...['collection', 'hostile', 're-entrancy'],
]

/** What is tested, and with which suites. `native` is the class of the browser itself. */
const SUBJECTS = {
  polyfill: [...SUITES, ...BEYOND, 'random-streams', 'diagnostics'],
  index: ['interface', 'dispatch', 'closing', 'workers', 'iteration', 'decoding', 'offline', 'sharing-file', 'runaway-recursion'],
  slim: ['interface', 'dispatch', 'closing', 'workers', 'iteration', 'decoding', 'offline', 'sharing-file', 'runaway-recursion'],
  native: SUITES,
}

/** The files that stand in the place of others, for the same suites, where there is to be no WebAssembly. */
const WITHOUT_WASM = { 'polyfill.js': 'polyfill.no-wasm.js', 'index.js': 'no-wasm.js' }

/** @type {import('./test-server.mjs').TestServer} */
let server
/** The same, but with the files that do without WebAssembly. @type {import('./test-server.mjs').TestServer} */
let serverWithoutWasm
/** An origin whose port nobody listens on. */
let deadOrigin = ''
before(async () => {
  server = await startTestServer()
  serverWithoutWasm = await startTestServer({ root: rootWithoutWasm() })
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (listener.address())
  deadOrigin = `http://127.0.0.1:${port}`
  listener.close()
})
after(async () => {
  await server.stop()
  await serverWithoutWasm.stop()
})

/** A folder as that of the checkout, in whose `pkg` the files stand that do without WebAssembly. */
function rootWithoutWasm() {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const folder = join(root, 'target', 'without-wasm')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const entry of ['tests', 'node_modules']) symlinkSync(join(root, entry), join(folder, entry))
  cpSync(join(root, 'pkg'), join(folder, 'pkg'), { recursive: true })
  for (const [file, other] of Object.entries(WITHOUT_WASM)) cpSync(join(root, 'pkg', other), join(folder, 'pkg', file))
  return folder
}

for (const engine of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
  describe(engine, () => {
    /** @type {import('./browsers.mjs').OpenBrowser} */
    let browser
    before(async () => {
      browser = await openBrowser(engine)
      await browser.driver.manage().setTimeouts({ script: 300_000 })
    })
    after(() => browser?.close())

    /**
     * What the promise `results` of a page resolves to.
     * @param {string} path
     * @param {import('./test-server.mjs').TestServer} [from]
     * @returns {Promise<any>}
     */
    async function resultsOf(path, from = server) {
      await browser.driver.get(from.origin + path)
      return browser.driver.executeAsyncScript(
        'const done = arguments[0]; results.then(done, (error) => done({ error: String(error) }))',
      )
    }

    it('receives 1,000 numbered events over many connections that are cut anywhere', async () => {
      const page = await resultsOf('/tests/package/pages/drop-in.html?count=1000&connections=20&retry=100')
      assert.deepEqual(page.unexpected, [])
      assert.deepEqual(
        page.received,
        Array.from({ length: 1000 }, (_, index) => index + 1),
      )
      assert.ok(page.connections >= 20, `${page.connections} connections`)
    })

    it('leaves the native class in place where WebAssembly is forbidden, and says so, and which option it ignores', async () => {
      const page = await resultsOf(
        withoutWebAssembly(`
          <script>
            const native = EventSource, warnings = [], errors = []
            console.warn = (text) => warnings.push(text)
            console.error = (text) => errors.push(text)
          </script>
          <script src="/pkg/polyfill.js"></script>
          <script src="/pkg/polyfill.js"></script>
          <script>
            const sources = [{ withCredentials: true }, { headers: {}, method: 'POST' }, { headers: {} }].map(
              (init) => new EventSource('/raw?end=hold', init),
            )
            class Subclass extends EventSource {}
            sources.push(new Subclass('/raw?end=hold'))
            window.results = Promise.resolve({
              areNative: sources.map((source) => source instanceof native && source instanceof EventSource),
              kept: EventSource.prototype === native.prototype && Object.getPrototypeOf(sources[0]) === native.prototype,
              isSubclass: sources[3] instanceof Subclass,
              constants: [EventSource.CONNECTING, EventSource.OPEN, EventSource.CLOSED],
              withCredentials: sources[0].withCredentials,
              warnings,
              errors,
            })
            sources.forEach((source) => source.close())
          </script>`),
      )
      const { warnings, errors, ...facts } = page
      assert.deepEqual(facts, {
        areNative: [true, true, true, true],
        kept: true,
        isSubclass: true,
        constants: [0, 1, 2],
        withCredentials: true,
      })
      assert.equal(warnings.length, 1)
      assert.match(warnings[0], /'wasm-unsafe-eval'/)
      assert.equal(errors.length, 1)
      assert.match(errors[0], /ignores the option headers, method\..*Content-Security-Policy.*'wasm-unsafe-eval'/)
    })

    it('tells what to do where WebAssembly is forbidden', async () => {
      const page = await resultsOf(
        withoutWebAssembly(`
          <script>
            window.results = import('/pkg/index.js').then(({ EventSource }) => {
              try {
                new EventSource('/raw')
              } catch (error) {
                return error.message
              }
            })
          </script>`),
      )
      assert.match(page, /Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval'/)
    })

    it('tells that there is no WebAssembly, where there is none', async () => {
      const page = (/** @type {string} */ body) =>
        resultsOf(`/raw?${new URLSearchParams({ type: 'text/html', body: `<!doctype html>${body}` })}`)
      const message = await page(`
        <script>
          delete globalThis.WebAssembly
          window.results = import('/pkg/index.js').then(({ EventSource }) => {
            try {
              new EventSource('/raw')
            } catch (error) {
              return error.message
            }
          })
        </script>`)
      assert.match(message, /no WebAssembly here/)
      assert.doesNotMatch(message, /Policy/)
      const { kept, warnings } = await page(`
        <script>
          delete globalThis.WebAssembly
          const native = EventSource, warnings = []
          console.warn = (text) => warnings.push(text)
        </script>
        <script src="/pkg/polyfill.js"></script>
        <script>
          window.results = Promise.resolve({ kept: EventSource.prototype === native.prototype, warnings })
        </script>`)
      assert.equal(kept, true)
      assert.equal(warnings.length, 1)
      assert.match(warnings[0], /the native EventSource stays. There is no WebAssembly here/)
    })

    /**
     * @param {import('node:test').TestContext} t
     * @param {string} name - of the class
     * @param {string[]} suites
     * @param {import('./test-server.mjs').TestServer} from
     */
    async function pass(t, name, suites, from) {
      const parameters = new URLSearchParams({
        class: name,
        engine,
        suites: suites.join(),
        secondOrigin: from.secondOrigin,
        deadOrigin,
      })
      const results = await resultsOf(`/tests/package/pages/suites.html?${parameters}`, from)
      assert.ok(Array.isArray(results) && results.length > 0, JSON.stringify(results))
      for (const { title, error, skipped } of /** @type {Result[]} */ (results)) {
        await t.test(title.join(': '), { skip: skipped ?? false }, () => {
          if (error !== undefined) throw new Error(error)
        })
      }
    }

    for (const [name, suites] of Object.entries(SUBJECTS)) {
      it(`passes the suites with ${name}`, (t) => pass(t, name, suites, server))
    }
    // All of it in one engine: each takes minutes, and the translation is the same in all.
    /** @type {('polyfill' | 'index')[]} */
    const withoutWasm = engine === 'chromium' ? ['polyfill', 'index'] : ['index']
    for (const name of withoutWasm) {
      // DIFFERENCE: where code of the page fills the stack, a source without WebAssembly may stop, but in
      // Chromium.
      // What code of the page does in callbacks is the same there.
      const left = ['re-entrancy', ...(engine === 'chromium' ? [] : ['runaway-recursion'])]
      const suites = SUBJECTS[name].filter((suite) => !left.includes(suite))
      it(`passes the suites with ${name}, without WebAssembly`, (t) => pass(t, name, suites, serverWithoutWasm))
    }
  })
}
