// @ts-check
/** The tarball itself: what is in it, what its manifest says, and that both agree. */

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { makeProject, pack, run } from './project.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = join(ROOT, 'node_modules', '.bin')
const folder = makeProject('tarball')
const PACKAGE = join(folder, 'node_modules', 'wasm-eventsource')
/** @param {string} file */
const read = (file) => readFileSync(join(PACKAGE, file), 'utf8')
const manifest = JSON.parse(read('package.json'))
const files = readdirSync(PACKAGE, { recursive: true }).map(String).filter((file) => statSync(join(PACKAGE, file)).isFile())

/** The entry points that are modules, whose exports are declared. */
const MODULES = ['.', './slim', './no-wasm', './decoder', './eventsource-parser', './fetch-event-source']

it('has nothing for publint to say', () => {
  run(join(BIN, 'publint'), [PACKAGE, '--strict'], folder)
})

it('has nothing for Are The Types Wrong to say', () => {
  run(join(BIN, 'attw'), [pack()], folder)
})

it('needs no other package, and runs nothing when it is installed', () => {
  for (const member of ['dependencies', 'peerDependencies', 'optionalDependencies', 'scripts', 'bin']) {
    assert.equal(manifest[member], undefined, member)
  }
})

it('says where it comes from, and what it is for', () => {
  assert.match(manifest.repository.url, /^git\+https:/)
  for (const url of [manifest.homepage, manifest.bugs]) assert.match(url, /^https:/)
  assert.equal(manifest.license, 'MIT OR Apache-2.0')
  assert.match(manifest.engines.node, /^>=20/)
})

it('names types first wherever it names them', () => {
  /** @param {unknown} conditions */
  const visit = (conditions) => {
    if (typeof conditions !== 'object' || conditions === null) return
    const names = Object.keys(conditions)
    if (names.includes('types')) assert.equal(names[0], 'types')
    for (const value of Object.values(conditions)) visit(value)
  }
  visit(manifest.exports)
})

it('has every file that its manifest names', () => {
  const named = JSON.stringify(manifest).match(/(?<=")\.\/[^"*]+/g) ?? []
  for (const file of named) {
    if (!(file in manifest.exports)) assert.ok(existsSync(join(PACKAGE, file)), file)
  }
})

it('has the licences, and the notices of what is compiled in', () => {
  assert.match(read('LICENSE-MIT'), /Permission is hereby granted/)
  assert.match(read('LICENSE-APACHE'), /Apache License/)
  const notices = read('THIRD-PARTY-NOTICES.txt')
  for (const crate of ['memchr', 'wasm-bindgen', 'js-sys', 'rlsf', 'serde', 'web-sys']) {
    assert.match(notices, new RegExp(`^${crate} \\d`, 'm'))
  }
})

it('has a version that its changelog tells of', () => {
  assert.match(manifest.version, /^\d+\.\d+\.\d+/)
  assert.match(read('CHANGELOG.md'), new RegExp(`^## ${manifest.version.replaceAll('.', '\\.')}\\b`, 'm'))
})

it('has source maps with the sources', () => {
  const scripts = files.filter((file) => /\.c?js$/.test(file))
  assert.ok(scripts.length > 10)
  for (const script of scripts) {
    const [, map] = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(read(script)) ?? []
    assert.ok(map, script)
    const { sources, sourcesContent, mappings } = JSON.parse(read(map))
    assert.ok(mappings.length > 100, map)
    for (const [index, source] of sources.entries()) {
      // What tools have generated is left out.
      const isGenerated = !source.startsWith('pkg-template/')
      assert.equal(typeof sourcesContent[index], isGenerated ? 'object' : 'string', `${map}: ${source}`)
    }
  }
})

it('tells nothing of the machine that it was made on', () => {
  const paths = [ROOT, process.env.HOME].filter((path) => path !== undefined && path.length > 1)
  for (const file of files) {
    const content = readFileSync(join(PACKAGE, file), 'latin1')
    for (const path of paths) assert.ok(!content.includes(`${path}/`.replace('//', '/')), `${file} has ${path}`)
  }
})

it('has one declaration for each entry point', () => {
  const declarations = files.filter((file) => file.endsWith('.d.ts')).sort()
  assert.deepEqual(declarations, [
    'decoder.d.ts',
    'eventsource-parser.d.ts',
    'fetch-event-source.d.ts',
    'index.d.ts',
    'no-wasm.d.ts',
    'polyfill.d.ts',
    'polyfill.no-wasm.d.ts',
    'slim.d.ts',
    'wasm_eventsource_bg.wasm.d.ts',
  ])
})

it('exports what it declares, and nothing else, to import and to require', async () => {
  const require = createRequire(join(folder, 'index.js'))
  for (const entryPoint of MODULES) {
    const name = join('wasm-eventsource', entryPoint)
    const { import: imported, require: required, node } = manifest.exports[entryPoint]
    const conditions = node ?? { import: imported, require: required }
    const module = await import(join(PACKAGE, conditions.import.default))
    const declared = await declaredIn(conditions.import.types)
    assert.deepEqual(Object.keys(module).sort(), declared, name)
    const twin = Object.keys(require(name)).filter((key) => key !== '__esModule')
    assert.deepEqual(twin.sort(), declared, name)
  }
})

/**
 * What a declaration says that there is at run time.
 * @param {string} file
 * @returns {Promise<string[]>}
 */
async function declaredIn(file) {
  // TypeScript 7 has no interface for programs.
  const { default: typescript } = await import(join(ROOT, 'node_modules', '@typescript', 'typescript6', 'lib', 'typescript.js'))
  const path = join(PACKAGE, file)
  const program = typescript.createProgram([path], { module: 99, moduleResolution: 100, target: 9 })
  const checker = program.getTypeChecker()
  const symbol = checker.getSymbolAtLocation(program.getSourceFile(path))
  const names = checker.getExportsOfModule(symbol).filter((/** @type {any} */ exported) => {
    const { flags } = exported.flags & typescript.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    return (flags & typescript.SymbolFlags.Value) !== 0
  })
  return names.map((/** @type {any} */ { name }) => name).sort()
}

it('has a README whose links work on the page of the registry', () => {
  const text = read('README.md')
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => /** @type {string} */ (link))
  assert.ok(links.length > 5)
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    `#${/** @type {string} */ (title).toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-')}`,
  )
  const repository = manifest.repository.url.replace(/^git\+|\.git$/g, '')
  for (const link of links) {
    if (link.startsWith('#')) assert.ok(anchors.includes(link), link)
    else if (link.startsWith(`${repository}/blob/main/`)) {
      const path = link.slice(`${repository}/blob/main/`.length).replace(/#.*/, '')
      assert.ok(existsSync(join(ROOT, path)), link)
    } else assert.match(link, /^https:\/\//)
  }
})

it('is packed from the same files to the same bytes', () => {
  const digest = () => createHash('sha256').update(readFileSync(pack())).digest('hex')
  const first = digest()
  run('npm', ['pack', '--silent', '--pack-destination', join(pack(), '..')], join(ROOT, 'pkg'))
  assert.equal(digest(), first)
})
