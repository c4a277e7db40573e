// @ts-check
/**
 * The command line tools that the build and the tests need, installed when missing.
 *
 * They are kept in a folder of the user's cache, one per tool and version:
 * all clones of the project share them, and `cargo install`'s own folder, where
 * only one version of a tool can live, stays as it is.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { showProgress } from './progress.mjs'

const WASM_PACK_VERSION = '0.15.1'
const WASM_TARGET = 'wasm32-unknown-unknown'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = path.resolve(
  process.env.WASM_EVENTSOURCE_CACHE ||
    path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'wasm-eventsource'),
)

/**
 * The command line tool of wasm-bindgen, of exactly the crate's version: the two share a format that
 * is not stable.
 *
 * @returns {Promise<string>} its absolute path
 */
export function ensureWasmBindgen() {
  return cargoTool('wasm-bindgen-cli', lockedVersion('wasm-bindgen'), {
    executable: 'wasm-bindgen',
    // Its only feature is TLS, for drivers of browsers on other machines.
    args: ['--no-default-features'],
  })
}

/**
 * wasm-pack, which runs the tests that are written in Rust in a browser. Nothing else needs it.
 *
 * @returns {Promise<string>} its absolute path
 */
export function ensureWasmPack() {
  return cargoTool('wasm-pack', WASM_PACK_VERSION)
}

/** Makes sure that Rust can compile to WebAssembly. */
export function ensureWasmTarget() {
  ensureRust('rustup')
  ensureRust('cargo')
  // In the root folder, so that a toolchain that is chosen for this project counts.
  const installed = spawnSync('rustup', ['target', 'list', '--installed'], { cwd: root, encoding: 'utf8' })
  if (installed.status !== 0) throw new Error(`\`rustup target list --installed\` failed:\n${installed.stderr}`)
  if (installed.stdout.split(/\s+/).includes(WASM_TARGET)) return
  tell(`Adding the Rust target ${WASM_TARGET}.`)
  const added = spawnSync('rustup', ['target', 'add', WASM_TARGET], { cwd: root, encoding: 'utf8' })
  if (added.status !== 0) throw new Error(`\`rustup target add ${WASM_TARGET}\` failed:\n${added.stderr}`)
}

/**
 * Whether the source of Rust's standard library is there to build it from; it is fetched if rustup
 * can.
 */
export function hasStandardLibrarySource() {
  const { stdout } = spawnSync('rustc', ['--print', 'sysroot'], { cwd: root, encoding: 'utf8' })
  const source = path.join(stdout.trim(), 'lib', 'rustlib', 'src', 'rust', 'library', 'Cargo.lock')
  if (!fs.existsSync(source)) {
    spawnSync('rustup', ['component', 'add', 'rust-src'], { cwd: root, stdio: 'ignore' })
  }
  return fs.existsSync(source)
}

/**
 * An executable from crates.io at exactly this version: the one on the PATH,
 * or one that was installed before, or else one that is installed now.
 *
 * @param {string} name the crate's
 * @param {string} version
 * @param {object} [options]
 * @param {string} [options.executable] the executable's name, where it is not the crate's
 * @param {string[]} [options.args] further arguments of `cargo install`
 * @returns {Promise<string>} the executable's absolute path
 */
export async function cargoTool(name, version, { executable = name, args = [] } = {}) {
  const file = process.platform === 'win32' ? `${executable}.exe` : executable
  const destination = path.join(cache, 'tools', `${name}-${version}`)
  const installed = path.join(destination, 'bin', file)
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute)
  const candidates = [...onPath.map((folder) => path.join(folder, file)), installed]
  /** @param {string} candidate */
  const isRight = (candidate) => versionOf(candidate) === version
  const found = candidates.find(isRight)
  if (found) return found
  await install(name, version, args, (built) => move(built, destination, () => isRight(installed)))
  return installed
}

/** @param {'cargo' | 'rustup'} program */
function ensureRust(program) {
  const { status, error, stderr } = spawnSync(program, ['--version'], { cwd: root, encoding: 'utf8' })
  if (status === 0) return
  throw new Error(
    `\`${program}\` is needed, but ${error ? 'was not found' : `does not run:\n${stderr}`}\n` +
      'Install Rust with rustup from https://rustup.rs, then open a new terminal.',
  )
}

/**
 * @param {string} crate
 * @returns {string} its version in the root Cargo.lock
 */
function lockedVersion(crate) {
  const lock = path.join(root, 'Cargo.lock')
  const text = fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : ''
  const version = new RegExp(`^name = "${crate}"\\r?\\nversion = "(.+)"`, 'm').exec(text)?.[1]
  if (!version) throw new Error(`${lock} names no version of ${crate}. Type \`cargo generate-lockfile\` in ${root}.`)
  return version
}

/**
 * @param {string} executable
 * @returns {string | undefined} what it calls its version
 */
