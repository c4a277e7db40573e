// @ts-check
/** Makes `docs/api.md` of the comments in the declarations, as the packed tarball has them. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { makeProject, run } from './project.mjs'

const PREAMBLE = `# API

Written by \`npm run release\` from the comments in the declarations, which editors show, too. What it is for is told by
subject in [reference.md](reference.md).

`

const SETTINGS = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    types: [],
  },
  include: ['*.ts'],
}

/** @returns {string} the document */
export function apiDocument() {
  const folder = makeProject('api', {
    // TypeScript 7 has no interface for programs.
    dependencies: { typedoc: '0.28.20', 'typedoc-plugin-markdown': '4.14.1', typescript: '6.0.3' },
    files: {
      'tsconfig.json': JSON.stringify(SETTINGS),
      // Some defaults are sentences, not code.
      'typedoc.json': JSON.stringify({ jsDocCompatibility: { defaultTag: false } }),
      'index.ts': "export * from 'wasm-eventsource'\n",
    },
  })
  run(
    join(folder, 'node_modules', '.bin', 'typedoc'),
    ['--plugin', 'typedoc-plugin-markdown', '--entryPoints', 'index.ts', '--outputFileStrategy', 'modules'].concat(
      ['--readme', 'none', '--out', 'out', '--excludeExternals', '--excludePrivate', '--excludeInternal'],
      // What a class inherits from the browser's is not of ours; all else is in `node_modules`.
      ['--externalPattern', '**/typescript/**'],
      ['--disableSources', '--hideBreadcrumbs', '--hidePageHeader', '--hidePageTitle'],
    ),
    folder,
  )
  return PREAMBLE + readFileSync(join(folder, 'out', 'README.md'), 'utf8')
}
