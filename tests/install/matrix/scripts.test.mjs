// @ts-check
/** The files of the tarball as a page and its workers load them without any tool. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { openBrowser } from '../../package/browsers.mjs'
import { makeProject } from '../project.mjs'
import { page, receive, RECEIVED } from './app.mjs'
import { startEventServer } from './event-server.mjs'
import { tell } from './results.mjs'

const EVENTS = '"/events"'
const AT = '/node_modules/wasm-eventsource'

/** @param {string} from */
const imported = (from) => `import { EventSource } from '${AT}/${from}'\n${receive('', EVENTS)}`

/** A worker whose script answers each port with what it comes to. @param {string} script */
const answering = (script) => `${script}
const answer = async (port) => port.postMessage(await globalThis.results)
if ('onconnect' in self) self.onconnect = ({ ports: [port] }) => answer(port)
else if ('clients' in self) self.onmessage = ({ ports: [port] }) => answer(port)
else answer(self)`

/** What loads a script as a worker of each kind. */
const WORKERS = /** @type {Record<string, string>} */ ({
  'a dedicated worker': `const worker = new Worker(url, { type })
    worker.onmessage = ({ data }) => done(data)
    worker.onerror = ({ message }) => done('error: ' + message)`,
  'a shared worker': `const worker = new SharedWorker(url, { type })
    worker.port.onmessage = ({ data }) => done(data)
    worker.onerror = ({ message }) => done('error: ' + message)`,
  'a service worker': `navigator.serviceWorker.register(url, { type }).then(async (registration) => {
      const worker = registration.installing ?? registration.waiting ?? registration.active
      while (worker.state !== 'activated') await new Promise((resolve) => setTimeout(resolve, 20))
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }) => registration.unregister().then(() => done(data))
      worker.postMessage('', [port2])
    }).catch((error) => done(String(error)))`,
})

const NO_MODULES =
  'this version of Firefox has no modules as service workers: register a classic one, which loads `polyfill.js` by `importScripts`'

const MODULES = ['index.js', 'slim.js', 'no-wasm.js']
const SCRIPTS = ['polyfill.js', 'polyfill.no-wasm.js']

/** @type {Record<string, string>} */
const files = {}
for (const file of MODULES) {
  files[`${file}.html`] = page(`<script type="module">${imported(file)}</script>`)
  files[`module.${file}`] = answering(imported(file))
}
for (const file of SCRIPTS) {
  files[`${file}.html`] = page(`<script src="${AT}/${file}"></script><script>${receive('', EVENTS)}</script>`)
  files[`classic.${file}`] = answering(`importScripts('${AT}/${file}')\n${receive('', EVENTS)}`)
}
files['several.html'] = page(`
  <script>const native = EventSource</script>
  ${['polyfill.js', 'polyfill.js', 'polyfill.no-wasm.js'].map((file) => `<script src="${AT}/${file}"></script>\n<script>(globalThis.found ??= []).push(EventSource)</script>`).join('\n')}
  <script type="module">
    import { EventSource as Index } from '${AT}/index.js'
    import { EventSource as Slim } from '${AT}/slim.js'
    const classes = [found[0], Index, Slim]
    const sources = classes.map((Class) => new Class('/events'))
    globalThis.results = Promise.resolve({
      isReplacedOnce: found.every((it) => it === found[0]) && found[0] !== native,
      native: found[0].native === native,
      all: classes.every((Class) => sources.every((source) => source instanceof Class)),
      isNative: sources.some((source) => source instanceof native),
      nativeIsOurs: new native('/nothing') instanceof EventSource,
    })
    for (const source of sources) source.close()
  </script>`)

const folder = makeProject('scripts', { files })

for (const engine of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
  describe(engine, () => {
    /** @type {import('../../package/browsers.mjs').OpenBrowser} */
    let browser
    /** @type {import('./event-server.mjs').EventServer} */
    let server
    before(async () => {
      browser = await openBrowser(engine)
      server = await startEventServer({ folder })
    })
    after(async () => {
      await browser?.close()
      await server.stop()
    })

    /** @param {string} what @param {string} [result] */
    const works = (what, result = 'works') =>
      tell({ table: 'Without any tool', tool: engine, version: browser.version, what, result })

    /** @param {string} path @returns {Promise<any>} */
    async function open(path) {
      await browser.driver.get(`${server.origin}/${path}`)
      return browser.driver.executeAsyncScript('window.results.then(arguments[0], (error) => arguments[0](String(error)))')
    }

    for (const file of MODULES) {
      it(`<script type="module"> with ${file}`, async () => {
        assert.equal(await open(`${file}.html`), RECEIVED)
        works(`\`<script type="module">\` with \`${file}\``)
      })
    }
    for (const file of SCRIPTS) {
      it(`<script src> with ${file}`, async () => {
        assert.equal(await open(`${file}.html`), RECEIVED)
        works(`\`<script src="${file}">\``)
      })
    }
    it('knows the instances of its other copies, and is changed by no second polyfill', async () => {
      assert.deepEqual(await open('several.html'), {
        isReplacedOnce: true,
        native: true,
        all: true,
        isNative: false,
        nativeIsOurs: false,
      })
    })

    for (const [kind, load] of Object.entries(WORKERS)) {
      for (const [type, names] of /** @type {const} */ ([['module', MODULES], ['classic', SCRIPTS]])) {
        for (const name of names) {
          it(`${kind} of the type ${type} with ${name}`, async (t) => {
            await browser.driver.get(`${server.origin}/nothing`)
            const said = await browser.driver.executeAsyncScript(
              `const [url, type, done] = arguments; ${load}; setTimeout(() => done('nothing within 10 s'), 10_000)`,
              `${type}.${name}`,
              type,
            )
            if (engine === 'firefox' && kind === 'a service worker' && type === 'module' && said !== RECEIVED) {
              // Not what the package does: the browser does not begin.
              assert.match(said, /^(TypeError|SecurityError)/)
              works(`${kind}, ${type}, with \`${name}\``, NO_MODULES)
              return t.skip(said)
            }
            assert.equal(said, RECEIVED)
            works(`${kind}, ${type}, with \`${name}\``)
          })
        }
      }
    }
  })
}
