// @ts-check
/**
 * The command line tools that the wasm build needs, installed when missing.
 *
 * They are kept in a folder of the user's cache, one per tool and version:
 * all clones of the project share them, and `cargo install`'s own folder, where
 * only one version of a tool can live, stays as it is.
 */
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const WASM_PACK_VERSION = '0.15.1'
const WASM_TARGET = 'wasm32-unknown-unknown'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = path.resolve(
  process.env.WASM_EVENTSOURCE_CACHE ||
    path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'wasm-eventsource'),
)

/**
 * @typedef {object} WasmTools
 * @property {string} wasmPack absolute path
 * @property {string} wasmBindgen absolute path
 * @property {NodeJS.ProcessEnv} environment this process's, with a PATH that begins with the folders of the two tools
 */

/**
 * Makes sure that everything the wasm build needs is there.
 *
 * @returns {Promise<WasmTools>}
 */
export async function wasmTools() {
  ensureWasmTarget()
  const wasmPack = await cargoTool('wasm-pack', WASM_PACK_VERSION)
  // The command line tool and the crate must be of exactly the same version: they share an unstable format.
  const wasmBindgen = await cargoTool('wasm-bindgen-cli', lockedVersion('wasm-bindgen'), 'wasm-bindgen')
  return { wasmPack, wasmBindgen, environment: withPath([wasmBindgen, wasmPack].map((tool) => path.dirname(tool))) }
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
 * @param {string} [executable] the executable's name, where it is not the crate's
 * @returns {Promise<string>} the executable's absolute path
 */
export async function cargoTool(name, version, executable = name) {
  const file = process.platform === 'win32' ? `${executable}.exe` : executable
  const destination = path.join(cache, 'tools', `${name}-${version}`)
  const installed = path.join(destination, 'bin', file)
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute)
  const candidates = [...onPath.map((folder) => path.join(folder, file)), installed]
  /** @param {string} candidate */
  const isRight = (candidate) => versionOf(candidate) === version
  const found = candidates.find(isRight)
  if (found) return found
  await install(name, version, (built) => move(built, destination, () => isRight(installed)))
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

function ensureWasmTarget() {
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
 * @param {(built: string) => void} keep called with the folder that was built, which is removed afterwards
 */
async function install(name, version, keep) {
  ensureRust('cargo')
  tell(`Installing ${name} ${version} (compiled from source, which takes some minutes).`)
  // Built aside and then moved: another process that installs the same tool
  // never sees a part of it, and an interrupted build leaves nothing that looks finished.
  const temp = temporaryFolder(`${name}-${version}-`)
  const log = path.join(cache, 'logs', `${path.basename(temp)}.log`)
  fs.mkdirSync(path.dirname(log), { recursive: true })
  try {
    const built = path.join(temp, 'root')
    const command = ['install', '--root', built, '--target-dir', path.join(temp, 'target'), '--version', version, name]
    // With the tool's own lock file first, which gives everybody the same build. Some
    // registries lack a version that it names, so the second try chooses anew.
    if (!(await cargo([...command, '--locked'], log)) && !(await cargo(command, log))) {
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
 * @param {string[]} args
 * @param {string} log the file that the output is added to
 * @returns {Promise<boolean>} whether it succeeded
 */
function cargo(args, log) {
  const environment = { ...process.env }
  // Meant for the project's own code: they would build a tool that does not run here, or not at all.
  for (const name of ['CARGO_BUILD_TARGET', 'CARGO_ENCODED_RUSTFLAGS', 'RUSTFLAGS']) delete environment[name]
  const output = fs.openSync(log, 'a')
  fs.writeSync(output, `> cargo ${args.join(' ')}\n`)
  const child = spawn('cargo', args, { cwd: root, env: environment, stdio: ['ignore', output, output] })
  fs.closeSync(output)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve(status === 0))
  })
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
 * @param {string[]} folders
 * @returns {NodeJS.ProcessEnv}
 */
function withPath(folders) {
  const environment = { ...process.env }
  // Windows may call it `Path`, and two spellings of one name in an environment are one too many.
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  environment[name] = [...new Set(folders), environment[name]].filter(Boolean).join(path.delimiter)
  return environment
}

/** @param {string} line */
function tell(line) {
  // Not the standard output, which may be what a script is called for.
  process.stderr.write(`${line}\n`)
}
