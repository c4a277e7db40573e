// @ts-check
/** The rules of the demo page that need no page: filters, secrets, files, and what counts as a gap. */

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'

import { loadPageModules } from './demo-page/modules.mjs'

/** @type {any} */
let page
before(async () => {
  page = await loadPageModules([
    ...['inspector/expression', 'inspector/secrets', 'inspector/files', 'inspector/link', 'inspector/settings'],
    ...['observation/continuity', 'observation/diagnosis', 'observation/ring', 'observation/rates'],
  ])
})

describe('expressions', () => {
  const scope = {
    type: 'price',
    id: '7',
    data: { symbol: 'BTC', price: 5, tags: ['a'] },
    text: '{…}',
    size: 30,
    gap: 12,
  }
  for (const [text, expected] of /** @type {[string, boolean][]} */ ([
    ["data.price > 4 && type == 'price'", true],
    ['data.price * 2 === 10', true],
    ["data['symbol'] !== 'BTC'", false],
    ["data.symbol.startsWith('B') || false", true],
    ["data.tags.includes('b')", false],
    ['data.nothing.at.all', false],
    ['!(gap >= 12)', false],
    ["size < 10 ? true : id == '7'", true],
    ['data.constructor', false],
  ])) {
    it(`${text} is ${expected}`, () => assert.equal(page.compile(text)(scope), expected))
  }

  for (const text of ['window', 'data.price >', "fetch('/')", 'data.toString()', 'a; b', 'data.price = 1']) {
    it(`refuses ${text}`, () => assert.throws(() => page.compile(text), Error))
  }
})

describe('continuity', () => {
  /** @param {string[]} ids */
  const check = (ids) => {
    const continuity = new page.Continuity()
    return ids.map((id) => continuity.check(id))
  }

  it('misses what is left out where IDs count', () => {
    const verdicts = check(['4', '5', '6', '7', '11'])
    assert.equal(verdicts.at(-1).missing, 3)
  })

  it('misses nothing where they do not', () => {
    for (const ids of [
      ['10', '20', '30', '40'],
      ['a', 'b', 'd'],
      ['1', '2', '9'],
    ]) {
      assert.ok(
        check(ids).every(({ missing }) => missing === 0),
        ids.join(),
      )
    }
  })

  it('knows what comes twice, and goes on from the greatest', () => {
    const verdicts = check(['1', '2', '3', '4', '3', '4', '5', '8'])
    assert.deepEqual(
      verdicts.map(({ isRepeated }) => isRepeated),
      [false, false, false, false, true, true, false, false],
    )
    assert.deepEqual(
      verdicts.map(({ missing }) => missing),
      [0, 0, 0, 0, 0, 0, 0, 2],
    )
  })
})

describe('secrets', () => {
  it('are found by their names', () => {
    for (const name of [
      'Authorization',
      'X-Api-Key',
      'apikey',
      'access_token',
      'Cookie',
      'client_secret',
      'key',
      'sig',
    ]) {
      assert.ok(page.isSecret(name), name)
    }
    for (const name of ['topic', 'Accept', 'keyboard', 'signal', 'Content-Type'])
      assert.ok(!page.isSecret(name), name)
  })

  it('leave URLs, headers and bodies', () => {
    assert.equal(page.redactedUrl('https://u:p@h.test/s?token=x&a=1', 'S'), 'https://h.test/s?token=S&a=1')
    assert.equal(page.redactedUrl('/s?key=x', 'S'), '/s?key=S')
    assert.deepEqual(
      page.redactedHeaders(
        [
          ['Authorization', 'Bearer x'],
          ['A', 'b'],
        ],
        'S',
      ),
      [
        ['Authorization', 'Bearer S'],
        ['A', 'b'],
      ],
    )
    assert.equal(page.redactedBody('{"a":{"token":"x"},"b":1}', 'S'), '{"a":{"token":"S"},"b":1}')
    assert.equal(page.redactedBody('token=x is no JSON'), 'token=x is no JSON')
  })
})

describe('files', () => {
  const row = { kind: 'event', type: 'a,b', id: '1', data: 'say "hi"\nand go', at: 5 }

  it('quote what CSV needs quoted', () => {
    const [, line] = page.csv([row]).split('\r\n')
    assert.match(line, /^\d{4}-[^,]+Z,"a,b",1,"say ""hi""\nand go"$/)
  })

  it('come back as they were', () => {
    const text = page.jsonLines([
      row,
      { ...row, kind: 'comment' },
      { ...row, at: 1_505, type: 'message', id: '' },
    ])
    const [first, second, ...rest] = page.readJsonLines(text)
    assert.deepEqual(rest, [])
    assert.deepEqual(first, { type: 'a,b', id: '1', data: row.data, at: 0 })
    assert.equal(second.at, 1_500)
    assert.equal(page.encode(first), 'event: a,b\nid: 1\ndata: say "hi"\ndata: and go\n\n')
    assert.equal(page.encode(second), 'data: say "hi"\ndata: and go\n\n')
  })

  it('say which line is wrong', () => {
    assert.throws(() => page.readJsonLines('{"data":"x"}\n[1]\n'), /Line 2 is no JSON object/)
  })
})

describe('links', () => {
  it('bring back the settings that are not secret', () => {
    const settings = {
      ...page.DEFAULTS,
      url: '/s?a=b&c',
      method: 'POST',
      headers: 'X-A: b',
      body: '{"a":"&="}',
      proxy: true,
    }
    const fragment = page.fragmentOf(settings)
    assert.deepEqual({ ...page.DEFAULTS, ...page.settingsIn(fragment) }, settings)
  })

  it('take no settings that there are not', () => {
    assert.deepEqual(page.settingsIn('inspect?url=x&evil=1&__proto__=2'), { url: 'x' })
  })
})

