// @ts-check
/** Tabs that share a connection, while those that hold it end. */

import { figuresOfTest } from './support/command.mjs'
import { count } from './support/rows.mjs'

export const parameters = { engines: 'chromium,firefox,webkit' }

/** @type {import('./support/rows.mjs').Part['run']} */
export async function run({ engines }) {
  const figures = await figuresOfTest('tests/package/tabs.test.mjs', 'TABS_FIGURES', {
    TABS: 'full',
    TABS_ENGINES: String(engines),
  })
  return {
    title: 'One connection for all tabs',
    about: 'With the option `share`.',
    rows: figures.map(rowOf),
  }
}

/** @param {import('./support/command.mjs').Figures} found */
function rowOf(found) {
  const { test, engine } = found
  const known = { client: 'ours', lost: '–', doubled: '–', memory: '' }
  switch (test) {
    case 'one connection for all tabs':
      return {
        ...known,
        fault: `${test}, in ${engine}`,
        tried: `${found.tabs} tabs, ${count(Number(found.events))} events, connections: ${found.connections}`,
        ...{ lost: Number(found.lost), doubled: Number(found.doubled) },
      }
    case 'leaders ended':
      return {
        ...known,
        fault: `the tab that has the connection is ${found.ending}, in ${engine}`,
        tried: `${found.times} times; nothing came for ${found.medianGapMs} ms, at most ${found.longestGapMs}`,
        ...{ lost: Number(found.lost), doubled: Number(found.doubled) },
      }
    case 'back/forward cache':
      return {
        ...known,
        fault: `a page that is left and come back to, ${found.part === 'alone' ? '' : 'as '}${found.part}, in ${engine}`,
        tried: found.wasKept ? 'the browser has kept it' : 'the browser has loaded it anew',
      }
    case 'the last one goes':
      return {
        ...known,
        fault: `${test}: ${found.how}, in ${engine}`,
        tried: `the server saw the end after ${found.endSeenAfterMs} ms`,
      }
    default:
      throw new Error(`There is no row for ${test}`)
  }
}
