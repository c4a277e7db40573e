// @ts-check
/** Installs the packages that ours is measured beside, and makes each client a script for the page. */

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const BROWSER = fileURLToPath(new URL('browser/', import.meta.url))
const CLIENTS = path.join(BROWSER, 'clients')
const BUNDLES = fileURLToPath(new URL('../target/bench/bundles', import.meta.url))

/** @returns {Record<string, string>} the packages and their versions, as the lock file has them */
export function rivalVersions() {
  const { packages } = JSON.parse(readFileSync(path.join(BROWSER, 'package-lock.json'), 'utf8'))
  return Object.fromEntries(
    Object.entries(packages)
      .filter(([folder]) => folder !== '')
      .map(([folder, { version }]) => [folder.replace('node_modules/', ''), version]),
  )
}

/** Runs `npm ci` for the packages, unless that has been done since the lock file last changed. */
export function ensureRivals() {
  const lock = path.join(BROWSER, 'package-lock.json')
  const installed = path.join(BROWSER, 'node_modules', '.package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  process.stderr.write('Installing the packages to measure beside ours.\n')
  const { status, error } = spawnSync(
    'npm',
    ['ci', '--prefix', BROWSER, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
    { stdio: ['ignore', 2, 2] },
  )
  if (error || status !== 0) {
    throw new Error(`\`npm ci --prefix ${BROWSER}\` failed${error ? `: ${error.message}` : ''}`)
  }
}

/** Makes the scripts, one for each client, minified as a page would load them. */
export async function bundleClients() {
  const esbuild = await import('esbuild')
  await esbuild.build({
    entryPoints: readdirSync(CLIENTS).map((file) => path.join(CLIENTS, file)),
    outdir: BUNDLES,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
    // A build may be older than the decoder; its client looks whether it is there.
    logOverride: { 'import-is-undefined': 'silent' },
  })
}