describe('bounded memory', () => {
  it('drops the oldest, and keeps the numbers of the others', () => {
    const ring = new page.Ring()
    for (let number = 0; number < 20_000; number++) {
      ring.push(number)
      if (ring.length > 100) ring.shift()
    }
    assert.deepEqual([ring.first, ring.end, ring.length], [19_900, 20_000, 100])
    assert.equal(ring.at(19_950), 19_950)
    assert.equal(ring.at(19_899), undefined)
    assert.equal([...ring][0], 19_900)
  })

  it('forgets the rates of long ago', () => {
    const rates = new page.Rates()
    rates.add(1_000, 5, 50)
    assert.deepEqual(rates.perSecond(2_000, 2), { events: 2.5, bytes: 25 })
    rates.add(1_000 + 480 * 250, 1, 1)
    assert.deepEqual(rates.at(4), { events: 0, bytes: 0 })
  })
})

describe('diagnosis', () => {
  const NOW = 100_000

  /** A connection with nothing wrong, but for what is given. */
  const observation = (/** @type {object} */ given = {}) => ({
    chunks: new page.Ring(),
    phase: 'open',
    exchange: undefined,
    lastFailure: undefined,
    requests: 1,
    losses: 0,
    events: 10,
    withoutId: 0,
    missing: 0,
    repeated: 0,
    stalledSince: undefined,
    ...given,
  })
  /** @param {object} [given] @returns {string[]} */
  const titles = (given) =>
    page.diagnose(observation(given), NOW).map((/** @type {{ title: string }} */ { title }) => title)
  const exchange = (/** @type {object} */ given) => ({
    status: 200,
    contentType: 'text/event-stream',
    answerHeaders: [],
    headAt: 0,
    firstByteAt: 0,
    endedAt: undefined,
    bytes: 100,
    events: 10,
    ...given,
  })
  const ended = { reason: 'ended', retryIn: 10 }

  it('has nothing to say where nothing is wrong', () => {
    assert.deepEqual(titles(), [])
    assert.deepEqual(titles({ exchange: exchange({}) }), [])
    // A loss with IDs, and few events without.
    assert.deepEqual(titles({ losses: 3, events: 10, withoutId: 9 }), [])
    assert.deepEqual(titles({ losses: 0, events: 10, withoutId: 10 }), [])
  })

  it('does not call a stream short that has lasted, or that has ended once', () => {
    const short = exchange({ headAt: 0, endedAt: 900 })
    assert.match(titles({ lastFailure: ended, losses: 2, exchange: short })[0], /ends at once/)
    assert.deepEqual(titles({ lastFailure: ended, losses: 1, exchange: short }), [])
    const long = exchange({ headAt: 0, endedAt: 1_100 })
    assert.deepEqual(titles({ lastFailure: ended, losses: 2, exchange: long }), [])
  })

  it('misses a blank line only once there was time for one', () => {
    const silent = { bytes: 100, events: 0, firstByteAt: NOW - 3_100 }
    assert.match(titles({ exchange: exchange(silent) })[0], /no event is complete/)
    assert.deepEqual(titles({ exchange: exchange({ ...silent, firstByteAt: NOW - 2_900 }) }), [])
    assert.deepEqual(titles({ exchange: exchange({ ...silent, events: 1 }) }), [])
  })

  it('suspects a buffer where bursts follow silence, thrice', () => {
    const chunks = (/** @type {[events: number, silence: number][]} */ ...list) => {
      const ring = new page.Ring()
      for (const [events, silence] of list) ring.push({ events, silence })
      return ring
    }
    const burst = /** @type {[number, number]} */ ([4, 1_600])
    assert.match(titles({ chunks: chunks(burst, burst, burst) })[0], /in bursts/)
    assert.deepEqual(titles({ chunks: chunks(burst, burst) }), [])
    assert.deepEqual(titles({ chunks: chunks([3, 1_600], [3, 1_600], [3, 1_600]) }), [])
    assert.deepEqual(titles({ chunks: chunks([4, 1_400], [4, 1_400], [4, 1_400]) }), [])
  })

  it('speaks of each failure that it knows', () => {
    const failed = (/** @type {object} */ failure) =>
      titles({ phase: 'failed', lastFailure: { retryIn: null, ...failure }, exchange: exchange({}) })[0]
    assert.match(failed({ reason: 'content-type' }), /not an event stream/)
    assert.match(failed({ reason: 'cors' }), /does not let this page read/)
    assert.match(failed({ reason: 'status', status: 204 }), /it is done/)
    assert.match(failed({ reason: 'status', status: 403 }), /who asks: 403/)
    assert.match(failed({ reason: 'status', status: 405 }), /no such stream: 405/)
    assert.match(failed({ reason: 'status', status: 429 }), /busy: 429/)
    assert.match(failed({ reason: 'status', status: 500 }), /answers 500/)
    assert.match(failed({ reason: 'connect-timeout' }), /does not begin/)
    assert.match(failed({ reason: 'idle-timeout' }), /silent for too long/)
    assert.match(failed({ reason: 'limit' }), /too large/)
    assert.match(failed({ reason: 'network' }), /connection broke/)
  })

  it('takes back what it has said of a failure once the stream is open or closed', () => {
    const lastFailure = { reason: 'content-type', retryIn: null }
    for (const phase of ['open', 'closed']) assert.deepEqual(titles({ phase, lastFailure }), [])
  })
})
