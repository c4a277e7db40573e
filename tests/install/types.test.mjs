// @ts-check
/** The declarations, strictly checked by each version of TypeScript that they are for. */

import { copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { tell } from './matrix/results.mjs'
import { makeProject, run } from './project.mjs'

const USAGE = fileURLToPath(new URL('types/', import.meta.url))
const VERSIONS = fileURLToPath(new URL('typescript/', import.meta.url))

if (!existsSync(join(VERSIONS, 'node_modules'))) {
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], VERSIONS)
}
const versions = Object.keys(JSON.parse(readFileSync(join(VERSIONS, 'package.json'), 'utf8')).dependencies)

const folder = makeProject('types')
for (const file of readdirSync(USAGE)) copyFileSync(join(USAGE, file), join(folder, file))

const STRICTLY = [
  ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'],
  ...['--noImplicitOverride', '--noPropertyAccessFromIndexSignature', '--skipLibCheck', 'false'],
  ...['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable'],
]
const RESOLUTIONS = {
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
  nodenext: ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
}

for (const version of versions) {
  const tsc = join(VERSIONS, 'node_modules', version, 'bin', 'tsc')
  /** @type {(how: keyof typeof RESOLUTIONS, ...files: string[]) => void} */
  const check = (how, ...files) => void run(process.execPath, [tsc, ...STRICTLY, ...RESOLUTIONS[how], ...files], folder)
  /** @param {string} what @param {() => void} run */
  const test = (what, run) =>
    it(`${version}: ${what}`, () => {
      run()
      const { version: exactly } = JSON.parse(readFileSync(join(VERSIONS, 'node_modules', version, 'package.json'), 'utf8'))
      tell({ table: 'TypeScript, as strict as it can be', tool: 'TypeScript', version: exactly, what, result: 'works' })
    })
  test('what people write, for a bundler', () => check('bundler', 'usage.ts'))
  test('what people write, for Node, `import` and `require`', () => check('nodenext', 'usage.ts', 'required.cts'))
  test('the global class, and events that are declared once', () => check('bundler', 'polyfilled.ts', 'augmented.ts'))
}
