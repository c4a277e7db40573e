// @ts-check
/** The inspector: the list, its filters and files, its links and its code. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { it } from 'node:test'

/** @typedef {import('./page.mjs').DemoPage} DemoPage */

/** Rows of the list, as a part of a script. */
const ROWS = `document.querySelectorAll('.rows .row:not([hidden])')`

/**
 * @param {() => DemoPage} current
 * @param {string} folder - for files
 */
export function inspector(current, folder) {
  it('lists what was sent, with the exact bytes', async () => {
    const page = current()
    await page.open('inspect')
    await page.untilFigure('Last event ID', '12')
    const stream = await page.laboratory()
    const rows = await page.rows()
    const sent = page.proxy.eventsOf(stream)
    assert.ok(rows.length > 5)
    for (const [time, , type, id, size, data] of rows) {
      assert.deepEqual({ type, id, data }, sent.find((event) => event.id === id))
      assert.equal(size, `${Buffer.byteLength(data)} B`)
      assert.match(time, /^\d\d:\d\d:\d\d\.\d{3}$/)
    }
    assert.ok(rows.slice(1).every(([, gap]) => /^([\d.]+ m?s|·)$/.test(gap)))
    // The tenth has a comment before it.
    await page.choose('10')
    const shown = () =>
      page.look(
        `Array.from(document.querySelectorAll('.raw > :not(.boundary)'), (line) => line.textContent).join('')`,
      )
    const bytes = Buffer.concat(page.proxy.exchangesOf(stream)[0].chunks).toString()
    assert.equal((await shown()).replaceAll('\\n', ''), /: ten more\n[^]*?\n\n/.exec(bytes)?.[0])
    assert.equal(await page.look(`document.querySelectorAll('.tree .leaf').length`), 3)
    // And the first what sets the reconnection time.
    await page.look(`(document.querySelector('.scroller').scrollTop = 0)`)
    await page.until(`Array.from(${ROWS}).some((row) => row.children[3].textContent === '1')`)
    await page.choose('1')
    assert.match(await shown(), /^retry: 1000/)
    await page.click('.details .close')
    await page.until(`!document.querySelector('.details')`)
  })

  it('filters by type, text and expression, and saves what is shown', async () => {
    const page = current()
    await page.open('inspect')
    await page.untilFigure('Last event ID', '10')
    await page.look(`(() => {
      window.saved = []
      const create = URL.createObjectURL
      URL.createObjectURL = (blob) => (window.saved.push(blob), create(blob))
      return true
    })()`)
    const type = '.toolbar [aria-label=Type]'
    const [text, expression] = ['.toolbar [aria-label^=Text]', '.toolbar [aria-label^=Expression]']
    const shown = async () => (await page.rows()).map(([, , , id]) => id)

    await page.fill(type, 'note')
    await page.until(`${ROWS}.length > 0 && Array.from(${ROWS}).every((row) => row.children[2].textContent === 'note')`)
    assert.deepEqual((await shown()).slice(0, 2), ['5', '10'])
    await page.fill(type, '')
    await page.fill(text, 'GRÜSSE')
    await page.until(`/^0 of /.test(document.querySelector('.list-status').textContent)`)
    await page.fill(text, '☂ 7')
    await page.until(`${ROWS}.length === 1`)
    assert.deepEqual(await shown(), ['7'])
    await page.fill(text, '')
    await page.fill(expression, 'data.n >')
    await page.until(`document.querySelector('.panel .form-error').textContent !== ''`)
    await page.fill(expression, "data.n > 5 && type == 'note'")
    // The rows follow with the next frame.
    await page.until(`${ROWS}.length > 0 && Array.from(${ROWS}).every((row) => row.children[2].textContent === 'note')`)
    assert.match(await page.look(`document.querySelector('.list-status').textContent`), /^\d+ of /)
    assert.deepEqual((await shown()).slice(0, 1), ['10'])

    await page.click('[data-action=close]')
    for (const name of ['JSON lines', 'CSV', '.sse']) await page.clickText('.toolbar button', name)
    const [lines, csv, raw] = /** @type {string[]} */ (
      await page.driver.executeAsyncScript(
        'Promise.all(window.saved.map((blob) => blob.text())).then(arguments[0])',
      )
    )
    const stream = await page.laboratory()
    const { time, ...first } = JSON.parse(lines.split('\n')[0])
    assert.deepEqual(
      first,
      page.proxy.eventsOf(stream).find(({ id }) => id === '10'),
    )
    assert.ok(Date.parse(time) > 0)
    assert.match(csv, /^time,type,id,data\r\n[^,]+,note,10,"\{""n"":10,/)
    const bytes = Buffer.concat(page.proxy.exchangesOf(stream)[0].chunks).toString()
    assert.ok(raw.length > 300 && bytes.startsWith(raw))
    await page.keepCopies()
    await page.clickText('.toolbar button', 'Copy')
    await page.until('window.copied === $[0]', lines)
  })

  it('replays files of all kinds as if a server sent them', async () => {
    const page = current()
    const events = Array.from({ length: 300 }, (_, n) => ({
      time: '2026-01-01T00:00:00.000Z',
      type: n % 2 ? 'odd' : 'even',
      id: `${n}`,
      data: `line ${n}\nand "more", so`,
    }))
    const quoted = (/** @type {string} */ text) => `"${text.replaceAll('"', '""')}"`
    const files = {
      'events.jsonl': events.map((event) => `${JSON.stringify(event)}\n`).join(''),
      'events.csv': ['time,type,id,data']
        .concat(events.map(({ time, type, id, data }) => [time, type, id, data].map(quoted).join(',')))
        .join('\r\n'),
      'events.sse': events
        .map(({ type, id, data }) => `event: ${type}\nid: ${id}\ndata: ${data.replace('\n', '\ndata: ')}\n\n`)
        .join(''),
    }
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(folder, name)
      writeFileSync(file, content)
      await page.open('inspect?url=%2Fraw')
      await page.driver.findElement({ css: '#replay-file' }).sendKeys(file)
      await page.untilFigure('Events', '300')
      await page.untilPhase('complete')
      await page.until(`Array.from(${ROWS}).some((row) => row.children[3].textContent === '299')`)
      const row = (await page.rows()).find(([, , , id]) => id === '299')
      assert.deepEqual([row?.[2], row?.[5]], ['odd', 'line 299\nand "more", so'], name)
    }
    const broken = path.join(folder, 'broken.jsonl')
    writeFileSync(broken, '{"data":"x"}\nnot JSON\n')
    await page.driver.findElement({ css: '#replay-file' }).sendKeys(broken)
    await page.until(`/broken\\.jsonl: Line 2/.test(document.querySelector('.form-error').textContent)`)
  })

  it('reaches servers that let the page in, and those of this machine through the proxy', async () => {
    const page = current()
    const { secondOrigin } = page.server
    await page.open('inspect?url=%2Fraw')
    await page.set('url', `${secondOrigin}/ticker?interval=50&cors=origin`)
    await page.connect()
    await page.until(`Number(document.querySelector('[data-figure=Events] dd').textContent) > 3`)
    assert.equal(page.proxy.exchangesOf('/proxy').length, 0)

    await page.set('url', `${secondOrigin}/ticker?interval=50`)
    await page.set('proxy', true)
    await page.connect()
    await page.until(`document.querySelector('.phase').textContent === 'open'`)
    await page.until(`Number(document.querySelector('[data-figure=Events] dd').textContent) > 3`)
    assert.equal(page.proxy.exchangesOf('/proxy')[0].status, 200)
  })

  it('joins the deltas of a language model', async () => {
    const page = current()
    await page.open('inspect?url=%2Fraw')
    await page.set('method', 'POST')
    await page.set('url', '/echo')
    await page.set('headers', 'Authorization: Bearer x')
    await page.set('body', 'one  two ☂ three')
    await page.set('reconnect', 'no')
    await page.connect()
    await page.untilPhase('complete')
    await page.tab('Text')
    await page.until(`document.querySelector('.panel .prose').textContent === 'one  two ☂ three'`)
    assert.equal(page.proxy.exchangesOf('/echo')[0].method, 'POST')
    assert.equal(page.proxy.exchangesOf('/echo')[0].headers.authorization, 'Bearer x')
  })

  it('holds the list still, and goes on counting', async () => {
    const page = current()
    await page.open('inspect')
    await page.untilFigure('Last event ID', '5')
    await page.clickText('.toolbar button', 'Hold')
    const shown = await page.texts('.rows .row:not([hidden])')
    await page.untilFigure('Last event ID', '12')
    assert.deepEqual(await page.texts('.rows .row:not([hidden])'), shown)
    await page.clickText('.toolbar button', 'Hold')
    await page.until(`${ROWS}.length > ${shown.length}`)
  })

  it('pauses a connection, and goes on where it was', async () => {
    const page = current()
    await page.open('inspect')
    await page.untilFigure('Last event ID', '7')
    const stream = await page.laboratory()
    await page.click('[data-action=pause]')
    await page.untilPhase('paused')
    const last = Number(await page.figure('Last event ID'))
    // The server goes on; the page does not ask.
    await page.driver.sleep(1_200)
    assert.equal(await page.figure('Last event ID'), String(last))
    assert.equal(page.proxy.exchangesOf(stream).length, 1)
    await page.click('[data-action=pause]')
    await page.until(`Number(document.querySelector('[data-figure="Last event ID"] dd').textContent) > ${last + 6}`)
    const [, resumed] = page.proxy.exchangesOf(stream)
    assert.equal(resumed.headers['last-event-id'], String(last))
    assert.equal(await page.figure('Missing'), '0')
    assert.equal(await page.figure('Doubled'), '0')
    await page.tab('Story')
    await page.until(`document.querySelector('.story').textContent.includes($[0])`, `Resumed after ${last}: no gap`)
  })

  it('keeps 100,000 rows, and says what it has dropped', async () => {
    const page = current()
    await page.open('inspect?url=%2Fscenarios%2Flaboratory%2Ffast%3Frate%3D50000')
    await page.connect()
    await page.until(
      `/100,000 rows · [\\d,]+ older rows? dropped/.test(document.querySelector('.list-status').textContent)`,
    )
    assert.ok((await page.look(`document.querySelectorAll('.rows .row').length`)) < 100)
    assert.equal(await page.figure('Missing'), '0')
    await page.click('[data-action=close]')
  })

  it('puts no secret into links, code and the story', async () => {
    const page = current()
    await page.open('inspect?url=%2Fraw')
    await page.set('method', 'POST')
    await page.set('url', 'https://user:hidden@example.com/stream?api_key=hidden&topic=shown')
    await page.set('headers', 'Authorization: Bearer hidden\nX-Topic: shown')
    await page.set('body', '{"token":"hidden","prompt":"shown"}')
    for (const language of ['TypeScript', 'curl', 'Rust']) {
      await page.fill('[aria-label=Language]', language)
      const code = await page.look(`document.querySelector('.panel .code').textContent`)
      assert.match(code, /example\.com\/stream/)
      assert.match(code, /shown/)
      assert.doesNotMatch(code, /hidden/, language)
    }
    await page.keepCopies()
    await page.clickText('.minor button', 'Copy link')
    await page.until('window.copied')
    const link = await page.look('window.copied')
    assert.doesNotMatch(link, /hidden/)
    await page.open(new URL(link).hash.slice(1))
    assert.equal(await page.look(`document.querySelector('[name=method]').value`), 'POST')
    assert.match(await page.look(`document.querySelector('[name=headers]').value`), /X-Topic: shown/)

    await page.set('method', 'GET')
    await page.set('url', '/status/401?api_key=hidden')
    await page.set('headers', 'Authorization: Bearer hidden')
    await page.connect()
    await page.untilPhase('failed')
    await page.tab('Story')
    await page.until(`document.querySelectorAll('.story > li').length >= 2`)
    const story = await page.look(`document.querySelector('.story').textContent`)
    assert.match(story, /authorization: Bearer •••/)
    assert.doesNotMatch(story, /hidden/)
  })
}
