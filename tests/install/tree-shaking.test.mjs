// @ts-check
/** What bundlers leave out: by themselves, and as webpack does, which leaves it to terser to find what is unused. */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { writeFileSync } from 'node:fs'

import esbuild from 'esbuild'
import { rollup } from 'rollup'
import { minify } from 'terser'

import { startEventServer } from './matrix/event-server.mjs'
import { makeProject, runLater } from './project.mjs'

const folder = makeProject('tree-shaking')
const PACKAGE = join(folder, 'node_modules', 'wasm-eventsource')

/** @param {string} contents @param {boolean} treeShaking */
async function bundle(contents, treeShaking) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    treeShaking,
    format: 'esm',
    write: false,
    minify: treeShaking,
  })
  return outputFiles.map(({ text }) => text).join('')
}

/** @type {Record<string, (app: string) => Promise<string>>} */
const BUNDLERS = {
  esbuild: (app) => bundle(app, true),
  async Rollup(app) {
    const input = join(folder, 'app.mjs')
    writeFileSync(input, app.replace(/'wasm-eventsource(\/decoder)?'/, (_, file = '/index') => JSON.stringify(`${PACKAGE}${file}.js`)))
    const { output } = await (await rollup({ input })).generate({ format: 'es' })
    return output[0].code
  },
  async 'terser, which webpack leaves it to'(app) {
    const { code } = await minify(await bundle(app, false), { module: true, compress: { passes: 2 } })
    return `${code}`
  },
}

/** Texts that tell what is in a bundle; each is in that of the class. */
const SIGNS = {
  'the class': 'EventSource: 1 argument required',
  'its options': 'cannot be sent twice',
  'its messages': 'Access-Control-Allow-Origin',
  'direct dispatch': 'initMessageEvent',
  WebAssembly: 'WebAssembly.Module',
}

/**
 * What must not be in an app that imports a name alone, from an entry point, and the bytes that may be.
 * @type {[name: string, from: string, absent: (keyof typeof SIGNS)[], bytes?: number][]}
 */
const WITHOUT = [
  ['EventSource', 'wasm-eventsource', []],
  ['EventStreamDecoder', 'wasm-eventsource', ['the class', 'its options', 'its messages', 'direct dispatch']],
  ['EventStreamDecoderStream', 'wasm-eventsource', ['the class', 'its options', 'its messages', 'direct dispatch']],
  ['eventsFrom', 'wasm-eventsource', ['the class', 'its options', 'direct dispatch']],
  ['json', 'wasm-eventsource', ['the class', 'its options', 'its messages', 'direct dispatch', 'WebAssembly']],
  // Its module is a third of the other.
  ['EventStreamDecoder', 'wasm-eventsource/decoder', ['the class', 'its options', 'its messages', 'direct dispatch'], 35_000],
  ['eventsFrom', 'wasm-eventsource/decoder', ['the class', 'its options', 'direct dispatch'], 40_000],
  ['json', 'wasm-eventsource/decoder', ['the class', 'its options', 'its messages', 'direct dispatch', 'WebAssembly'], 2_000],
]

/** @type {import('./matrix/event-server.mjs').EventServer} */
let server
before(async () => {
  server = await startEventServer()
})
after(() => server.stop())

for (const [name, make] of Object.entries(BUNDLERS)) {
  describe(name, () => {
    for (const [imported, from, absent, bytes = Infinity] of WITHOUT) {
      it(`leaves out what ${imported} of ${from} does not need`, async () => {
        const code = await make(`import { ${imported} } from '${from}'\nglobalThis.kept = ${imported}`)
        assert.ok(code.length < bytes, `${code.length} bytes`)
        for (const [what, sign] of Object.entries(SIGNS)) {
          const isAbsent = absent.includes(/** @type {keyof typeof SIGNS} */ (what))
          // What may be left out elsewhere has to be found where it is needed.
          if (isAbsent) assert.ok(!code.includes(sign), `${what} is in it`)
          else if (imported === 'EventSource') assert.ok(code.includes(sign), `${what} is not in it`)
        }
      })
    }

    it('leaves nothing of an import that nothing uses', async () => {
      const code = await make("import { EventSource } from 'wasm-eventsource'\nif (false) console.log(EventSource)")
      assert.ok(code.length < 1_000, `${code.length} bytes are left`)
    })

    it('makes an app that works', async () => {
      const app = `import { EventSource, json } from 'wasm-eventsource'
        for await (const token of json(new EventSource('${server.events}', { headers: { 'X-Token': 'secret' } }))) {
          console.log(token)
          break
        }`
      writeFileSync(join(folder, 'bundle.mjs'), await make(app))
      assert.equal(await runLater(process.execPath, ['bundle.mjs'], folder), 'secret\n')
    })
  })
}
