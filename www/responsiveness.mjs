// @ts-check
/**
 * How responsive the inspector is under load: `node www/responsiveness.mjs [EVENTS_PER_SECOND]
 * [SECONDS]` has it receive so much in Chromium, and prints the tasks of the page that were long. It fails
 * if one took more than 100 ms.
 */

import { setTimeout as sleep } from 'node:timers/promises'

import { ensurePackage } from '../pkg-template/build/build.mjs'
import { buildPage } from './build.mjs'

const [rate = '5000', seconds = '30'] = process.argv.slice(2)

await ensurePackage()
await buildPage()
// They import packages, which are installed by now.
const { openBrowser } = await import('../tests/package/browsers.mjs')
const { startTestServer } = await import('../tests/package/test-server.mjs')

const server = await startTestServer()
const { driver, version, close } = await openBrowser('chromium')
try {
  const url = `/scenarios/laboratory/load?rate=${rate}`
  await driver.get(`${server.origin}/www/#inspect?${new URLSearchParams({ url })}`)
  await driver.executeScript(`
    globalThis.long = []
    globalThis.shift = 0
    const add = ({ value }) => { shift += value }
    new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type: 'layout-shift' })
    globalThis.frames = 0
    const keep = ({ duration, startTime }) => long.push({ ms: Math.round(duration), at: Math.round(startTime) })
    new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ entryTypes: ['longtask'] })
    const count = () => { frames += 1; requestAnimationFrame(count) }
    count()
    document.querySelector('.request .primary').click()`)
  await sleep(Number(seconds) * 1_000)
  const { long, frames, shift, events, status } =
    /** @type {{ long: { ms: number, at: number }[], frames: number, shift: number, events: string, status: string }} */ (
      await driver.executeScript(`return {
      long,
      frames,
      shift,
      events: document.querySelector('[data-figure=Events] dd').textContent,
      status: document.querySelector('.list-status').textContent,
    }`)
    )
  console.log(`Chromium ${version}, ${rate} events a second for ${seconds} s: ${events} events received`)
  console.log(
    `long tasks (over 50 ms): ${long.length}, over 100 ms: ${long.filter(({ ms }) => ms > 100).length}`,
  )
  for (const { ms, at } of long)
    console.log(`  ${ms} ms, ${(at / 1_000).toFixed(1)} s after the page was opened`)
  const { usedSize } = /** @type {any} */ (
    await /** @type {any} */ (driver).sendAndGetDevToolsCommand('Runtime.getHeapUsage', {})
  )
  console.log(`${Math.round(usedSize / 1_000_000)} MB of JavaScript and of the document`)
  if (long.some(({ ms }) => ms > 100)) process.exitCode = 1
  console.log(
    `${(frames / Number(seconds)).toFixed(1)} frames a second; layout shift ${shift.toFixed(3)}; ${status}`,
  )
} finally {
  await close()
  await server.stop()
}
