// @ts-check
/**
 * `npm run supply-chain`: what everything here is made of. Checks licences, sources and locked versions,
 * and known vulnerabilities where the lists of them can be reached; and writes the bill of materials of
 * the package, in CycloneDX, to `target/wasm-eventsource.cdx.json`.
 */

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { compiledIn } from '../pkg-template/build/notices.mjs'
import { cargoTool } from '../pkg-template/build/tools.mjs'
import { importFrom } from './npm-folder.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CARGO_DENY_VERSION = '0.20.2'
const CYCLONEDX = join(ROOT, 'tests', 'supply-chain')

/** The manifests of the workspaces. */
const WORKSPACES = ['Cargo.toml', 'fuzz/Cargo.toml']

/** The folders whose npm packages are locked. */
export const NPM_FOLDERS = ['.', 'benches/browser', 'tests/install/typescript', 'tests/mutants', 'tests/supply-chain']

const REGISTRY = 'https://registry.npmjs.org/'

/** What has to be mended, and what could not be told. */
export class Findings {
  /** @type {string[]} */
  failed = []
  /** @type {string[]} */
  unchecked = []
}

/**
 * Checks everything, and prints what it finds.
 * @returns {Promise<Findings>}
 */
export async function checkSupplyChain() {
  const findings = new Findings()
  const cargoDeny = await cargoTool('cargo-deny', CARGO_DENY_VERSION)
  for (const manifest of WORKSPACES) {
    const deny = (/** @type {string[]} */ ...what) => cargoDenyChecks(cargoDeny, manifest, what)
    const { status, stderr } = deny('licenses', 'bans', 'sources')
    if (status !== 0) findings.failed.push(`${manifest}: licences, bans or sources\n${stderr}`)
    const advisories = deny('advisories')
    if (advisories.status !== 0) {
      const isUnreachable = /failed to (?:fetch|load|open|clone).*advisory database/i.test(advisories.stderr)
      findings[isUnreachable ? 'unchecked' : 'failed'].push(`${manifest}: advisories\n${advisories.stderr}`)
    }
  }
  for (const folder of NPM_FOLDERS) {
    const open = unlocked(readLock(folder))
    findings.failed.push(...open.map((path) => `${folder}/package-lock.json: ${path} is not from ${REGISTRY}, or has no SHA-512`))
    audit(folder, findings)
  }
  return findings
}

/**
 * @param {string} cargoDeny
 * @param {string} manifest
 * @param {string[]} what
 */
function cargoDenyChecks(cargoDeny, manifest, what) {
  const args = ['--manifest-path', manifest, '--workspace', '--locked', '--config', join(ROOT, 'deny.toml'), 'check', '--hide-inclusion-graph', ...what]
  return spawnSync(cargoDeny, args, { cwd: ROOT, encoding: 'utf8' })
}

/**
 * What a lock file leaves open: each package is to come from the registry, which may go without saying,
 * with a digest of its bytes.
 * @param {{ packages: Record<string, { resolved?: string, integrity?: string }> }} lock
 * @returns {string[]} the paths of the packages that do not
 */
export function unlocked({ packages }) {
  return Object.entries(packages)
    .filter(([path, { resolved = REGISTRY, integrity = '' }]) => {
      const isLocked = resolved.startsWith(REGISTRY) && /^sha512-/.test(integrity)
      return path !== '' && !isLocked
    })
    .map(([path]) => path)
}

/** @param {string} folder - one of {@link NPM_FOLDERS} */
export function readLock(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package-lock.json'), 'utf8'))
}

/**
 * Asks the registry for known vulnerabilities.
 * @param {string} folder
 * @param {Findings} findings
 */
function audit(folder, findings) {
  const { stdout } = spawnSync('npm', ['audit', '--json', '--package-lock-only'], {
    cwd: join(ROOT, folder),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  const { vulnerabilities, message } = JSON.parse(stdout)
  if (vulnerabilities === undefined) findings.unchecked.push(`${folder}: npm audit: ${message}`)
  else for (const name of Object.keys(vulnerabilities)) findings.failed.push(`${folder}: npm audit: ${name}: ${vulnerabilities[name].severity}`)
}

/** What cargo's lock file says of the bytes of a crate. @param {string} name @param {string} version */
function checksumOf(name, version) {
  const lock = readFileSync(join(ROOT, 'Cargo.lock'), 'utf8').replaceAll('\r\n', '\n')
  const found = lock.split('\n\n').find((block) => block.includes(`name = "${name}"\nversion = "${version}"\n`))
  const checksum = /^checksum = "([0-9a-f]{64})"$/m.exec(found ?? '')?.[1]
  if (checksum === undefined) throw new Error(`Cargo.lock has no checksum of ${name} ${version}`)
  return checksum
}

/**
 * The bill of materials of the package, in CycloneDX 1.6: what is compiled into it. It has no date and no
 * number of its own, so that the same sources give the same bytes.
 * @returns {Promise<string>} JSON
 */
export async function billOfMaterials() {
  const { Enums, Models, Serialize, Spec, Validation } = await importFrom(CYCLONEDX, '@cyclonedx/cyclonedx-library')
  /** @param {string} name @param {string} version @param {string} purl @param {string | null} license @param {object} [rest] */
  const component = (name, version, purl, license, rest) => {
    const made = new Models.Component(Enums.ComponentType.Library, name, { version, purl, bomRef: purl, ...rest })
    if (license !== null) made.licenses.add(new Models.LicenseExpression(license.replaceAll('/', ' OR ')))
    return made
  }
  const version = /^version = "(.+)"$/m.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8'))?.[1]
  if (version === undefined) throw new Error('Cargo.toml names no version')
  const bom = new Models.Bom()
  const root = component('wasm-eventsource', version, `pkg:npm/wasm-eventsource@${version}`, 'MIT OR Apache-2.0')
  bom.metadata.component = root
  for (const { name, version, license } of compiledIn()) {
    const hashes = new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], checksumOf(name, version)]])
    const crate = component(name, version, `pkg:cargo/${name}@${version}`, license, { hashes })
    bom.components.add(crate)
    root.dependencies.add(crate.bomRef)
  }
  const { stdout } = spawnSync('rustc', ['--version'], { encoding: 'utf8', cwd: ROOT })
  const rust = /^rustc (\S+)/.exec(stdout)?.[1]
  if (rust === undefined) throw new Error('`rustc --version` tells no version')
  const std = component('std', rust, `pkg:generic/rust-std@${rust}`, 'MIT OR Apache-2.0')
  bom.components.add(std)
  root.dependencies.add(std.bomRef)

  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6))
  const text = `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`
  const error = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)
  if (error !== null) throw new Error(`The bill of materials is not valid: ${JSON.stringify(error)}`)
  return text
}

/** Writes the bill of materials. @param {string} path */
export async function writeBillOfMaterials(path) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, await billOfMaterials())
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { failed, unchecked } = await checkSupplyChain()
  for (const what of failed) console.error(`Failed: ${what}`)
  for (const what of unchecked) console.error(`Could not be checked here: ${what}`)
  const path = join(ROOT, 'target', 'wasm-eventsource.cdx.json')
  await writeBillOfMaterials(path)
  console.log(`The bill of materials: ${path}`)
  process.exitCode = failed.length === 0 ? 0 : 1
}
