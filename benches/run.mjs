// @ts-check
/** `npm run bench`: measures the built package beside the others, in a real browser. */

import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { bundleClients, ensureRivals, rivalVersions } from './bundles.mjs'
import { CORPORA } from './corpora.mjs'
import { Page } from './page.mjs'
import { throughputReport } from './report.mjs'
import { measureThroughput } from './throughput.mjs'

const OUTPUT = fileURLToPath(new URL('../target/bench/', import.meta.url))

const USAGE = `Usage: npm run bench [-- options]
  --browser chromium|firefox|webkit   chromium by default
  --only PART,…     some of ${parts().join(', ')}
  --corpus NAME,…   some of ${CORPORA.join(', ')}
  --quick           fewer and shorter runs, whose figures say little`

function parts() {
  return ['server', 'memory', 'parse']
}

const { values } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    only: { type: 'string', default: parts().join() },
    corpus: { type: 'string', default: CORPORA.join() },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(USAGE)
  process.exit()
}

ensureRivals()
await bundleClients()
const page = await Page.open(/** @type {any} */ (values.browser))
try {
  const started = Date.now()
  const cells = await measureThroughput(
    page,
    {
      rounds: values.quick ? 3 : 5,
      duration: values.quick ? 40 : 150,
      corpora: /** @type {any} */ (values.corpus.split(',')),
      tables: /** @type {any} */ (values.only.split(',')),
    },
    (text) => process.stderr.write(`${Math.round((Date.now() - started) / 1000)} s  ${text}\n`),
  )
  console.log(throughputReport(cells))
  mkdirSync(OUTPUT, { recursive: true })
  const file = path.join(OUTPUT, `${page.name}.json`)
  writeFileSync(file, JSON.stringify({ packages: rivalVersions(), cells }, null, 2))
} finally {
  await page.close()
}
