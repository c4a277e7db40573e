// @ts-check
/** The options of a source, by themselves: what each becomes, and that nothing else gets through. */

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'

import { importSources } from './sources.mjs'

/** @type {any} */
let sources
/** @type {string[]} */
let warnings
const { warn } = console
beforeEach(async () => {
  // What has been warned of is remembered by the module.
  sources = await importSources('options/read-options.ts', 'options/option-checks.ts')
  warnings = []
  console.warn = (...args) => warnings.push(args.join(' '))
})
afterEach(() => {
  console.warn = warn
  assert.deepEqual(warnings.splice(0), [])
})

/** @param {unknown} [options] */
const read = (options) => sources.readOptions(options)
/** @param {unknown} options */
const readSource = (options) => read(options).source
/** @param {object} options */
const policy = (options) => readSource({ reconnect: options })

/**
 * @param {unknown} options
 * @param {RegExp} message
 * @param {string} [name]
 */
const refuses = (options, message, name = 'TypeError') => assert.throws(() => read(options), { name, message })

describe('options that are left out', () => {
  for (const [title, given] of /** @type {const} */ ([['none', undefined], ['null', null], ['an empty object', {}], ['a function', () => {}]])) {
    it(`are those of the standard: ${title}`, () => {
      const { source, ...others } = read(given)
      assert.deepEqual(others, { withCredentials: false, signal: undefined, onComment: undefined, decide: undefined, resume: undefined, share: undefined })
      assert.deepEqual(source, {
        pageOrigin: undefined,
        isGet: true,
        mayLeak: false,
        mayProbe: true,
        init: { method: 'GET', mode: 'cors', cache: 'no-store', credentials: 'same-origin' },
        headers: undefined,
        body: undefined,
        fetch: undefined,
        query: undefined,
        lastEventId: '',
        maxEventSize: 64 * 1024 * 1024,
        keepsComments: false,
        connectTimeout: Infinity,
        idleTimeout: Infinity,
        pauseWhenHidden: false,
        asksTheUser: false,
        repeats: true,
        statuses: undefined,
        strategy: 'constant',
        factor: 1,
        jitter: 'none',
        delay: 3_000,
        minDelay: 100,
        maxDelay: Infinity,
        maxAttempts: Infinity,
        resetAfter: 5_000,
        reader: undefined,
        standing: undefined,
        firstDelay: 0,
      })
    })
  }

  it('are those members that are undefined, too', () => {
    const names = ['body', 'cache', 'connectTimeout', 'credentials', 'duplex', 'fetch', 'headers', 'idleTimeout', 'integrity']
    names.push('keepalive', 'lastEventId', 'maxEventSize', 'method', 'mode', 'onComment', 'pauseWhenHidden', 'priority')
    names.push('reconnect', 'redirect', 'referrer', 'referrerPolicy', 'resume', 'sendLastEventId', 'share', 'signal', 'withCredentials')
    assert.deepEqual(read(Object.fromEntries(names.map((name) => [name, undefined]))), read())
  })

  it('must be an object all the same', () => {
    for (const given of [true, 7, 'a', 1n, Symbol('a')]) {
      refuses(given, /^EventSource: the second argument must be an object, not (true|7|a|1|Symbol\(a\))$/)
    }
  })
})

