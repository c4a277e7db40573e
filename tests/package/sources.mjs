// @ts-check
/** Files of TypeScript by themselves, for tests of what the package does not export. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { build } from 'esbuild'

/**
 * Imports files of `pkg-template`, and what they import. Each call makes modules of its own.
 * @param {string[]} files
 * @returns {Promise<any>} the exports of all
 */
export async function importSources(...files) {
  const { outputFiles } = await build({
    stdin: {
      contents: files.map((file) => `export * from ${JSON.stringify(`./${file}`)}\n`).join(''),
      resolveDir: fileURLToPath(new URL('../../pkg-template', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  })
  const [script] = outputFiles
  if (script === undefined) throw new Error(`esbuild has made nothing of ${files.join()}`)
  const folder = await mkdtemp(join(tmpdir(), 'eventsource-'))
  try {
    const path = join(folder, 'source.mjs')
    await writeFile(path, script.contents)
    return await import(pathToFileURL(path).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}