function versionOf(executable) {
  if (!fs.existsSync(executable)) return undefined
  const { stdout } = spawnSync(executable, ['--version'], { encoding: 'utf8' })
  return /\s(\d+\.\d+\.\d+\S*)/.exec(stdout ?? '')?.[1]
}

/**
 * @param {string} name
 * @param {string} version
 * @param {string[]} args further arguments of `cargo install`
 * @param {(built: string) => void} keep called with the folder that was built, which is removed afterwards
 */
async function install(name, version, args, keep) {
  ensureRust('cargo')
  tell(`Installing ${name} ${version}: it is compiled, once for all clones, which takes a minute or two.`)
  // Built aside and then moved: another process that installs the same tool
  // never sees a part of it, and an interrupted build leaves nothing that looks finished.
  const temp = temporaryFolder(`${name}-${version}-`)
  const log = path.join(cache, 'logs', `${path.basename(temp)}.log`)
  fs.mkdirSync(path.dirname(log), { recursive: true })
  try {
    const built = path.join(temp, 'root')
    const command = ['install', name, '--version', version, ...args, '--root', built, '--target-dir', path.join(temp, 'target')]
    // With the tool's own lock file first, which gives everybody the same build. Some
    // registries lack a version that it names, so the second try chooses anew.
    if (!(await cargoInstall(name, [...command, '--locked'], log)) && !(await cargoInstall(name, command, log))) {
      throw new Error(
        `Installing ${name} ${version} with cargo failed. The whole output is in ${log}, and ends with:\n${lastLines(log)}`,
      )
    }
    keep(built)
    fs.rmSync(log)
  } finally {
    fs.rmSync(temp, { recursive: true, force: true })
  }
}

/**
 * @param {string} prefix
 * @returns {string} a new folder in the cache, on the file system that the tools are on
 */
function temporaryFolder(prefix) {
  const parent = path.join(cache, 'temp')
  fs.mkdirSync(parent, { recursive: true })
  const yesterday = Date.now() - 24 * 60 * 60 * 1000
  for (const entry of fs.readdirSync(parent)) {
    // Left by an installation that was killed; a build takes hundreds of megabytes.
    const left = path.join(parent, entry)
    if ((fs.statSync(left, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < yesterday) {
      fs.rmSync(left, { recursive: true, force: true })
    }
  }
  return fs.mkdtempSync(path.join(parent, prefix))
}

/**
 * @param {string} name the crate's
 * @param {string[]} args
 * @param {string} log the file that the output is added to
 * @returns {Promise<boolean>} whether it succeeded
 */
async function cargoInstall(name, args, log) {
  // What optimising takes is never won back: wasm-bindgen, for one, works for a tenth of a second, and
  // is compiled in a third of the time.
  /** @type {NodeJS.ProcessEnv} */
  const environment = { ...process.env, CARGO_PROFILE_RELEASE_OPT_LEVEL: '0' }
  // Meant for the project's own code: they would build a tool that does not run here, or not at all.
  for (const name of ['CARGO_BUILD_TARGET', 'CARGO_ENCODED_RUSTFLAGS', 'RUSTFLAGS']) delete environment[name]
  fs.appendFileSync(log, `> cargo ${args.join(' ')}\n`)
  const child = spawn('cargo', args, { cwd: root, env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
  let crates = 0
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    fs.appendFileSync(log, text)
    crates += text.match(/^ +Compiling /gm)?.length ?? 0
  })
  const end = showProgress(() => `${name}: ${crates} crates`)
  try {
    const [status] = await once(child, 'close')
    return status === 0
  } finally {
    end()
  }
}

/**
 * @param {string} built
 * @param {string} destination
 * @param {() => boolean} isUsable whether what is at the destination is good
 */
function move(built, destination, isUsable) {
  fs.mkdirSync(path.dirname(destination), { recursive: true })
  try {
    fs.renameSync(built, destination)
  } catch {
    // Another process that installed the same was faster, or there are remains that do not run.
    if (isUsable()) return
    fs.rmSync(destination, { recursive: true, force: true })
    fs.renameSync(built, destination)
  }
}

/**
 * @param {string} file
 * @returns {string}
 */
function lastLines(file) {
  return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n')
}

/**
 * @param {string[]} tools absolute paths
 * @returns {NodeJS.ProcessEnv} this process's, with a PATH that begins with the folders of the tools
 */
export function environmentWith(tools) {
  const environment = { ...process.env }
  // Windows may call it `Path`, and two spellings of one name in an environment are one too many.
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  environment[name] = [...new Set(tools.map((tool) => path.dirname(tool))), environment[name]].filter(Boolean).join(path.delimiter)
  return environment
}

/** @param {string} line */
function tell(line) {
  // Not the standard output, which may be what a script is called for.
  process.stderr.write(`${line}\n`)
}
