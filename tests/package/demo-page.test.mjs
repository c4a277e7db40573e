// @ts-check
/**
 * The demo page, clicked through in real browsers: what it shows is held against what the server has
 * sent, as a proxy between the two has seen it.
 */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, describe, it } from 'node:test'

import axe from 'axe-core'

import { buildPage } from '../../www/build.mjs'
import { openBrowser } from './browsers.mjs'
import { startRecordingProxy } from './recording-proxy.mjs'
import { startTestServer } from './test-server.mjs'

/** @typedef {import('./recording-proxy.mjs').Sent} Sent */

/** Longer than anything that is waited for takes, on a busy machine too. */
const PATIENCE = 30_000

/** @type {import('./test-server.mjs').TestServer} */
let server
/** @type {import('./recording-proxy.mjs').RecordingProxy} */
let proxy
const folder = mkdtempSync(path.join(os.tmpdir(), 'wasm-eventsource-page-'))

before(async () => {
  await buildPage()
  server = await startTestServer()
  proxy = await startRecordingProxy(server.origin)
})
after(async () => {
  proxy?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

for (const engine of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(engine, () => {
    /** @type {import('./browsers.mjs').OpenBrowser} */
    let browser
    before(async () => {
      browser = await openBrowser(engine)
    })
    after(() => browser?.close())

    /** @param {string} fragment */
    async function open(fragment) {
      proxy.forget()
      // Another query, or else the browser would go to another part of the same page.
      const query = `?${Math.random()}`
      await browser.driver.get(`${proxy.origin}/www/${query}#${fragment}`)
      // Firefox may still be about to run the page's script.
      await until(`location.search === '${query}' && document.querySelector('main')?.firstElementChild`)
      await browser.driver.executeScript(`
        window.violations = []
        addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
          window.violations.push(violatedDirective + ' ' + blockedURI)
        })`)
    }

    /**
     * @param {string} script - an expression
     * @returns {Promise<any>}
     */
    const look = (script) => browser.driver.executeScript(`return (${script})`)

    /**
     * Waits until an expression is true in the page.
     * @param {string} script
     */
    async function until(script) {
      const end = Date.now() + PATIENCE
      while (!(await look(script))) {
        if (Date.now() > end)
          assert.fail(`never: ${script}\n${await look('document.querySelector("main").innerText')}`)
        await sleep(50)
      }
    }

    /** @param {string} selector */
    const click = (selector) => look(`document.querySelector(${JSON.stringify(selector)}).click()`)
    /** @param {string} selector */
    const texts = (selector) =>
      look(
        `Array.from(document.querySelectorAll(${JSON.stringify(selector)}), (element) => element.textContent)`,
      )
    /** @param {string} name */
    const scenario = async (name) => {
      await open('scenarios')
      await until(`document.querySelector('[data-scenario=${name}]')`)
      await click(`[data-scenario=${name}]`)
    }
    /** What a scenario has printed, in order. */
    const printed = async (kind = 'line') => (await texts(`.printed [data-kind=${kind}]`)).reverse()
    /** @param {string} name */
    const value = async (name) => /** @type {Record<string, string>} */ (await values())[name]
    /** @returns {Promise<Record<string, string>>} */
    const values = () =>
      look(
        `Object.fromEntries(Array.from(document.querySelectorAll('.values > div'), (item) => [item.firstChild.textContent, item.lastChild.textContent]))`,
      )
    /** @param {string} name */
    const figure = (name) =>
      look(`document.querySelector('[data-figure=${JSON.stringify(name)}] dd').textContent`)
    /** @param {string} name @param {string} text */
    const untilFigure = (name, text) =>
      until(
        `document.querySelector('[data-figure=${JSON.stringify(name)}] dd').textContent === ${JSON.stringify(text)}`,
      )

    /** @param {string} name @param {string | boolean} value */
    const set = (name, value) =>
      browser.driver.executeScript(
        `const control = document.querySelector('.request [name=' + arguments[0] + ']')
         if (control.type === 'checkbox') control.checked = arguments[1]
         else control.value = arguments[1]
         control.dispatchEvent(new Event('input', { bubbles: true }))`,
        name,
        value,
      )

    describe('scenarios', () => {
      it('greets every second', async () => {
        await scenario('greetings')
        await until(`document.querySelectorAll('.printed li').length >= 3`)
        const shown = await printed()
        const sent = proxy.eventsOf('/scenarios/greetings').map(({ data }) => data)
        assert.deepEqual(shown, sent.slice(0, shown.length))
      })

      it('shows the prices that were sent', async () => {
        await scenario('ticker')
        await until(
          `document.querySelectorAll('.values dd').length === 4 && document.querySelector('.printed li')`,
        )
        const shown = await values()
        const sent = proxy
          .eventsOf('/ticker')
          .filter(({ type }) => type === 'price')
          .map(({ data }) => JSON.parse(data))
        for (const [symbol, price] of Object.entries(shown)) {
          assert.ok(
            sent.some((event) => event.symbol === symbol && String(event.price) === price),
            `${symbol} ${price}`,
          )
        }
      })

      it('shows the slide that was sent, and counts the comments', async () => {
        await scenario('slides')
        await until(
          `document.querySelector('.slide h3')?.textContent && document.querySelector('.values')?.textContent.includes('Keep-alives')`,
        )
        const slide = proxy.eventsOf('/scenarios/slides').find(({ id }) => id === '1')
        assert.deepEqual(await texts('.slide > *'), Object.values(JSON.parse(slide?.data ?? '')))
        const comments = Buffer.concat(proxy.exchangesOf('/scenarios/slides')[0].chunks)
          .toString()
          .match(/^:/gm)
        assert.ok(Number(await value('Keep-alives')) <= (comments?.length ?? 0))
      })

      it('goes on after the intermission, when the server said', async () => {
        await scenario('intermission')
        await until(
          `document.querySelectorAll('.printed [data-kind=line]').length > 0 && document.querySelector('.printed [data-kind=failure]')`,
        )
        const refused = () =>
          proxy.exchangesOf('/scenarios/intermission').findIndex(({ status }) => status === 503)
        const end = Date.now() + PATIENCE
        /** The one that is answered after a refusal. */
        const next = () => proxy.exchangesOf('/scenarios/intermission')[refused() + 1]
        while (refused() < 0 || next()?.status !== 200 || next().chunks.length < 2) {
          assert.ok(Date.now() < end, 'never let in again')
          await sleep(50)
        }
        await until(`document.querySelector('.phase').textContent === 'open'`)
        const sent = proxy.eventsOf('/scenarios/intermission').filter(({ type }) => type === 'message')
        await until(`document.querySelectorAll('.printed [data-kind=line]').length >= ${sent.length}`)
        assert.deepEqual(
          (await printed()).slice(0, sent.length),
          sent.map(({ data }) => data),
        )
        assert.deepEqual(
          sent.map(({ id }) => Number(id)),
          sent.map((_, index) => index + 1),
        )
        // Once for each refusal, and no request in between.
        assert.equal(next().status, 200)
      })

      it('makes up for the seconds that a cut has cost', async () => {
        await scenario('clock')
        await until(
          `document.querySelector('.printed [data-kind=failure]') && document.querySelectorAll('.printed [data-kind=line]').length >= 7`,
        )
        const shown = await printed()
        const sent = proxy.eventsOf('/scenarios/clock')
        assert.deepEqual(
          shown,
          sent.slice(0, shown.length).map(({ data }) => data),
        )
        const ids = sent.map(({ id }) => Number(id))
        assert.deepEqual(
          ids,
          ids.map((_, index) => ids[0] + index),
        )
        assert.equal(await value('Seconds missing'), '0')
        const [, second] = proxy.exchangesOf('/scenarios/clock')
        assert.equal(second.headers['last-event-id'], String(ids[4]))
      })

      it('asks with a header of its own', async () => {
        await scenario('counts')
        await until(`Number(document.querySelector('.values dd')?.textContent) >= 8`)
        const shown = Number(await value('Blue'))
        const sent = proxy.eventsOf('/scenarios/counts')
        assert.equal(proxy.exchangesOf('/scenarios/counts')[0].headers['x-stream-name'], 'blue')
        assert.deepEqual(sent[shown - 1], { type: 'blue', id: undefined, data: String(shown) })
      })

      it('streams an answer past a 401 and a 429', async () => {
        await scenario('chat')
        await until(
          `document.querySelector('.phase').textContent === 'closed' || document.querySelector('.playground .prose')?.textContent.includes('429')`,
        )
        const exchanges = proxy
          .exchangesOf('/scenarios/chat')
          .filter(({ path }) => path === '/scenarios/chat')
        assert.deepEqual(
          exchanges.map(({ method, status }) => `${method} ${status}`),
          ['POST 401', 'POST 429', 'POST 200'],
        )
        const data = () => proxy.eventsOf('/scenarios/chat').map(({ data }) => data)
        const end = Date.now() + PATIENCE
        while (data().at(-1) !== '[DONE]' && Date.now() < end) await sleep(50)
        const text = data()
          .slice(0, -1)
          .map((data) => JSON.parse(data).choices[0].delta.content)
          .join('')
        await until(`document.querySelector('.prose').textContent === ${JSON.stringify(text)}`)
        assert.equal((await printed('failure')).length, 2)
      })

      it('loses and doubles nothing behind a gateway that cuts', async () => {
        await scenario('gateway')
        await until(
          `Array.from(document.querySelectorAll('.values > div')).some((item) => item.textContent === 'Cuts2') && Number(document.querySelector('.values dd').textContent) > 45`,
        )
        const { Received, Lost, Doubled } = await values()
        assert.equal(Lost, '0')
        assert.equal(Doubled, '0')
        const numbers = proxy.eventsOf('/scenarios/gateway').map(({ data }) => Number(data))
        assert.ok(numbers.length >= Number(Received))
        assert.deepEqual(
          numbers,
          numbers.map((_, index) => numbers[0] + index),
        )
      })

      it('goes on when the page is reloaded', async () => {
        await scenario('reload')
        await until(`document.querySelectorAll('.printed [data-kind=line]').length >= 2`)
        const before = Number(await value('Second'))
        await click('.playground button')
        await until(
          `document.querySelector('.printed [data-kind=note]') && document.querySelectorAll('.printed [data-kind=line]').length >= 1`,
        )
        const requests = proxy.exchangesOf('/scenarios/clock')
        assert.equal(requests.length, 2)
        const from = Number(requests[1].headers['last-event-id'])
        assert.ok(from >= before, `${from} after ${before}`)
        const ids = proxy.eventsOf('/scenarios/clock').map(({ id }) => Number(id))
        assert.deepEqual(
          [...new Set(ids)],
          Array.from({ length: new Set(ids).size }, (_, index) => ids[0] + index),
        )
      })

      it('shows the code that runs', async () => {
        for (const name of ['greetings', 'chat']) {
          await scenario(name)
          await until(`document.querySelector('.code')`)
          const [code] = await texts('.code')
          assert.match(code, new RegExp(`new EventSource\\('/scenarios/${name}'`))
        }
      })
    })

    describe('inspector', () => {
      /** The path of the stream that it opens by itself. */
      const laboratory = () => look(`new URL(document.querySelector('[name=url]').value, location).pathname`)

      it('lists what was sent, with the exact bytes', async () => {
        await open('inspect')
        await untilFigure('Last event ID', '12')
        const stream = await laboratory()
        const rows = await look(
          `Array.from(document.querySelectorAll('.rows .row:not([hidden])[data-kind=event]'), (row) => Array.from(row.children, (cell) => cell.textContent))`,
        )
        const sent = proxy.eventsOf(stream)
        assert.ok(rows.length > 5)
        for (const [, , type, id, size, data] of rows) {
          const event = sent.find((event) => event.id === id)
          assert.deepEqual({ type, id, data }, event)
          assert.equal(size, `${Buffer.byteLength(data)} B`)
        }
        // The tenth has a comment before it.
        await look(
          `Array.from(document.querySelectorAll('.rows .row[data-kind=event]')).find((row) => row.children[3].textContent === '10').click()`,
        )
        const raw = await look(
          `Array.from(document.querySelectorAll('.raw > :not(.boundary)'), (line) => line.textContent).join('')`,
        )
        const bytes = Buffer.concat(proxy.exchangesOf(stream)[0].chunks).toString()
        const expected = /: ten more\n[^]*?\n\n/.exec(bytes)?.[0]
        assert.equal(raw.replaceAll('\\n', ''), expected)
        assert.equal(await look(`document.querySelectorAll('.tree .leaf').length`), 3)
        await click('.details header button:last-child')
      })

      it('shows the recovery from each fault', async () => {
        await open('inspect')
        await untilFigure('Last event ID', '5')
        const stream = await laboratory()
        await click('[data-fault=drop]')
        await untilFigure('Losses', '1')
        await until(`document.querySelector('.phase').textContent === 'open'`)
        await until(`Number(document.querySelector('[data-figure="Last event ID"] dd').textContent) > 12`)
        assert.equal(await figure('Missing'), '0')
        const [, resumed] = proxy.exchangesOf(`${stream}?`)
        assert.match(String(resumed.headers['last-event-id']), /^\d+$/)

        await click('[data-fault=repeat]')
        await untilFigure('Doubled', '2')
        await click('[data-fault=skip]')
        await untilFigure('Missing', '3')
        await click('[data-fault="503"]')
        await untilFigure('Losses', '4')
        await until(`document.querySelector('.phase').textContent === 'open'`)
        const statuses = proxy
          .exchangesOf(stream)
          .filter(({ method }) => method === 'GET')
          .map(({ status }) => status)
        assert.deepEqual(statuses, [200, 200, 503, 503, 200])
        await look(
          `Array.from(document.querySelectorAll('[role=tab]')).find((tab) => tab.textContent === 'Story').click()`,
        )
        await until(`document.querySelector('.story').textContent.includes('Resumed after')`)
        const story = (await texts('.story > li')).join('\n')
        assert.match(story, /Lost: status 503/)
        assert.match(story, /busy, because somebody has asked for it/)
        assert.match(story, /Resumed after \d+: no gap/)
        assert.match(await look(`document.querySelector('.findings').textContent`), /3 IDs were left out/)
      })

      it('filters by an expression, and saves the bytes and the events', async () => {
        await open('inspect')
        await untilFigure('Last event ID', '10')
        await browser.driver.executeScript(`
          window.saved = []
          const create = URL.createObjectURL
          URL.createObjectURL = (blob) => (window.saved.push(blob), create(blob))`)
        await look(`(() => {
          const field = document.querySelector('.toolbar input[type=search] + input[type=search]')
          field.value = "data.n > 5 && type == 'note'"
          field.dispatchEvent(new Event('input', { bubbles: true }))
        })()`)
        await until(`/^\\d of /.test(document.querySelector('.list-status').textContent)`)
        assert.deepEqual((await texts('.rows .row:not([hidden]) span:nth-child(4)')).slice(0, 1), ['10'])
        await click('.actions button:nth-child(2)')
        for (const name of ['JSON lines', 'CSV', '.sse']) {
          await look(
            `Array.from(document.querySelectorAll('.toolbar button')).find((button) => button.textContent === ${JSON.stringify(name)}).click()`,
          )
        }
        const [lines, csv, raw] = await browser.driver.executeAsyncScript(
          'Promise.all(window.saved.map((blob) => blob.text())).then(arguments[0])',
        )
        const sent = proxy.eventsOf(await laboratory())
        const { time, ...first } = JSON.parse(lines.split('\n')[0])
        assert.deepEqual(
          first,
          sent.find(({ id }) => id === '10'),
        )
        assert.ok(Date.parse(time) > 0)
        assert.match(csv, /^time,type,id,data\r\n[^,]+,note,10,"\{""n"":10,/)
        const bytes = Buffer.concat(proxy.exchangesOf(await laboratory())[0].chunks).toString()
        assert.ok(raw.length > 300 && bytes.startsWith(raw))
      })

      it('replays a file as if a server sent it', async () => {
        const file = path.join(folder, 'events.jsonl')
        const events = Array.from({ length: 300 }, (_, n) => ({
          time: '2026-01-01T00:00:00.000Z',
          type: n % 2 ? 'odd' : 'even',
          id: `${n}`,
          data: `line ${n}\nand more`,
        }))
        writeFileSync(file, events.map((event) => JSON.stringify(event)).join('\n'))
        await open('inspect?url=%2Fraw')
        await browser.driver.findElement({ css: '#replay-file' }).sendKeys(file)
        await untilFigure('Events', '300')
        await until(`document.querySelector('.phase').textContent === 'complete'`)
        const [, , type, , , data] = await look(
          `Array.from(Array.from(document.querySelectorAll('.rows .row:not([hidden])')).find((row) => row.children[3].textContent === '299').children, (cell) => cell.textContent)`,
        )
        assert.deepEqual([type, data], ['odd', 'line 299\nand more'])
      })

      it('says what is wrong', async () => {
        await open('inspect?url=%2Fraw')
        for (const [url, expected] of [
          ['/raw?type=text/html&body=x', /It is text\/html, not an event stream/],
          ['/raw?status=204', /has said that it is done/],
          ['/status/401', /wants to know who asks: 401/],
          ['/raw?body=data:%20no%20blank%20line', /no event is complete/],
          [`${server.secondOrigin}/raw?body=x`, /does not let this page read its answer/],
          ['/nowhere', /There is no such stream: 404/],
        ]) {
          await set('url', String(url))
          await click('.request .primary')
          const pattern = /** @type {RegExp} */ (expected)
          await until(`${pattern}.test(document.querySelector('.findings').textContent)`)
        }
      })

      it('reaches a server of this machine through the proxy', async () => {
        await open('inspect?url=%2Fraw')
        await set('url', `${server.secondOrigin}/ticker?interval=50`)
        await set('proxy', true)
        await click('.request .primary')
        await until(`Number(document.querySelector('[data-figure=Events] dd').textContent) > 3`)
        assert.equal(proxy.exchangesOf('/proxy')[0].status, 200)
      })

      it('joins the deltas of a language model', async () => {
        await open('inspect?url=%2Fraw')
        await set('method', 'POST')
        await set('url', '/echo')
        await set('headers', 'Authorization: Bearer x')
        await set('body', 'one  two ☂ three')
        await set('reconnect', 'no')
        await click('.request .primary')
        await until(`document.querySelector('.phase').textContent === 'complete'`)
        await look(
          `Array.from(document.querySelectorAll('[role=tab]')).find((tab) => tab.textContent === 'Text').click()`,
        )
        await until(`document.querySelector('.panel .prose').textContent === 'one  two ☂ three'`)
        assert.equal(proxy.exchangesOf('/echo')[0].method, 'POST')
      })

      it('holds the list still, and goes on counting', async () => {
        await open('inspect')
        await untilFigure('Last event ID', '5')
        await look(
          `Array.from(document.querySelectorAll('.toolbar button')).find((button) => button.textContent === 'Pause').click()`,
        )
        const shown = await texts('.rows .row:not([hidden])')
        await untilFigure('Last event ID', '12')
        assert.deepEqual(await texts('.rows .row:not([hidden])'), shown)
        await look(
          `Array.from(document.querySelectorAll('.toolbar button')).find((button) => button.textContent === 'Go on').click()`,
        )
        await until(`document.querySelectorAll('.rows .row:not([hidden])').length > ${shown.length}`)
      })

      it('keeps 100,000 rows, and says what it has dropped', async () => {
        await open('inspect?url=%2Fscenarios%2Flaboratory%2Ffast%3Frate%3D50000')
        await click('.request .primary')
        await until(
          `/100,000 rows · [\\d,]+ older rows? dropped/.test(document.querySelector('.list-status').textContent)`,
        )
        assert.ok((await look(`document.querySelectorAll('.rows .row').length`)) < 100)
        assert.equal(await figure('Missing'), '0')
        await click('.actions button:nth-child(2)')
      })

      it('puts no secret into links and code', async () => {
        await open('inspect?url=%2Fraw')
        await set('method', 'POST')
        await set('url', 'https://user:hidden@example.com/stream?api_key=hidden&topic=shown')
        await set('headers', 'Authorization: Bearer hidden\nX-Topic: shown')
        await set('body', '{"token":"hidden","prompt":"shown"}')
        for (const language of ['TypeScript', 'curl', 'Rust']) {
          const code = await browser.driver.executeScript(
            `const select = document.querySelector('[aria-label=Language]')
             select.value = arguments[0]
             select.dispatchEvent(new Event('change'))
             return document.querySelector('.panel .code').textContent`,
            language,
          )
          assert.match(code, /example\.com\/stream/)
          assert.match(code, /shown/)
          assert.doesNotMatch(code, /hidden/, language)
        }
        await browser.driver.executeScript(
          `navigator.clipboard.writeText = async (text) => { window.copied = text }`,
        )
        await look(
          `Array.from(document.querySelectorAll('.minor button')).find((button) => button.textContent === 'Copy link').click()`,
        )
        await until('window.copied')
        const link = await look('window.copied')
        assert.doesNotMatch(link, /hidden/)
        await open(new URL(link).hash.slice(1))
        assert.equal(await look(`document.querySelector('[name=method]').value`), 'POST')
        assert.match(await look(`document.querySelector('[name=headers]').value`), /X-Topic: shown/)
      })
    })

    it('races every client to the end', async () => {
      await open('race')
      await until(`document.querySelector('.race .primary')`)
      await look(`(document.querySelector('#race-size').value = '2')`)
      await click('.race .primary')
      await until(`document.querySelector('.race-state').textContent.startsWith('Done')`)
      const bars = await look(
        `Array.from(document.querySelectorAll('.bars li'), (bar) => [bar.dataset.runner, bar.querySelector('.figure').textContent])`,
      )
      assert.equal(bars.length, 6)
      for (const [runner, text] of bars) assert.match(text, /^[\d,]+$/, runner)
      assert.match(await look(`document.querySelector('.notice').textContent`), /A driver watches/)
    })

    it('draws the herd with the figures of the engine', async () => {
      await open('herd')
      await until(`document.querySelector('[data-jitter=none] .peak strong').textContent !== '–'`)
      // A step of the delay does not divide the outage of a minute, and all return together.
      assert.equal(
        await look(`document.querySelector('[data-jitter=none] .peak strong').textContent`),
        '10,000',
      )
      const full = await look(`document.querySelector('[data-jitter=full] .peak strong').textContent`)
      assert.ok(Number(full) > 10 && Number(full) < 500, full)
      await look(`(() => {
        const slider = document.querySelector('#herd-clients')
        slider.value = '2000'
        slider.dispatchEvent(new Event('input', { bubbles: true }))
      })()`)
      await until(`document.querySelector('[data-jitter=none] .peak strong').textContent === '2,000'`)
    })

    for (const theme of ['light', 'dark']) {
      it(`has nothing that axe finds serious, ${theme}`, async () => {
        await open('inspect')
        await look(`localStorage.setItem('theme', '${theme}')`)
        for (const view of ['inspect', 'scenarios', 'scenarios/ticker', 'race', 'herd']) {
          await open(view)
          await until(`document.querySelector('main').firstElementChild`)
          if (view === 'inspect') {
            await untilFigure('Last event ID', '3')
            await click('.rows .row')
          }
          if (view === 'scenarios/ticker') await until(`document.querySelectorAll('.values dd').length === 4`)
          await browser.driver.executeScript(axe.source)
          const found = await browser.driver.executeAsyncScript(
            'axe.run().then(({ violations }) => arguments[0](violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target, failureSummary }) => target + ": " + failureSummary) }))))',
          )
          assert.deepEqual(found, [], view)
          assert.deepEqual(await look('window.violations'), [], view)
        }
        await look(`localStorage.removeItem('theme')`)
      })
    }
  })
}
