// @ts-check
/**
 * Pictures of every view, light and dark, wide and narrow: `node www/screenshots.mjs FOLDER` takes them
 * in Chromium. Without a folder it takes the two that the README shows.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { ensurePackage } from '../pkg-template/build/build.mjs'
import { buildPage } from './build.mjs'

const [folder] = process.argv.slice(2)
const ALBUM = fileURLToPath(new URL('screenshots', import.meta.url))

await ensurePackage()
await buildPage()
// They import packages, which are installed by now.
const { openBrowser } = await import('../tests/package/browsers.mjs')
const { startTestServer } = await import('../tests/package/test-server.mjs')

const server = await startTestServer()
const { driver, close } = await openBrowser('chromium')
const devTools = /** @type {import('selenium-webdriver/chrome.js').Driver} */ (driver)

/** @param {string} script */
const run = (script) => driver.executeScript(script)

/** @param {string} condition */
async function until(condition) {
  const end = Date.now() + 60_000
  while (!(await run(`return Boolean(${condition})`))) {
    if (Date.now() > end) throw new Error(`never: ${condition}`)
    await sleep(50)
  }
}

/** @param {string} name */
const fault = async (name) => {
  await run(`document.querySelector('[data-fault="${name}"]').click()`)
}

/** @param {number} count */
const events = (count) => until(`Number(document.querySelector('[data-figure=Events] dd').textContent) >= ${count}`)

/** @param {string} name */
const tab = (name) =>
  run(
    `Array.from(document.querySelectorAll('[role=tab]')).find(({ textContent }) => textContent === '${name}').click()`,
  )

/** A connection to which much has happened. */
async function muchHappens() {
  await events(50)
  await fault('drop')
  await sleep(4_000)
  await fault('skip')
  await sleep(1_500)
  await fault('repeat')
  await sleep(1_500)
  await fault('503')
  await until(`document.querySelector('.sentence').textContent.startsWith('status 503')`)
  await sleep(600)
}

/** @param {Record<string, string>} parameters */
const raw = (parameters) => `/raw?${new URLSearchParams(parameters)}`

/** @param {string} url */
const inspect = (url) => `inspect?${new URLSearchParams({ url })}`

const connect = () => run(`document.querySelector('.request .primary').click()`)

/** What is seen, and what happens before it is. @type {Record<string, { view: string, prepare?: () => Promise<unknown>, isWhole?: boolean }>} */
const PICTURES = {
  inspector: { view: 'inspect', prepare: muchHappens },
  'inspector-details': {
    view: 'inspect',
    prepare: async () => {
      await events(12)
      await run(
        `Array.from(document.querySelectorAll('.rows .row[data-kind=event]')).find((row) => row.children[3].textContent === '10').click()`,
      )
    },
    isWhole: true,
  },
  'inspector-story': {
    view: 'inspect',
    prepare: async () => {
      await muchHappens()
      await tab('Story')
      await sleep(300)
    },
    isWhole: true,
  },
  'inspector-empty': { view: inspect('/raw') },
  'inspector-error': {
    view: inspect('/status/401'),
    prepare: async () => {
      await connect()
      await until(`document.querySelector('.phase').textContent === 'failed'`)
      await run(`document.querySelectorAll('.more').forEach((more) => { more.open = true })`)
      await sleep(700)
    },
    isWhole: true,
  },
  'inspector-invalid': {
    view: inspect('ftp://example.com'),
    prepare: connect,
  },
  'inspector-code': {
    view: `inspect?${new URLSearchParams({ url: '/request', method: 'POST', headers: 'Authorization: Bearer x', body: '{"prompt":"Hello"}', idleTimeout: '30000' })}`,
    prepare: async () => {
      await tab('Code')
      await run(
        `const select = document.querySelector('[aria-label=Language]')
         select.value = 'Rust'
         select.dispatchEvent(new Event('change'))`,
      )
    },
    isWhole: true,
  },
  'inspector-text': {
    view: `inspect?${new URLSearchParams({ url: '/echo', method: 'POST', headers: 'Authorization: Bearer x', body: 'An event stream is an answer that does not end: the server writes, and the page reads along.', reconnect: 'no' })}`,
    prepare: async () => {
      await connect()
      await until(`document.querySelector('.phase').textContent === 'complete'`)
      await tab('Text')
      await sleep(700)
    },
  },
  'inspector-buffered': {
    view: inspect(
      raw({ body: 'data: x\n\n'.repeat(25), every: '45', pause: '1700', end: 'hold', header: 'Via: 1.1 proxy' }),
    ),
    prepare: async () => {
      await connect()
      await sleep(8_000)
    },
  },
  scenarios: { view: 'scenarios', isWhole: true },
  race: {
    view: 'race',
    prepare: async () => {
      await until(`document.querySelector('.race .primary')`)
      await run(`document.querySelector('#race-size').value = '2'; document.querySelector('.race .primary').click()`)
      await until(`document.querySelector('.race-state').textContent.startsWith('Done')`)
      await sleep(500)
    },
    isWhole: true,
  },
  herd: {
    view: 'herd',
    prepare: async () => {
      await until(`document.querySelector('[data-jitter=none] .peak strong').textContent !== '–'`)
      await sleep(300)
    },
    isWhole: true,
  },
}

