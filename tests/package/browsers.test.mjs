// @ts-check
/** The browsers that the tests of the package use: that they open, work, and end. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { ensureBrowsers } from './browser-programs.mjs'
import { openBrowser } from './browsers.mjs'

/** @type {Record<import('./browser-programs.mjs').BrowserName, RegExp>} */
const engines = { chromium: /Chrome\/\d+/, firefox: /Gecko\/.* Firefox\/\d+/, webkit: /AppleWebKit\/.* Version\/\d+/ }
const names = /** @type {import('./browser-programs.mjs').BrowserName[]} */ (Object.keys(engines))

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'text/html')
  response.end(request.url === '/answer' ? 'an answer' : '<!doctype html><title>A page</title>')
})
let origin = ''

before(async () => {
  await ensureBrowsers(names)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  origin = `http://127.0.0.1:${port}`
})

after(() => {
  server.closeAllConnections()
  server.close()
})

for (const name of names) {
  test(`${name} runs a page's scripts and leaves no process behind`, { timeout: 120_000 }, async () => {
    const browser = await openBrowser(name)
    let processes = browser.processes()
    try {
      assert.equal(browser.name, name)
      assert.match(browser.version, /^\d+\./)
      await browser.driver.get(`${origin}/`)
      assert.equal(await browser.driver.getTitle(), 'A page')
      assert.equal(await browser.driver.executeScript('return 1 + 1'), 2)
      assert.equal(
        await browser.driver.executeAsyncScript(
          'const done = arguments[0]; fetch("/answer").then((response) => response.text()).then(done, String)',
        ),
        'an answer',
      )
      assert.match(String(await browser.driver.executeScript('return navigator.userAgent')), engines[name])
      processes = browser.processes()
      assert.ok(processes.filter(isRunning).length >= 2, 'the driver and the browser')
    } finally {
      await browser.close()
    }
    assert.deepEqual(processes.filter(isRunning), [])
    assert.deepEqual(browser.processes(), [])
  })
}

test('a browser does not outlive the process that opened it', { timeout: 120_000 }, async () => {
  const program = `
    import { openBrowser } from ${JSON.stringify(new URL('browsers.mjs', import.meta.url).href)}
    const browser = await openBrowser('chromium')
    console.log(JSON.stringify(browser.processes()))
    setInterval(() => {}, 1000)
  `
  const opener = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(opener.stdout, 'data')
  /** @type {number[]} */
  const processes = JSON.parse(line)
  assert.ok(processes.some(isRunning))
  // It cannot do anything about this one itself.
  opener.kill('SIGKILL')
  for (let tries = 0; processes.some(isRunning) && tries < 200; tries++) await sleep(50)
  assert.deepEqual(processes.filter(isRunning), [])
})

/** @param {number} id */
function isRunning(id) {
  try {
    // A zombie has ended, though its id is in use until its parent notices.
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${id}/status`, 'utf8'))
  } catch {
    return false
  }
}
