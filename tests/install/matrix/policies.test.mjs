// @ts-check
/** Pages with a Content-Security-Policy, or that want scripts to be what they were: what works, and what is said. */

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { openBrowser } from '../../package/browsers.mjs'
import { makeProject } from '../project.mjs'
import { receive, RECEIVED } from './app.mjs'
import { startEventServer } from './event-server.mjs'
import { tell } from './results.mjs'

const AT = '/node_modules/wasm-eventsource'
const MODULES = ['index.js', 'slim.js', 'no-wasm.js']
const SCRIPTS = ['polyfill.js', 'polyfill.no-wasm.js']

/** What the console says comes before what is received. */
const RECORD = `globalThis.said = []
for (const method of ['warn', 'error']) console[method] = (...args) => said.push(args.join(' '))`
/** @param {string} before */
const recorded = (before) => `${before}
${RECORD}
${receive('', '"/events"')}`

const files = {
  'record.js': RECORD,
  ...Object.fromEntries(MODULES.map((file) => [`app.${file}`, recorded(`import { EventSource } from '${AT}/${file}'`)])),
  'app.js': recorded(''),
}
const folder = makeProject('policies', { files })

/** @param {string} file @param {string} [attributes] @param {boolean} [hasIntegrity] */
function pageWith(file, attributes = '', hasIntegrity = false) {
  const integrity = (/** @type {string} */ path) =>
    hasIntegrity
      ? ` integrity="sha384-${createHash('sha384').update(readFileSync(join(folder, path))).digest('base64')}" crossorigin`
      : ''
  const script = (/** @type {string} */ src, type = '') => `<script${type} src="${src}"${attributes}${integrity(src)}></script>`
  const scripts = MODULES.includes(file)
    ? script(`/app.${file}`, ' type="module"')
    : script('/record.js') + script(`${AT}/${file}`) + script('/app.js')
  return `<!doctype html><title>policy</title>${scripts}`
}

const FORBIDDEN = /Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src, or use wasm-eventsource\/no-wasm/
const WASM = "'wasm-unsafe-eval'"

/**
 * @typedef {object} Case
 * @property {string} policy
 * @property {string} [attributes]
 * @property {boolean} [integrity]
 * @property {Record<string, RegExp>} [says] - what is said instead of receiving, by the file
 * @property {string} [title]
 */

/** @type {Case[]} */
const CASES = [
  { policy: "script-src 'self'", says: { 'index.js': FORBIDDEN, 'slim.js': FORBIDDEN, 'polyfill.js': FORBIDDEN } },
  { policy: `script-src 'self' ${WASM}` },
  { policy: `script-src 'self' ${WASM}; require-trusted-types-for 'script'; trusted-types 'none'` },
  { policy: `script-src 'strict-dynamic' 'nonce-abc' ${WASM}`, attributes: ' nonce="abc"' },
  { policy: `script-src 'self' ${WASM}`, integrity: true, title: 'SRI on the script tags' },
  {
    policy: `script-src 'self' ${WASM}; connect-src http://127.0.0.1:9`,
    says: {
      ...Object.fromEntries([...MODULES, ...SCRIPTS].map((file) => [file, /forbids the request: add the URL to connect-src/])),
      'slim.js': /could not load .*wasm_eventsource_bg\.wasm.*connect-src/,
    },
  },
]

/** What a table says where it does not work. @param {RegExp} says */
const instead = (says) =>
  says === FORBIDDEN
    ? "says that the policy forbids WebAssembly, and to add `'wasm-unsafe-eval'` or to use `no-wasm`"
    : 'says that `connect-src` has to allow the URL'

/**
 * What a page with a Cross-Origin-Embedder-Policy makes of a server of another origin that says nothing of CORS. To tell
 * that from a lost network, a second request is sent, without CORS, and `require-corp` refuses the answer to that, too.
 * @type {Record<string, string>}
 */
const EMBEDDER_POLICIES = { 'unsafe-none': 'cors', credentialless: 'cors', 'require-corp': 'network' }
const ASK = `const source = new EventSource(new URLSearchParams(location.search).get('url'), { reconnect: false })
globalThis.results = new Promise((resolve) => source.addEventListener('error', ({ reason }) => resolve(reason)))`

for (const engine of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
  describe(engine, () => {
    /** @type {import('../../package/browsers.mjs').OpenBrowser} */
    let browser
    /** @type {import('./event-server.mjs').EventServer} */
    let server
    before(async () => {
      browser = await openBrowser(engine)
      server = await startEventServer({
        folder,
        answer(path) {
          const { pathname, searchParams } = new URL(path, 'http://localhost')
          if (pathname === '/embedder') {
            const headers = { 'Cross-Origin-Embedder-Policy': searchParams.get('policy') ?? '' }
            return { body: `<!doctype html><script type="module">import { EventSource } from '${AT}/index.js'\n${ASK}</script>`, headers }
          }
          if (pathname !== '/page') return undefined
          const [number = '0', file = ''] = [searchParams.get('case') ?? '', searchParams.get('file') ?? '']
          const { policy, attributes, integrity } = /** @type {Case} */ (CASES[Number(number)])
          const body = pageWith(file, attributes ?? '', integrity ?? false)
          // The page's own first script is no part of what is looked at.
          return { body: body.replace('<script src="/record.js"', `<script src="/record.js"${attributes ?? ''}`), headers: { 'Content-Security-Policy': policy } }
        },
      })
    })
    after(async () => {
      await browser?.close()
      await server.stop()
    })

    for (const [policy, reason] of Object.entries(EMBEDDER_POLICIES)) {
      it(`Cross-Origin-Embedder-Policy: ${policy}`, async () => {
        const headers = { 'Content-Type': 'text/event-stream' }
        const other = await startEventServer({ answer: () => ({ headers, body: 'data: a\n\n' }) })
        try {
          await browser.driver.get(`${server.origin}/embedder?policy=${policy}&url=${other.origin}/stream`)
          const said = await browser.driver.executeAsyncScript('results.then(arguments[0])')
          assert.equal(said, reason)
        } finally {
          await other.stop()
        }
      })
    }

    for (const [number, { policy, says = {}, title = policy }] of CASES.entries()) {
      for (const file of [...MODULES, ...SCRIPTS]) {
        it(`${title}: ${file}`, async () => {
          await browser.driver.get(`${server.origin}/page?case=${number}&file=${file}`)
          const { result, said } = await browser.driver.executeAsyncScript(`
            const done = arguments[0]
            const wait = (left) => {
              if (left === 0) done({ result: 'nothing within 10 s', said: window.said })
              else if (window.results === undefined) setTimeout(wait, 50, left - 1)
              else Promise.race([results, new Promise((resolve) => setTimeout(resolve, 2_000, 'no event within 2 s'))])
                .then((result) => done({ result, said }), ({ message }) => done({ result: message, said }))
            }
            wait(200)`)
          const expected = says[file]
          if (expected === undefined) assert.equal(result, RECEIVED, `${said}`)
          else assert.match(`${result}\n${said.join('\n')}`, expected)
          tell({
            table: 'Content-Security-Policy',
            tool: engine,
            version: browser.version,
            what: `${title === policy ? `\`${policy}\`` : title}: \`${file}\``,
            result: expected === undefined ? 'works' : instead(expected),
          })
        })
      }
    }
  })
}
