// @ts-check
/** Modules of the demo page that need no page. */

import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const PAGE = fileURLToPath(new URL('../../../www', import.meta.url))

/**
 * Bundles modules of the page, and gives what they export. They find the location of a page.
 * @param {string[]} files - below `www/`, without the extension
 * @returns {Promise<any>}
 */
export async function loadPageModules(files) {
  Object.assign(globalThis, { location: new URL('http://page.test/www/') })
  const { outputFiles } = await build({
    stdin: {
      resolveDir: PAGE,
      contents: files.map((file) => `export * from './${file}.ts'`).join('\n'),
    },
    bundle: true,
    format: 'esm',
    write: false,
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}