/** How long each scenario plays, in ms. */
const PLAYED = {
  greetings: 3_500,
  ticker: 3_000,
  slides: 4_500,
  intermission: 9_000,
  clock: 9_000,
  counts: 2_500,
  chat: 5_000,
  gateway: 9_000,
  reload: 3_500,
  tabs: 3_500,
}

/**
 * @param {string} file
 * @param {{ view: string, prepare?: () => Promise<unknown>, isWhole?: boolean }} picture
 * @param {{ theme: string, width: number, height: number }} size
 */
async function take(file, { view, prepare, isWhole = false }, { theme, width, height }) {
  await devTools.sendDevToolsCommand('Emulation.setDeviceMetricsOverride', {
    width,
    height,
    deviceScaleFactor: 1,
    mobile: width < 500,
  })
  await driver.get(`${server.origin}/www/?${Math.random()}#${view}`)
  await run(`localStorage.setItem('theme', '${theme}')`)
  await driver.get(`${server.origin}/www/?${Math.random()}#${view}`)
  await until(`document.querySelector('main > :not(.loading)')`)
  await prepare?.()
  const whole = Math.max(
    height,
    /** @type {number} */ (await run('return document.documentElement.scrollHeight')),
  )
  const { data } = /** @type {any} */ (
    await devTools.sendAndGetDevToolsCommand('Page.captureScreenshot', {
      format: 'png',
      captureBeyondViewport: isWhole || width < 500,
      ...(isWhole || width < 500 ? { clip: { x: 0, y: 0, width, height: whole, scale: 1 } } : {}),
    })
  )
  writeFileSync(file, Buffer.from(data, 'base64'))
  console.log(file)
}

const WIDE = { width: 1_400, height: 900 }
const NARROW = { width: 390, height: 844 }

try {
  if (folder === undefined) {
    mkdirSync(ALBUM, { recursive: true })
    await take(join(ALBUM, 'inspector.png'), PICTURES['inspector'], { theme: 'light', ...WIDE })
    await take(
      join(ALBUM, 'scenario.png'),
      { view: 'scenarios/gateway', prepare: () => sleep(12_000) },
      { theme: 'dark', ...WIDE, height: 760 },
    )
  } else {
    mkdirSync(folder, { recursive: true })
    const all = { ...PICTURES }
    await driver.get(`${server.origin}/www/#scenarios`)
    await until(`document.querySelector('[data-scenario]')`)
    const names = /** @type {(keyof typeof PLAYED)[]} */ (
      await run(`return Array.from(document.querySelectorAll('[data-scenario]'), ({ dataset }) => dataset.scenario)`)
    )
    for (const name of names) {
      all[`scenario-${name}`] = {
        view: `scenarios/${name}`,
        prepare: () => sleep(PLAYED[name] ?? 3_500),
        isWhole: true,
      }
    }
    const [only] = process.argv.slice(3)
    for (const [name, picture] of Object.entries(all)) {
      if (only !== undefined && !new RegExp(only).test(name)) continue
      for (const [size, { width, height }] of Object.entries({ wide: WIDE, narrow: NARROW })) {
        for (const theme of ['light', 'dark'])
          await take(join(folder, `${name}-${size}-${theme}.png`), picture, { theme, width, height })
      }
    }
  }
} finally {
  await close()
  await server.stop()
}
