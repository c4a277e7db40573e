// @ts-check
/** Runs a test in its long form, and reads the figures that it leaves: lines of JSON. */

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** @typedef {Record<string, string | number>} Figures */

/**
 * Runs a program, and passes on what it says.
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} environment
 * @returns {Promise<string>} its output; rejected if it fails
 */
export async function output(program, args, environment) {
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ piece) => {
    text += piece
    process.stderr.write(piece)
  })
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (status !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${status}; what it said is above`)
  return text
}

/** The lines of a text that are JSON. @param {string} text @returns {Figures[]} */
export function figuresIn(text) {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

/**
 * Runs a file of tests, which writes its figures to a file that an environment variable names.
 * @param {string} file
 * @param {string} variable
 * @param {Record<string, string>} environment
 */
export async function figuresOfTest(file, variable, environment) {
  const folder = mkdtempSync(path.join(tmpdir(), 'wasm-eventsource-figures-'))
  const figures = path.join(folder, 'figures.jsonl')
  try {
    await output(process.execPath, ['--test', '--test-reporter=tap', file], { ...environment, [variable]: figures })
    if (!existsSync(figures)) throw new Error(`${file} has left no figures`)
    return figuresIn(readFileSync(figures, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
