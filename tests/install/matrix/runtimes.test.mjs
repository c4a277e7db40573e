// @ts-check
/** The package in runtimes and in runners of tests, of versions that people have. */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { join } from 'node:path'

import { makeProject, runLater } from '../project.mjs'
import { startEventServer } from './event-server.mjs'
import { tell, versionOf } from './results.mjs'

/** @type {import('./event-server.mjs').EventServer} */
let events
before(async () => {
  events = await startEventServer()
})
after(() => events.stop())

const NAMES = ['wasm-eventsource', 'wasm-eventsource/slim', 'wasm-eventsource/no-wasm', 'wasm-eventsource/decoder']

const PROGRAM = `
  const source = new EventSource(process.env.EVENTS, { headers: { 'X-Token': 'secret' } })
  source.addEventListener('price', ({ data }) => { source.close(); console.log(data) })
  source.addEventListener('error', ({ message, error }) => { source.close(); console.log(message, error) })`

const DECODING_PROGRAM = `
  const read = async () => {
    const response = await fetch(process.env.EVENTS, { headers: { 'X-Token': 'secret' } })
    for await (const { data } of eventsFrom(response)) return console.log(data)
  }
  read()`

/** Versions of Node.js beside the one that runs this; npm has them all for Linux. */
const NODES = process.platform === 'linux' ? ['20.11.0', '20.20.2', '22.23.3', '26.10.0'] : []
const folder = makeProject('runtimes', {
  dependencies: {
    deno: '2.9.6',
    bun: '1.4.5',
    ...Object.fromEntries(NODES.map((version) => [`node-${version}`, `npm:node-linux-${process.arch}@${version}`])),
  },
  files: Object.fromEntries(
    NAMES.flatMap((name) => {
      const file = name.replaceAll('/', '-')
      const [imported, program] = name.endsWith('decoder') ? ['eventsFrom', DECODING_PROGRAM] : ['EventSource', PROGRAM]
      return [
        [`${file}.mjs`, `import { ${imported} } from '${name}'\nimport process from 'node:process'\n${program}`],
        [`${file}.cjs`, `const { ${imported} } = require('${name}')\n${program}`],
      ]
    }),
  ),
})

/** @type {Record<string, { program: string, args?: string[], version: string }>} */
const RUNTIMES = {
  [`Node.js ${process.versions.node}`]: { program: process.execPath, version: process.versions.node },
  ...Object.fromEntries(
    NODES.map((version) => [
      `Node.js ${version}`,
      { program: join(folder, 'node_modules', `node-${version}`, 'bin', 'node'), version },
    ]),
  ),
  Deno: {
    program: join(folder, 'node_modules', '.bin', 'deno'),
    args: ['run', '--allow-net', '--allow-read', '--allow-env', '--no-prompt', '--no-remote'],
    version: versionOf(folder, 'deno'),
  },
  Bun: { program: join(folder, 'node_modules', '.bin', 'bun'), args: ['run'], version: versionOf(folder, 'bun') },
}

for (const [tool, { program, args = [], version }] of Object.entries(RUNTIMES)) {
  for (const name of NAMES) {
    for (const how of ['import', 'require']) {
      it(`${tool}: ${how} ${name}`, async () => {
        const file = `${name.replaceAll('/', '-')}.${how === 'import' ? 'mjs' : 'cjs'}`
        assert.equal(await runLater(program, [...args, file], folder, { EVENTS: events.events }), '"secret"\n')
        tell({ table: 'Runtimes', tool, version, what: `${how} ${name}`, result: 'works' })
      })
    }
  }
}

// Runners of tests, which bring globals of their own.

/** @param {string} load */
const TEST = (load) => `${load}
test('receives', async () => {
  const token = await new Promise((resolve, reject) => {
    const source = new EventSource(process.env.EVENTS, { headers: { 'X-Token': 'secret' }, reconnect: false })
    source.addEventListener('price', ({ data }) => { source.close(); resolve(data) })
    source.addEventListener('error', ({ message, error }) => reject(new Error(message + ' ' + (error && error.stack))))
  })
  expect(token).toBe('"secret"')
})
test('decodes', async () => {
  const decoder = new EventStreamDecoder()
  const [event] = decoder.decode(new TextEncoder().encode('data: a\\n\\n'))
  expect(event.data).toBe('a')
})
`

/**
 * @typedef {object} Runner
 * @property {string} name
 * @property {string} environment
 * @property {string} package
 * @property {Record<string, string>} dependencies
 * @property {object} [manifest]
 * @property {Record<string, string>} files
 * @property {[string, ...string[]]} command
 * @property {string} [result]
 */

const VITEST = { vitest: '4.1.12' }
/** @type {Runner[]} */
const RUNNERS = [
  ...['node', 'jsdom', 'happy-dom'].map((environment) => ({
    name: 'Vitest',
    environment,
    package: 'vitest',
    dependencies: { ...VITEST, jsdom: '26.1.0', 'happy-dom': '20.8.9' },
    files: {
      'app.test.js': TEST(
        "import { expect, test } from 'vitest'\nimport { EventSource, EventStreamDecoder } from 'wasm-eventsource'",
      ),
    },
    command: /** @type {[string, ...string[]]} */ (['vitest', 'run', '--environment', environment]),
  })),
  ...['default', 'jsdom', 'jest-fixed-jsdom'].map((environment) => ({
    name: 'Jest',
    environment,
    package: 'jest',
    dependencies: { '@babel/preset-env': '7.29.14', jest: '30.5.2', 'jest-environment-jsdom': '30.5.2', 'jest-fixed-jsdom': '0.0.11' },
    manifest: { type: 'commonjs' },
    files: {
      'app.test.js': TEST("import { EventSource, EventStreamDecoder } from 'wasm-eventsource'"),
      'babel.config.cjs': "module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] }",
      'plain.test.js': TEST("const { EventSource, EventStreamDecoder } = require('wasm-eventsource')"),
    },
    command: /** @type {[string, ...string[]]} */ (
      ['jest'].concat(environment === 'default' ? [] : ['--env', environment])
    ),
  })),
]

for (const { name, environment, dependencies, manifest = {}, files, command, package: owner } of RUNNERS) {
  it(`${name}, ${environment}`, async () => {
    const folder = makeProject(`runners-${name.toLowerCase()}`, { dependencies, manifest, files })
    const [program, ...args] = command
    const running = runLater(join(folder, 'node_modules', '.bin', program), args, folder, { EVENTS: events.events })
    let result = 'works'
    if (environment === 'jsdom' && name === 'Jest') {
      // Unlike that of Vitest, it hides what Node has and jsdom does not.
      const said = await running.then(() => 'passed', ({ message }) => message)
      assert.match(said, /cannot run here without Request and ReadableStream\..* take the environment jest-fixed-jsdom/)
      assert.match(said, /cannot run here without TextDecoder and TextEncoder\..* take the environment jest-fixed-jsdom/)
      // Of two files, with two tests each; to import it is no fault.
      assert.match(said, /Tests: +4 failed, 4 total/)
      result = "can be imported; what connects or decodes throws an error that says to take the environment `jest-fixed-jsdom`, as Jest's jsdom hides `TextDecoder`, `fetch` and streams"
    } else {
      await running
    }
    tell({ table: 'Runners of tests', tool: name, version: versionOf(folder, owner), what: environment, result })
  })
}
