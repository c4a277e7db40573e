// @ts-check
/** Installs the packages that ours is measured beside, and makes each client a script for the page. */

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const BROWSER = fileURLToPath(new URL('browser/', import.meta.url))
const CLIENTS = path.join(BROWSER, 'clients')
const PACKAGE = fileURLToPath(new URL('../pkg', import.meta.url))
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

/**
 * Makes the scripts, one for each client, minified as a page would load them.
 * @param {string} [before] the folder of another build of the package; its clients are named `before-…`
 */
export async function bundleClients(before) {
  const files = readdirSync(CLIENTS)
  await bundle(files.map((file) => ({ in: path.join(CLIENTS, file), out: path.parse(file).name })))
  if (before === undefined) return
  const ours = files.filter((file) => file.startsWith('ours-'))
  await bundle(
    ours.map((file) => ({
      in: path.join(CLIENTS, file),
      out: path.parse(file).name.replace('ours-', 'before-'),
    })),
    before,
  )
}

/**
 * @param {{ in: string, out: string }[]} entryPoints
 * @param {string} [otherPackage] the folder of the build to take in the place of `pkg/`
 */
async function bundle(entryPoints, otherPackage) {
  const esbuild = await import('esbuild')
  /** @type {import('esbuild').Plugin} */
  const replacing = {
    name: 'another build of the package',
    setup({ onResolve }) {
      onResolve({ filter: /\/pkg\/[^/]+\.js$/ }, ({ path: specifier }) => ({
        path: path.resolve(otherPackage ?? PACKAGE, path.basename(specifier)),
      }))
    },
  }
  await esbuild.build({
    entryPoints,
    outdir: BUNDLES,
    plugins: [replacing],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
    // A build may be older than the decoder; its client looks whether it is there.
    logOverride: { 'import-is-undefined': 'silent' },
  })
}
