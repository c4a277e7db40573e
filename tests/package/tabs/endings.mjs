// @ts-check
/** The ways in which a tab stops leading the others. */

import { readFileSync } from 'node:fs'

import { DevTools } from './devtools.mjs'
import { ELSEWHERE } from './tabs.mjs'

/** @typedef {import('./tabs.mjs').Tab} Tab */
/** @typedef {import('./tabs.mjs').Tabs} Tabs */

/**
 * @typedef {object} Ending
 * @property {string} name
 * @property {(tab: Tab) => Promise<void>} [prepare] what has to be done to it before
 * @property {(tab: Tab) => Promise<void>} end
 * @property {(tab: Tab) => Promise<boolean | void>} [comeBack] has the page come back; without it, the tab is
 *   gone. False if it is not the same page, but one that is loaded anew
 */

/**
 * Those that the driver of a browser can do.
 * @param {Tabs} tabs
 * @returns {Promise<Ending[]>}
 */
export async function endingsFor(tabs) {
  const { browser } = tabs
  const common = [close(tabs), navigate(tabs), putAside(tabs)]
  if (browser.name === 'firefox') return common
  if (browser.name === 'webkit') return [...common, stop(tabs)]
  const devTools = await DevTools.open(browser)
  return [...common, crash(tabs, devTools), freeze(tabs, devTools), discard(tabs, devTools), stop(tabs)]
}

/**
 * @param {Tabs} tabs
 * @returns {Ending}
 */
function close(tabs) {
  return { name: 'closed', end: (tab) => tabs.close(tab) }
}

/**
 * To another page that takes its place in the history, so that no way leads back to it.
 * @param {Tabs} tabs
 * @returns {Ending}
 */
function navigate(tabs) {
  return {
    name: 'navigated away',
    end: async (tab) => {
      await tabs.look(tab, `location.replace('${ELSEWHERE}')`)
      await tabs.until(tab, `location.pathname === '${ELSEWHERE}'`)
      // What is there now is no tab of ours.
      await tabs.close(tab)
    },
  }
}

/**
 * To another page, and back by the history: from the back/forward cache, where the browser has kept it.
 * @param {Tabs} tabs
 * @returns {Ending}
 */
function putAside(tabs) {
  return {
    name: 'left and come back to',
    end: (tab) => tabs.goAway(tab),
    comeBack: (tab) => tabs.comeBack(tab),
  }
}

/**
 * @param {Tabs} tabs
 * @param {DevTools} devTools
 * @returns {Ending}
 */
function crash(tabs, devTools) {
  return {
    name: 'crashed',
    end: async (tab) => {
      // A command of WebDriver to a tab that crashes ends the session.
      await tabs.leave()
      await devTools.last(tab.handle, 'Page.crash')
      await tabs.forget(tab)
    },
  }
}

/**
 * @param {Tabs} tabs
 * @param {DevTools} devTools
 * @returns {Ending}
 */
function freeze(tabs, devTools) {
  return {
    name: 'frozen',
    end: async (tab) => {
      await tabs.leave()
      await devTools.tab(tab.handle, 'Page.setWebLifecycleState', { state: 'frozen' })
    },
    comeBack: async (tab) => {
      await devTools.tab(tab.handle, 'Page.setWebLifecycleState', { state: 'active' })
    },
  }
}

/**
 * As the browser discards a tab: it is gone, and told nothing. No tab that a driver watches is discarded
 * otherwise.
 * @param {Tabs} tabs
 * @param {DevTools} devTools
 * @returns {Ending}
 */
function discard(tabs, devTools) {
  return {
    name: 'discarded',
    end: async (tab) => {
      await tabs.leave()
      await devTools.browser('Target.closeTarget', { targetId: tab.handle })
      await tabs.forget(tab)
    },
  }
}

/**
 * Its process stands still, which tells its page nothing: it keeps its lock and its connection. Once it goes
 * on, it finds that it has been passed over.
 * @param {Tabs} tabs
 * @returns {Ending}
 */
function stop(tabs) {
  /** @type {number} */
  let id
  return {
    name: 'stopped',
    prepare: async (tab) => {
      id = await processOf(tabs, tab)
    },
    end: async () => {
      await tabs.leave()
      process.kill(id, 'SIGSTOP')
    },
    comeBack: async () => {
      process.kill(id, 'SIGCONT')
    },
  }
}

/**
 * The process that runs a tab: the one that works while the tab does.
 * @param {Tabs} tabs
 * @param {Tab} tab
 */
async function processOf(tabs, tab) {
  const before = new Map(tabs.browser.processes().map((id) => [id, timeOf(id)]))
  await tabs.look(tab, '(() => { const end = Date.now() + 300; while (Date.now() < end); })()')
  const [busiest] = tabs.browser
    .processes()
    .filter((id) => /WebKitWebProcess|--type=renderer/.test(readFileSync(`/proc/${id}/cmdline`, 'latin1')))
    .map((id) => ({ id, worked: timeOf(id) - (before.get(id) ?? 0) }))
    .sort((one, other) => other.worked - one.worked)
  if (busiest === undefined) throw new Error('no process runs a tab')
  return busiest.id
}

/**
 * The processor time that a process has had, in ticks of the kernel's clock.
 * @param {number} id
 */
function timeOf(id) {
  const stat = readFileSync(`/proc/${id}/stat`, 'latin1')
  // «id (name) state …», where the name may have spaces and parentheses too; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}
