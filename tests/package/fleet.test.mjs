// @ts-check
/**
 * A hub as people run it in production, nginx with nchan, two nodes over Redis, of which one is killed and
 * the other one restarted while clients in Node and in Chromium receive numbered messages.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { generate } from 'selfsigned'

import { openBrowser } from './browsers.mjs'
import { histogram, perTenth } from './fleet/histogram.mjs'
import { documentedBlocks, Hub } from './fleet/hub.mjs'
import { ensurePrograms } from './fleet/programs.mjs'
import { runFleet } from './fleet/scenario.mjs'
import { Tally } from './fleet/tally.mjs'

/** A path that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/index.js'
const { EventSource } = await import(PACKAGE)

const CLIENTS = 50
const MESSAGES = 1_000
/** Messages a second. */
const RATE = 125
/** Over HTTP/1.1 a browser has six connections to a server. */
const PAGE_CLIENTS = 4

const found = ensurePrograms()
const missing = 'missing' in found ? found.missing : undefined

/** @type {import('./fleet/scenario.mjs').Client} */
function client(url, reconnect, receive) {
  const source = new EventSource(url, { reconnect })
  source.onmessage = (/** @type {MessageEvent<string>} */ { data }) => receive(Number(data))
  return () => source.close()
}

describe('a fleet', { skip: missing ?? false }, () => {
  /** @type {Hub} */
  let hub
  /** @type {import('./browsers.mjs').OpenBrowser} */
  let browser
  before(async () => {
    hub = new Hub(/** @type {{ programs: import('./fleet/programs.mjs').Programs }} */ (found).programs)
    await hub.start()
    browser = await openBrowser('chromium')
    await browser.driver.get(`${hub.origin}/tests/package/pages/empty.html`)
  })
  after(async () => {
    await browser?.close()
    await hub?.stop()
  })

  it('loses nothing and doubles nothing while one node is killed and the other one restarted', async (t) => {
    await browser.driver.executeAsyncScript(
      `const [url, count, done] = arguments
       import('/pkg/index.js').then(({ EventSource }) => {
         window.numbers = Array.from({ length: count }, () => [])
         for (const numbers of window.numbers) {
           const source = new EventSource(url, { reconnect: { delay: 500, jitter: 'full' } })
           source.onmessage = ({ data }) => numbers.push(Number(data))
         }
         done()
       })`,
      ...['/events?channel=short&group=page', PAGE_CLIENTS],
    )
    /** @type {() => Promise<number[][]>} */
    const inPage = () => browser.driver.executeScript('return numbers')
    const outcome = await runFleet(hub, {
      ...{ client, clients: CLIENTS, messages: MESSAGES, rate: RATE, channel: 'short' },
      isDone: () =>
        browser.driver.wait(async () => (await inPage()).every((all) => all.at(-1) === MESSAGES), 10_000).then(() => {}),
    })
    t.diagnostic(`${outcome.received} messages over ${outcome.connections} connections`)
    for (const [group, moments] of Object.entries(outcome.arrivals)) {
      t.diagnostic(`requests after the kill, ${group}:\n${histogram(moments)}`)
    }
    assert.equal(outcome.lost, 0, hub.log())
    assert.equal(outcome.doubled, 0)
    assert.equal(outcome.received, CLIENTS * MESSAGES)
    const all = Array.from({ length: MESSAGES }, (_, index) => index + 1)
    assert.deepEqual(await inPage(), Array(PAGE_CLIENTS).fill(all))
    // Each client has lost one node and the other one: half of them were with each.
    assert.ok(outcome.connections >= CLIENTS * 1.5, `${outcome.connections} connections`)
    // Half of a herd of 25 was with the node that was killed: with a constant delay they come at once.
    const { constant, jitter } = outcome.arrivals
    const most = Math.max(...perTenth(constant ?? []))
    const mostSpread = Math.max(...perTenth((jitter ?? []).filter((moment) => moment < 1_500)))
    assert.ok(mostSpread < most, `${mostSpread} and ${most} in a tenth of a second`)
  })

  it('shows configurations that nginx accepts', async () => {
    const { nginx, nchan } = /** @type {{ programs: import('./fleet/programs.mjs').Programs }} */ (found).programs
    const folder = mkdtempSync(path.join(tmpdir(), 'wasm-eventsource-nginx-'))
    try {
      const { private: key, cert } = await generate([{ name: 'commonName', value: 'example.com' }])
      writeFileSync(path.join(folder, 'example.key'), key)
      writeFileSync(path.join(folder, 'example.pem'), cert)
      const blocks = documentedBlocks()
      assert.equal(blocks.size, 3)
      for (const [title, block] of blocks) {
        // A name that nobody knows, and files that are not there, are no mistakes of the configuration.
        const here = block.replaceAll(/\b[\w-]+\.internal\b/g, '127.0.0.1').replaceAll('/etc/ssl/', `${folder}/`)
        const file = path.join(folder, 'nginx.conf')
        writeFileSync(file, `load_module ${nchan};\npid ${folder}/pid;\nevents {}\nhttp {\n${here}\n}\n`)
        const { status, stderr } = spawnSync(nginx, ['-t', '-p', folder, '-c', file, '-e', 'stderr'], { encoding: 'utf8' })
        assert.equal(status, 0, `${title}: ${stderr}`)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

it('a tally counts what is lost, doubled and out of order', () => {
  const tally = new Tally()
  for (const number of [1, 2, 2, 5, 4]) tally.add(number)
  tally.finish(7)
  const { received, lost, doubled } = tally
  assert.deepEqual({ received, lost, doubled }, { received: 5, lost: 4, doubled: 2 })
})

it('a histogram has a line for each tenth of a second', () => {
  assert.equal(
    histogram([-5, 0, 99, 250]),
    [`  0.0 s    2 ${'█'.repeat(50)}`, '  0.1 s    0', `  0.2 s    1 ${'█'.repeat(25)}`].join('\n'),
  )
})
