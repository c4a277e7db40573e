// @ts-check
/**
 * The code in the documents: strictly type-checked against the packed tarball, and run. A comment before a block may
 * give what it takes for granted (`<!-- given: const url = '/' -->`), or tell that it needs a page or a framework and
 * is only type-checked (`<!-- types only -->`).
 */

import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'

import { build, transform } from 'esbuild'

import { startEventServer } from './matrix/event-server.mjs'
import { makeProject, run, runLater } from './project.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'ARCHITECTURE.md'].concat(
  readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`),
)

/** @typedef {{ name: string, language: string, code: string, given: string, isRun: boolean }} Block */

/** What the examples in the comments of the declarations take for granted. */
const OF_THE_API = `import { EventSource, EventStreamDecoder, EventStreamDecoderStream, eventsFrom, json } from 'wasm-eventsource'
const url = new URL('/v1/chat/completions', location.href)
const source = new EventSource(url)
const response = await fetch(url)
interface Chunk { choices: unknown[] }
const write = (value: unknown) => void value
`

/** @type {Block[]} */
const blocks = DOCUMENTS.flatMap((document) => {
  const text = readFileSync(join(ROOT, document), 'utf8')
  const found = text.matchAll(/(?:<!-- ((?:given: |types only)[^]*?) ?-->\n)?```(\w*)\n([^]*?)```/g)
  const isApi = document === 'docs/api.md'
  return [...found].map(([, comment = '', language = '', code = ''], index) => ({
    name: `${document.replace(/\W+/g, '-')}-${index + 1}`,
    language,
    code: isApi ? `{\n${code}}\n` : code,
    given: isApi ? OF_THE_API : comment.startsWith('given: ') ? comment.slice('given: '.length) : '',
    isRun: comment !== 'types only',
  }))
})
const scripts = blocks.filter(({ language }) => /^[jt]sx?$/.test(language))

const folder = makeProject('documents', {
  dependencies: {
    react: '19.3.1',
    '@types/react': '^19',
    '@types/node': '^20',
    vue: '3.5.45',
    svelte: '5.57.3',
    eventsource: '5.1.5',
    'event-source-polyfill': '1.0.31',
    '@types/event-source-polyfill': '^1',
    'eventsource-parser': '4.1.3',
    '@microsoft/fetch-event-source': '2.0.1',
  },
  // So that relative URLs have something to be relative to.
  files: { 'page.mjs': "globalThis.location = { href: process.env.ORIGIN + '/' }\nsetTimeout(() => process.exit(), 1_000)\n" },
})
for (const { name, language, code, given } of scripts) {
  writeFileSync(join(folder, `${name}.${language.endsWith('x') ? 'tsx' : 'ts'}`), `${given}\n${code}\nexport {}\n`)
}

/** @type {import('./matrix/event-server.mjs').EventServer} */
let server
before(async () => {
  const chunk = { choices: [{ delta: { content: 'token' } }] }
  const streams = /** @type {Record<string, string>} */ ({
    '/v1/chat/completions': `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`,
  })
  server = await startEventServer({
    answer: (path) => ({
      headers: { 'Content-Type': 'text/event-stream' },
      body: streams[path] ?? 'id: 1\nevent: price\ndata: {"price":1}\n\n',
    }),
  })
})
after(() => server.stop())

it('has code in the README and in the reference', () => {
  for (const document of ['README', 'docs-reference']) {
    assert.ok(scripts.some(({ name }) => name.startsWith(document)), document)
  }
})

for (const { name, language, isRun } of scripts) {
  const file = `${name}.${language.endsWith('x') ? 'tsx' : 'ts'}`
  it(`${name} has no error of types`, () => {
    const strictly = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
    const modern = ['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable,dom.asynciterable', '--jsx', 'react-jsx', '--types', 'node,svelte']
    run(process.execPath, [TSC, ...strictly, ...modern, '--module', 'esnext', '--moduleResolution', 'bundler', '--skipLibCheck', file], folder)
  })
  if (!isRun) continue
  it(`${name} runs`, async () => {
    const { code } = await transform(readFileSync(join(folder, file), 'utf8'), { loader: 'ts' })
    writeFileSync(join(folder, `${name}.mjs`), code)
    await runLater(process.execPath, ['--import', './page.mjs', `${name}.mjs`], folder, { ORIGIN: server.origin })
  })
}

it('names files that are in the package, and commands that there are', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const { code } of blocks) {
    for (const [, file = ''] of code.matchAll(/npm\/wasm-eventsource\/([\w.-]+)/g)) {
      assert.ok(existsSync(join(folder, 'node_modules', 'wasm-eventsource', file)), file)
    }
    for (const [, script = ''] of code.matchAll(/^npm (?:run )?(start|test|(?<=run )\w+)/gm)) {
      assert.ok(script in scripts, script)
    }
  }
})

it('tells in the README the sizes of the package and of the others', async () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const [, ...told] = /^\| size, brotli \|.*$/m.exec(readme)?.[0].match(/[\d.]+(?= kB)|(?<=\| )0(?= \|)/g) ?? []
  const file = readFileSync(join(folder, 'node_modules', 'wasm-eventsource', 'index.js'))
  const others = Object.entries({
    eventsource: 'EventSource',
    '@microsoft/fetch-event-source': 'fetchEventSource',
    'event-source-polyfill': 'EventSourcePolyfill',
  }).map(async ([name, imported]) => {
    const contents = `export { ${imported} } from '${name}'`
    const { outputFiles } = await build({ stdin: { contents, resolveDir: folder }, bundle: true, minify: true, format: 'esm', write: false })
    return outputFiles.map(({ text }) => text).join('')
  })
  const sizes = [...(await Promise.all(others)), file].map((script) => brotliCompressSync(script).length)
  assert.equal(told.length, sizes.length)
  for (const [index, size] of sizes.entries()) {
    const isClose = Math.abs(Number(told[index]) - size / 1_000) < 0.5
    assert.ok(isClose, `the README tells ${told[index]} kB, it is ${size} bytes`)
  }
})