describe('the request', () => {
  it('has the members that fetch takes, as they are', () => {
    const init = {
      cache: 'reload',
      credentials: 'omit',
      integrity: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      keepalive: true,
      mode: 'same-origin',
      priority: 'low',
      redirect: 'error',
      referrer: 'about:client',
      referrerPolicy: 'no-referrer',
    }
    assert.deepEqual(readSource(init).init, { method: 'GET', ...init })
  })

  it('takes what is among the values that fetch knows, and nothing else', () => {
    const choices = {
      cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache'],
      credentials: ['omit', 'same-origin', 'include'],
      duplex: ['half'],
      priority: ['high', 'low', 'auto'],
      redirect: ['follow', 'error', 'manual'],
      referrerPolicy: ['', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin', 'origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
    }
    for (const [name, values] of Object.entries(choices)) {
      for (const value of values) assert.equal(readSource({ [name]: value }).init[name], value)
      for (const value of ['other', 7]) {
        const expected = values.filter(Boolean)
        if (name === 'cache') expected.push('only-if-cached')
        assert.throws(() => read({ [name]: value }), ({ message }) => {
          const [, listed] = new RegExp(`^${name}: must be one of (.*), not ${value}$`).exec(message) ?? []
          assert.deepEqual(listed?.split(', ').sort(), expected.sort())
          return true
        })
      }
    }
    assert.equal(readSource({ cache: 'only-if-cached', mode: 'same-origin' }).init.cache, 'only-if-cached')
    refuses({ cache: 'only-if-cached' }, /^cache: only-if-cached needs the mode same-origin$/)
    for (const mode of ['no-cors', 'navigate', 'other']) refuses({ mode }, new RegExp(`^mode: must be 'cors' or 'same-origin', not ${mode}: others hide the stream$`))
  })

  it('has a method that a page may use', () => {
    for (const method of ['POST', 'get', 'GeT', 'PATCH', 'X']) assert.equal(readSource({ method }).init.method, method)
    for (const method of ['TRACE', 'CONNECT', 'TRACK', 'a b', '']) {
      refuses({ method }, new RegExp(`^method: must be a method that a page may use, which is a token and none of CONNECT, TRACE and TRACK, not ${method}$`))
    }
    refuses({ method: 7 }, /^method: must be a string, not 7$/)
    for (const [method, isGet] of /** @type {const} */ ([['GET', true], ['get', true], ['POST', false], ['GETS', false], ['XGET', false], ['HEAD', false]])) {
      assert.equal(readSource({ method }).isGet, isGet, method)
    }
  })

  it('has a referrer that is one', () => {
    for (const referrer of ['', 'about:client', 'https://example.test/']) assert.equal(readSource({ referrer }).init.referrer, referrer)
    refuses({ referrer: 'https://a b' }, /^referrer: must be a URL, about:client or the empty string, not https:\/\/a b$/)
  })

  it('has credentials where it is told so, by the one option or the other', () => {
    assert.equal(readSource({ withCredentials: true }).init.credentials, 'include')
    assert.equal(readSource({ withCredentials: 0 }).init.credentials, 'same-origin')
    assert.equal(readSource({ withCredentials: true, credentials: 'omit' }).init.credentials, 'omit')
    assert.equal(read({ withCredentials: 'yes' }).withCredentials, true)
  })

  it('has a body only where the method has one', () => {
    assert.equal(readSource({ method: 'POST', body: 'a' }).body, 'a')
    assert.equal(readSource({ method: 'POST', body: null }).body, null)
    for (const method of [undefined, 'GET', 'get', 'HEAD', 'head']) {
      refuses({ method, body: 'a' }, /^body: a GET request cannot have one; set the method, for example to 'POST'$/)
      assert.equal(readSource({ method, body: null }).body, null)
    }
    for (const method of ['GETS', 'XGET', 'HEADS', 'XHEAD']) assert.equal(readSource({ method, body: '' }).body, '')
  })

  it('sends a stream once', () => {
    const body = new ReadableStream()
    for (const reconnect of [true, {}]) {
      refuses({ method: 'POST', body, reconnect }, /^body: a stream cannot be sent twice; pass a function that makes one for each attempt, or set reconnect to false$/)
    }
    for (const reconnect of [undefined, false]) {
      const source = readSource({ method: 'POST', body, reconnect })
      assert.deepEqual([source.body, source.init.duplex], [body, 'half'])
    }
    assert.equal('duplex' in readSource({ method: 'POST', body: 'a' }).init, false)
  })

  it('may be probed for, and leak, as its options say', () => {
    const fetch = () => {}
    /** @type {[object, boolean, boolean][]} */
    const cases = [
      [{}, false, true],
      [{ fetch }, true, false],
      [{ headers: {} }, true, true],
      [{ headers: () => ({}) }, true, true],
      [{ mode: 'same-origin' }, false, false],
      [{ redirect: 'error' }, false, false],
      [{ redirect: 'manual' }, false, false],
      [{ redirect: 'follow' }, false, true],
    ]
    for (const [options, mayLeak, mayProbe] of cases) {
      const source = readSource(options)
      assert.deepEqual([source.mayLeak, source.mayProbe], [mayLeak, mayProbe], JSON.stringify(options))
    }
    assert.equal(readSource({ fetch }).fetch, fetch)
  })
})

describe('headers', () => {
  it('are read once, from whatever fetch takes', () => {
    const expected = [['X-A', 'b'], ['X-C', '7']]
    const given = [
      { 'X-A': 'b', 'X-C': 7 },
      [['X-A', 'b'], ['X-C', '7']],
      new Map(Object.entries({ 'X-A': 'b', 'X-C': '7' })),
      new Map(Object.entries({ 'X-A': 'b', 'X-C': '7' })).entries(),
      [new Set(['X-A', 'b']), ['X-C', '7']],
    ]
    for (const headers of given) assert.deepEqual(readSource({ headers }).headers, expected)
    assert.deepEqual(readSource({ headers: new Headers({ 'X-A': 'b' }) }).headers, [['x-a', 'b']])
    // What a function has beside what it does is nobody's business.
    const headers = Object.assign(() => ({}), { 'a b': 'c' })
    assert.equal(readSource({ headers }).headers, headers)
    for (const none of [undefined, null]) assert.equal(readSource({ headers: none }).headers, undefined)
  })

  it('must be such', () => {
    refuses({ headers: 'a' }, /^headers: must be an object, pairs, Headers, or a function that gives them, not a$/)
    for (const headers of [[['a']], [['a', 'b', 'c']], ['ab'], [null], [[]]]) refuses({ headers }, /^headers: must be pairs of a name and a value$/)
    for (const name of ['', 'a b', 'a:', 'é']) {
      refuses({ headers: { [name]: 'x' } }, /^headers: ".*" cannot be the name of a header, which is a token$/)
    }
    for (const value of ['a\nb', 'a\rb', 'a\0b', 'ā']) {
      refuses({ headers: { 'X-A': value } }, /^headers: the value of "X-A" must have no NUL, CR or LF, and no character above U\+00FF$/)
    }
    assert.deepEqual(readSource({ headers: { 'X-A': 'é' } }).headers, [['X-A', 'é']])
  })

  it('are none that the browser would leave out', () => {
    // Node leaves out nothing; a browser does.
    const { Request } = globalThis
    try {
      globalThis.Request = class extends Request {
        /** @param {any} url @param {any} init */
        constructor(url, init) {
          super(url, init)
          this.headers.delete('Cookie')
        }
      }
      refuses({ headers: { Cookie: 'a' } }, /^headers: a page may not set "cookie"; the browser sets it itself$/)
      readSource({ headers: { 'X-A': 'a' } })
      readSource({ headers: () => ({ Cookie: 'a' }) })
    } finally {
      globalThis.Request = Request
    }
  })
})

describe('what is to be resumed', () => {
  it('is the last event ID, which one line can hold', () => {
    for (const lastEventId of ['', '7', 'é…🦀', ' a\tb ', '\x01']) assert.equal(readSource({ lastEventId }).lastEventId, lastEventId)
    for (const lastEventId of ['\0', 'a\n', '\ra']) refuses({ lastEventId }, /^lastEventId: must not contain NUL, LF or CR$/)
    refuses({ lastEventId: 7 }, /^lastEventId: must be a string, not 7$/)
  })

  it('is sent in a header, or in a parameter', () => {
    assert.equal(readSource({ sendLastEventId: 'header' }).query, undefined)
    assert.equal(readSource({ sendLastEventId: { query: 'after' } }).query, 'after')
    for (const sendLastEventId of ['query', {}, { query: 7 }, null, true]) {
      refuses({ sendLastEventId }, /^sendLastEventId: must be 'header' or \{ query: the name of a parameter \}, not /)
    }
  })

  it('is kept where the user says', () => {
    const storage = { getItem: () => null, setItem() {}, removeItem() {} }
    for (const resume of [undefined, null, false]) assert.equal(read({ resume }).resume, undefined)
    assert.deepEqual(read({ resume: true }).resume, {})
    assert.deepEqual(read({ resume: {} }).resume, { storage: undefined, key: undefined })
    assert.deepEqual(read({ resume: { storage, key: 'k' } }).resume, { storage, key: 'k' })
    const { setItem, removeItem, getItem } = storage
    const wrong = [7, 'a', () => {}, { key: 7 }, { storage: 7 }, { storage: null }, { storage: {} }, { storage: { setItem, removeItem } }]
    for (const resume of [...wrong, { storage: { getItem, removeItem } }, { storage: { getItem, setItem } }]) {
      refuses({ resume }, /^resume: must be a boolean or \{ storage, key \}: a Storage, and a string, not /)
    }
  })
})

describe('who may share', () => {
  it('is nobody, all, or those with the same name', () => {
    for (const share of [undefined, null, false]) assert.equal(read({ share }).share, undefined)
    for (const share of [true, 'user 7']) assert.equal(read({ share }).share, share)
    for (const share of ['', 7, {}]) refuses({ share }, /^share: must be a boolean, or a name that is not empty, not /)
  })

  it('is told by a name where what two users get may differ', () => {
    const different = [{ headers: { 'X-A': 'a' } }, { headers: () => ({}) }, { fetch: () => {} }, { credentials: 'omit' }]
    for (const options of different) {
      const message =
        `^share: with ${Object.keys(options)[0]}, say who may share: two tabs may be logged in as two users, who must not get ` +
        "each other's events. Set share to a name, that of the user for example$"
      refuses({ ...options, share: true }, new RegExp(message))
      assert.equal(read({ ...options, share: 'user 7' }).share, 'user 7')
    }
    refuses({ share: true, headers: {}, fetch: () => {}, credentials: 'omit' }, /^share: with headers, fetch, credentials, say /)
    assert.equal(read({ share: true, withCredentials: true }).share, true)
  })

  it('is nobody with a method that may change something', () => {
    for (const share of [true, 'user 7']) {
      refuses({ share, method: 'POST' }, /^share: only a GET request can be shared; others may change something, each time$/)
    }
  })
})

describe('numbers', () => {
  const cases = /** @type {const} */ ([
    ['connectTimeout', 1, 'a number of ms'],
    ['idleTimeout', 1, 'a number of ms'],
    ['reconnect.delay', 0, 'a number of ms'],
    ['reconnect.maxDelay', 0, 'a number of ms'],
    ['reconnect.minDelay', 0, 'a number of ms'],
    ['reconnect.resetAfter', 0, 'a number of ms'],
    ['reconnect.factor', 0, 'a number'],
    ['reconnect.maxAttempts', 1, 'a number'],
  ])
  for (const [path, least, kind] of cases) {
    it(`are checked: ${path}`, () => {
      const name = path.replace('reconnect.', '')
      /** @param {unknown} value */
      const options = (value) => (name === path ? { [name]: value } : { reconnect: { [name]: value } })
      for (const value of [least, least + 0.5, 1e9]) assert.equal(readSource(options(value))[name], value)
      for (const value of [least - 0.5, -1, NaN, Infinity, -Infinity]) {
        refuses(options(value), new RegExp(`^${path}: must be finite, and at least ${least}, not ${value}$`), 'RangeError')
      }
      for (const value of ['7', true, null]) refuses(options(value), new RegExp(`^${path}: must be ${kind}, not ${value}$`))
    })
  }

  it('may be infinite where that means something: maxEventSize', () => {
    const largest = 2 ** 29 - 64 * 1024
    assert.equal(readSource({ maxEventSize: 1 }).maxEventSize, 1)
    for (const maxEventSize of [largest, largest + 1, Infinity]) assert.equal(readSource({ maxEventSize }).maxEventSize, largest)
    for (const maxEventSize of [0, -1, NaN]) refuses({ maxEventSize }, /^maxEventSize: must be at least 1, not /, 'RangeError')
    refuses({ maxEventSize: '1' }, /^maxEventSize: must be a number of bytes, not 1$/)
  })

  it('agree with each other: minDelay and maxDelay', () => {
    assert.deepEqual([policy({ maxDelay: 50 }).minDelay, policy({ maxDelay: 500 }).minDelay], [50, 100])
    assert.equal(policy({ minDelay: 7, maxDelay: 7 }).minDelay, 7)
    refuses({ reconnect: { minDelay: 8, maxDelay: 7 } }, /^reconnect\.minDelay: must be at most maxDelay, not 8$/, 'RangeError')
  })
})

describe('reconnecting', () => {
  it('is unasked for GET alone', () => {
    const decide = () => true
    /** @type {[object, boolean][]} */
    const cases = [
      [{}, true],
      [{ reconnect: false }, false],
      [{ reconnect: true }, true],
      [{ reconnect: {} }, true],
      [{ reconnect: { repeat: false } }, false],
      [{ method: 'POST' }, false],
      [{ method: 'POST', reconnect: true }, true],
      [{ method: 'POST', reconnect: {} }, false],
      [{ method: 'POST', reconnect: { decide } }, false],
      [{ method: 'POST', reconnect: { repeat: true } }, true],
      [{ method: 'POST', reconnect: { repeat: false } }, false],
      [{ method: 'POST', reconnect: false }, false],
    ]
    for (const [options, repeats] of cases) assert.equal(readSource(options).repeats, repeats, JSON.stringify(options))
    for (const reconnect of [7, 'a', null]) refuses({ reconnect }, /^reconnect: must be a boolean or an object, not /)
    refuses({ reconnect: { repeat: 7 } }, /^reconnect\.repeat: must be a boolean, not 7$/)
  })

  it('grows and spreads as it is told', () => {
    for (const strategy of ['constant', 'linear', 'exponential']) {
      const { strategy: read, factor } = policy({ strategy })
      assert.deepEqual([read, factor], [strategy, strategy === 'exponential' ? 2 : 1])
      assert.equal(policy({ strategy, factor: 3 }).factor, 3)
    }
    for (const jitter of ['none', 'full', 'equal', 'decorrelated']) assert.equal(policy({ jitter }).jitter, jitter)
    refuses({ reconnect: { strategy: 'other' } }, /^reconnect\.strategy: must be one of constant, linear, exponential, not other$/)
    refuses({ reconnect: { jitter: 'other' } }, /^reconnect\.jitter: must be one of none, full, equal, decorrelated, not other$/)
  })

  it('takes statuses', () => {
    assert.equal(policy({}).statuses, undefined)
    assert.deepEqual(policy({ statuses: [200, 429, 599] }).statuses, new Uint16Array([200, 429, 599]))
    assert.deepEqual(policy({ statuses: [] }).statuses, new Uint16Array())
    for (const statuses of [[199], [600], [503, 7], ['a'], 503, 'a', null, {}]) {
      refuses({ reconnect: { statuses } }, /^reconnect\.statuses: must be an array of statuses, from 200 to 599, not /)
    }
  })

  it('asks the user where there is a function for it', () => {
    const decide = () => true
    const { decide: read_, source } = read({ reconnect: { decide } })
    assert.deepEqual([read_, source.asksTheUser], [decide, true])
    refuses({ reconnect: { decide: true } }, /^reconnect\.decide: must be a function, not true$/)
  })
})

describe('functions and signals', () => {
  it('are passed on', () => {
    const onComment = () => {}
    const { onComment: read_, source } = read({ onComment })
    assert.deepEqual([read_, source.keepsComments], [onComment, true])
    for (const name of ['onComment', 'fetch']) refuses({ [name]: 7 }, new RegExp(`^${name}: must be a function, not 7$`))
  })

  it('are what can be aborted, of any realm', () => {
    const { signal } = new AbortController()
    assert.equal(read({ signal }).signal, signal)
    assert.equal(read({ signal: null }).signal, undefined)
    const { aborted, addEventListener, removeEventListener } = signal
    const foreign = { aborted, addEventListener, removeEventListener }
    assert.equal(read({ signal: foreign }).signal, foreign)
    for (const name of Object.keys(foreign)) refuses({ signal: { ...foreign, [name]: undefined } }, /^signal: must be an AbortSignal, not /)
    refuses({ signal: 7 }, /^signal: must be an AbortSignal, not 7$/)
  })

  it('tell what the page is', () => {
    try {
      globalThis.origin = 'https://page.test'
      assert.equal(readSource({}).pageOrigin, 'https://page.test')
    } finally {
      Reflect.deleteProperty(globalThis, 'origin')
    }
    assert.equal(readSource({ pauseWhenHidden: 1 }).pauseWhenHidden, true)
  })
})

describe('a name that is no option', () => {
  it('is told of, once', () => {
    read({ retries: 7, cache: 'reload', priority: 'low' })
    read({ retries: 7, reconnect: { retries: 7, delay: 1, cache: 'reload' } })
    const names = ['retries', 'reconnect.retries', 'reconnect.cache']
    assert.deepEqual(warnings.splice(0), names.map((name) => `wasm-eventsource: there is no option "${name}"`))
  })
})

describe('what no text can be made of', () => {
  it('is told of all the same', () => {
    refuses({ lastEventId: Object.create(null) }, /^lastEventId: must be a string, not \[object Object\]$/)
    refuses({ mode: Object.create(null) }, /^mode: must be 'cors' or 'same-origin', not \[object Object\]: /)
    refuses({ mode: Symbol('a') }, /^mode: must be 'cors' or 'same-origin', not Symbol\(a\): /)
  })
})

describe('getters', () => {
  it('are each read once, in the order of their names, and what they throw comes out', () => {
    /** @type {string[]} */
    const order = []
    const watched = new Proxy({}, { get: (_, name) => void order.push(String(name)), ownKeys: () => [] })
    read(watched)
    assert.equal(new Set(order).size, order.length)
    assert.ok(order.length > 20, `${order}`)
    const error = new Error('from a getter')
    for (const name of order) {
      const options = { get [name]() { throw error } }
      assert.throws(() => read(options), (thrown) => thrown === error)
    }
  })
})
