// @ts-check
/**
 * "Copy as code": what the page gives for its settings is compiled, type-checked and run, and asks for
 * what the settings say.
 */

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import path from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { transform } from 'esbuild'

import { loadPageModules } from './demo-page/modules.mjs'
import { startTestServer } from './test-server.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
mkdirSync(path.join(ROOT, 'target'), { recursive: true })
const folder = mkdtempSync(path.join(ROOT, 'target', 'copied-code-'))

/**
 * Settings that differ in all that there is; of each, what the server has to see of it.
 * @type {Record<string, { settings: object, method: string, headers?: Record<string, string>, lastEventId?: string }>}
 */
const CASES = {
  plain: { settings: {}, method: 'GET' },
  post: {
    settings: {
      method: 'POST',
      headers: `Content-Type: application/json\nX-Quotes: it's "b" \\n`,
      body: '{"prompt":"it\'s \\"so\\", {a} [b] `c` $d ☂"}',
      lastEventId: '41',
    },
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-quotes': `it's "b" \\n` },
    lastEventId: '41',
  },
  text: {
    settings: { method: 'PUT', body: 'two\nlines', headers: 'X-Twice: 1\nx-twice: 2', credentials: 'omit' },
    method: 'PUT',
    headers: { 'content-type': 'text/plain;charset=UTF-8', 'x-twice': '1, 2' },
  },
  policy: {
    settings: {
      strategy: 'linear',
      jitter: 'decorrelated',
      delay: '250.5',
      maxAttempts: '1e12',
      statuses: '429, 503, 502',
      idleTimeout: '30000',
      connectTimeout: '5000',
      credentials: 'include',
    },
    method: 'GET',
  },
  standard: { settings: { strategy: 'constant', jitter: 'none', statuses: '' }, method: 'GET' },
  never: { settings: { reconnect: 'no', url: '/request?a={1}&b=[2]' }, method: 'GET' },
}

/** @type {any} */
let page
/** @type {import('./test-server.mjs').TestServer} */
let server
before(async () => {
  page = await loadPageModules(['inspector/code', 'inspector/settings'])
  server = await startTestServer()
})
after(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** @param {string} language */
const codes = (language) =>
  Object.entries(CASES).map(([name, { settings, ...expected }]) => {
    const all = { ...page.DEFAULTS, url: '/request', ...settings }
    all.url = server.origin + all.url
    return { name, settings: all, expected, code: /** @type {string} */ (page.codeFor(language, all)) }
  })

/**
 * @param {string} line what the server tells that it has seen
 * @param {ReturnType<typeof codes>[number]} of
 */
function isAsSet(line, { name, settings, expected }) {
  const seen = JSON.parse(line)
  assert.equal(seen.method, expected.method, name)
  assert.equal(seen.query, new URL(settings.url).search.slice(1), name)
  assert.equal(seen.body ?? '', settings.method === 'GET' ? '' : settings.body, name)
  for (const [header, value] of Object.entries({ accept: 'text/event-stream', ...expected.headers })) {
    const values = seen.headers.filter((/** @type {string[]} */ [name]) => name === header)
    const joined = values.map((/** @type {string[]} */ [, value]) => value).join(', ')
    assert.equal(joined, value, `${name}: ${header}`)
  }
  if (expected.lastEventId !== undefined) assert.equal(seen.lastEventId, expected.lastEventId, name)
}

/**
 * Runs a program until a line of its output has what is looked for.
 * @param {string} program
 * @param {string[]} args
 * @param {RegExp} pattern
 */
async function firstLine(program, args, pattern) {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], timeout: 30_000 })
  try {
    for await (const line of createInterface(child.stdout)) {
      const [, found] = pattern.exec(line) ?? []
      if (found !== undefined) return found
    }
  } finally {
    child.kill()
  }
  throw new Error(`${program} has ended and printed nothing like ${pattern}`)
}

it('the Rust code compiles, with the API of the crate', () => {
  const crate = path.join(folder, 'crate')
  mkdirSync(path.join(crate, 'src'), { recursive: true })
  writeFileSync(
    path.join(crate, 'Cargo.toml'),
    `[package]
name = "copied-code"
version = "0.0.0"
edition = "2024"

[dependencies]
wasm-eventsource = { path = ${JSON.stringify(ROOT)} }

[workspace]
`,
  )
  // So that nothing needs to be looked up.
  cpSync(path.join(ROOT, 'Cargo.lock'), path.join(crate, 'Cargo.lock'))
  const all = codes('Rust')
  const uses = all.map(({ name }) => `    drop(${name}::listen(|_| (), |_| ()));\n`)
  writeFileSync(
    path.join(crate, 'src', 'lib.rs'),
    `${all.map(({ name }) => `mod ${name};\n`).join('')}\npub fn all() {\n${uses.join('')}}\n`,
  )
  for (const { name, code } of all) {
    // Only so that it can be called from the other file.
    const visible = code.replace('async fn listen', 'pub(crate) async fn listen')
    writeFileSync(path.join(crate, 'src', `${name}.rs`), visible)
  }
  const { status, stderr } = spawnSync(
    'cargo',
    ['check', '--quiet', '--offline', '--target', 'wasm32-unknown-unknown', '--target-dir'].concat(
      path.join(ROOT, 'target'),
    ),
    { cwd: crate, encoding: 'utf8', env: { ...process.env, RUSTFLAGS: '-D warnings' } },
  )
  assert.equal(status, 0, stderr)
  for (const { name, code } of all) {
    writeFileSync(path.join(crate, 'src', `${name}.rs`), code)
    const { status, stdout, stderr } = spawnSync('rustfmt', ['--check', '--edition', '2024', `src/${name}.rs`], {
      cwd: crate,
      encoding: 'utf8',
    })
    assert.equal(status, 0, `not as rustfmt has it: ${stdout}${stderr}`)
  }
})

it('the TypeScript has no error of types, and asks for what is set', async () => {
  const modules = path.join(folder, 'node_modules', 'wasm-eventsource')
  cpSync(path.join(ROOT, 'pkg'), modules, { recursive: true })
  const all = codes('TypeScript')
  for (const { name, code } of all) writeFileSync(path.join(folder, `${name}.ts`), code)
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const strictly = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
  const modern = ['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable,dom.asynciterable', '--types', '']
  const { status, stdout } = spawnSync(
    process.execPath,
    [tsc, ...strictly, ...modern, '--module', 'esnext', '--moduleResolution', 'bundler', '--skipLibCheck'].concat(
      all.map(({ name }) => `${name}.ts`),
    ),
    { cwd: folder, encoding: 'utf8' },
  )
  assert.equal(status, 0, stdout)
  for (const item of all) {
    const { code } = await transform(item.code, { loader: 'ts' })
    writeFileSync(path.join(folder, `${item.name}.mjs`), code)
    isAsSet(await firstLine(process.execPath, [`${item.name}.mjs`], /^message (\{.*\})/), item)
  }
})

it('the command for curl runs, and asks for what is set', async () => {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' })
  } catch (cause) {
    throw new Error('curl is missing; a package manager has it: apt-get install curl', { cause })
  }
  for (const item of codes('curl')) {
    const file = path.join(folder, `${item.name}.sh`)
    writeFileSync(file, `exec ${item.code}`)
    isAsSet(await firstLine('sh', [file], /^data: (\{.*\})/), item)
  }
})

it('secrets are left out', () => {
  const settings = {
    ...page.DEFAULTS,
    url: 'https://user:hidden@example.com/stream?api_key=hidden',
    method: 'POST',
    headers: 'Authorization: Bearer hidden',
    body: '{"token":"hidden"}',
  }
  for (const language of ['TypeScript', 'curl', 'Rust']) {
    assert.doesNotMatch(page.codeFor(language, settings), /hidden/, language)
  }
})
