// @ts-check
/** Puts a browser to sleep, as a machine does whose lid is closed: none of its processes runs. */

import { setTimeout as wait } from 'node:timers/promises'

/**
 * @param {import('../../package/browsers.mjs').OpenBrowser} browser
 * @param {number} ms how long
 * @param {() => void} [meanwhile] called in the middle
 */
export async function sleepFor(browser, ms, meanwhile) {
  const ids = browser.processes().filter((id) => id !== process.pid)
  signal(ids, 'SIGSTOP')
  try {
    await wait(ms / 2)
    meanwhile?.()
    await wait(ms / 2)
  } finally {
    signal(ids, 'SIGCONT')
  }
}

/** @param {number[]} ids @param {NodeJS.Signals} name */
function signal(ids, name) {
  for (const id of ids) {
    try {
      process.kill(id, name)
    } catch {
      // Ended meanwhile.
    }
  }
}
