// @ts-check
/** The hooks of the README, each in its framework, in Chromium: they show what comes, and close when they go. */

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { build, transform } from 'esbuild'

import { openBrowser } from '../../package/browsers.mjs'
import { makeProject } from '../project.mjs'
import { page } from './app.mjs'
import { startEventServer } from './event-server.mjs'
import { tell, versionOf } from './results.mjs'

const README = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8')

/** The hook among the blocks of code that has this in it. @param {string} sign */
function hookWith(sign) {
  const blocks = [...README.matchAll(/```tsx?\n([^]*?)```/g)].map(([, code = '']) => code)
  const found = blocks.filter((code) => code.includes(sign) && code.includes('function useLatest'))
  assert.equal(found.length, 1, `${found.length} hooks have ${sign}`)
  return `${found[0]}`
}

const WATCH = `const shown = () => document.querySelector('p')?.textContent
globalThis.results = new Promise((resolve) => {
  const look = () => (shown() ? resolve(shown()) : setTimeout(look, 20))
  look()
})`

/** The app around a hook: each leaves a function \`unmount\`. */
const APPS = /** @type {Record<string, string>} */ ({
  react: `import { createElement, StrictMode } from 'react'
    import { createRoot } from 'react-dom/client'
    import { useLatest } from './react-hook.js'
    const Price = () => createElement('p', null, useLatest('/events', 'price'))
    const root = createRoot(document.querySelector('main'))
    root.render(createElement(StrictMode, null, createElement(Price)))
    globalThis.unmount = () => root.unmount()
    ${WATCH}`,
  vue: `import { createApp, h } from 'vue'
    import { useLatest } from './vue-hook.js'
    const app = createApp({
      setup() {
        const data = useLatest(() => '/events', 'price')
        return () => h('p', data.value)
      },
    })
    app.mount('main')
    globalThis.unmount = () => app.unmount()
    ${WATCH}`,
  svelte: `import { mount, unmount } from 'svelte'
    import Price from './price.js'
    const component = mount(Price, { target: document.querySelector('main') })
    globalThis.unmount = () => unmount(component)
    ${WATCH}`,
})

const SVELTE_COMPONENT = `<script>
  import { useLatest } from './svelte-hook.js'
  const latest = useLatest(() => '/events', 'price')
</script>
<p>{latest.data}</p>`

const folder = makeProject('hooks', {
  dependencies: { react: '19.3.1', 'react-dom': '19.3.1', vue: '3.5.45', svelte: '5.57.3' },
  files: Object.fromEntries(Object.entries(APPS).map(([name, app]) => [`${name}.js`, app])),
})

/** @type {import('../../package/browsers.mjs').OpenBrowser} */
let browser
before(async () => {
  browser = await openBrowser('chromium')
})
after(() => browser?.close())

/** Writes the hook in JavaScript. @param {string} name @param {string} code */
async function writeHook(name, code) {
  const { code: script } = await transform(code, { loader: 'tsx', target: 'esnext' })
  if (name !== 'svelte') return writeFileSync(join(folder, `${name}-hook.js`), script)
  const { compile, compileModule } = await import(join(folder, 'node_modules', 'svelte', 'src', 'compiler', 'index.js'))
  writeFileSync(join(folder, 'svelte-hook.js'), compileModule(script, {}).js.code)
  writeFileSync(join(folder, 'price.js'), compile(SVELTE_COMPONENT, { generate: 'client' }).js.code)
}

for (const [name, title, sign] of /** @type {const} */ ([
  ['react', 'React', "from 'react'"],
  ['vue', 'Vue', "from 'vue'"],
  ['svelte', 'Svelte', '$state'],
])) {
  it(`${title}: shows what comes, and closes when it goes`, async () => {
    await writeHook(name, hookWith(sign))
    await build({
      entryPoints: [join(folder, `${name}.js`)],
      outfile: join(folder, 'dist', `${name}.js`),
      bundle: true,
      format: 'esm',
      conditions: ['browser'],
      define: { 'process.env.NODE_ENV': '"development"' },
      logLevel: 'error',
    })
    const body = page(`<main></main><script type="module" src="/dist/${name}.js"></script>`)
    const server = await startEventServer({ folder, answer: (path) => (path === '/page' ? { body } : undefined) })
    try {
      await browser.driver.get(`${server.origin}/page`)
      assert.equal(await browser.driver.executeAsyncScript('results.then(arguments[0])'), 'null')
      await untilOpen(server, 1)
      await browser.driver.executeScript('unmount()')
      await untilOpen(server, 0)
    } finally {
      await server.stop()
    }
    tell({
      table: 'Frameworks, with the hooks of the README',
      tool: title,
      version: versionOf(folder, name),
      what: '`useLatest`',
      result: 'works',
    })
  })
}

/** @param {import('./event-server.mjs').EventServer} server @param {number} count */
async function untilOpen(server, count) {
  for (let tries = 0; server.open() !== count; tries++) {
    assert.ok(tries < 100, `${server.open()} streams are open, not ${count}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
