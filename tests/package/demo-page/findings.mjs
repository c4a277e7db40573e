// @ts-check
/** The diagnosis in words: what it says of streams that have something wrong, and of one that has not. */

import assert from 'node:assert/strict'
import { it } from 'node:test'

/** @typedef {import('./page.mjs').DemoPage} DemoPage */

/** @param {Record<string, string>} parameters */
const raw = (parameters) => `/raw?${new URLSearchParams(parameters)}`

/** @type {[what: string, url: string | ((page: DemoPage) => string), expected: RegExp][]} */
const CASES = [
  ['a content type', raw({ type: 'text/html', body: 'x' }), /It is text\/html, not an event stream/],
  ['a 204', raw({ status: '204' }), /has said that it is done/],
  ['a 401', '/status/401', /wants to know who asks: 401/],
  ['a path', '/nowhere', /There is no such stream: 404/],
  ['a missing blank line', raw({ body: 'data: no blank line', end: 'hold' }), /no event is complete/],
  [
    'CORS',
    ({ server }) => `${server.secondOrigin}${raw({ body: 'x' })}`,
    /does not let this page read its answer[^]*Access-Control-Allow-Origin: http/,
  ],
  [
    'an answer that ends at once',
    raw({ body: 'retry: 100\n\nid: 1\ndata: x\n\n' }),
    /The answer ends at once, each time[^]*\d+ requests so far/,
  ],
  [
    'missing IDs',
    raw({ body: `retry: 100\n\n${'data: x\n\n'.repeat(5)}`, end: 'abort', pause: '50' }),
    /The events have no IDs[^]*Add “id:” lines/,
  ],
]

/** Five events of 8 bytes at a time. */
const BURSTS = { body: 'data: x\n\n'.repeat(25), every: '45', pause: '1700', end: 'hold' }

/** @param {() => DemoPage} current */
export function findings(current) {
  it('says in words what is wrong', async (test) => {
    const page = current()
    await page.open('inspect?url=%2Fraw')
    for (const [what, url, expected] of CASES) {
      await test.test(what, async () => {
        await page.set('url', typeof url === 'string' ? url : url(page))
        await page.connect()
        await page.untilFinding(expected)
        await page.click('[data-action=close]')
      })
    }
  })

  it('suspects what buffers, by bursts and silence', async () => {
    const page = current()
    await page.open('inspect?url=%2Fraw')
    await page.set('url', raw({ ...BURSTS, header: 'X-Cache: MISS from somewhere' }))
    await page.connect()
    await page.untilFinding(
      /Events come in bursts, with silence between[^]*x-cache: MISS from somewhere[^]*X-Accel-Buffering: no/,
    )
  })

  it('has nothing to say of a stream that has nothing wrong', async () => {
    const page = current()
    await page.open('inspect')
    await page.untilFigure('Last event ID', '12')
    assert.equal(await page.findings(), 'Nothing is odd.')
  })
}
