// @ts-check
/**
 * `wasm-eventsource/fetch-event-source` beside the real package: the same calls for the same streams,
 * and each bug of the real one, shown in it and not in ours.
 */

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, it } from 'node:test'

const { fetchEventSource: theirs } = createRequire(import.meta.url)('@microsoft/fetch-event-source')
/** A path that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/fetch-event-source.js'
const { fetchEventSource: ours } = await import(PACKAGE)

/** @typedef {(input: any, init?: any) => Promise<void>} FetchEventSource */

/** What the real one needs of a page. */
class Page extends EventTarget {
  hidden = false
  /** @param {boolean} hidden */
  turn(hidden) {
    this.hidden = hidden
    this.dispatchEvent(new Event('visibilitychange'))
  }
}
/** @type {Page} */
let page
beforeEach(() => {
  page = new Page()
  Object.assign(globalThis, { document: page, window: globalThis })
})
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'document')
  Reflect.deleteProperty(globalThis, 'window')
})

const encoder = new TextEncoder()
const tick = () => new Promise((resolve) => setTimeout(resolve, 5))

/**
 * @typedef {object} Sent
 * @property {any} init
 * @property {Headers} headers
 * @property {boolean} cancelled
 */

/**
 * A `fetch` that answers one request after the other, the last answer for all others, and the
 * requests it was asked for. A text is the body of a good response; null is a body that never ends.
 * @param {(string | null | Error | Response)[]} answers
 */
function server(...answers) {
  /** @type {Sent[]} */
  const sent = []
  const fetch = async (/** @type {any} */ input, /** @type {any} */ init) => {
    const answer = answers[Math.min(sent.length, answers.length - 1)]
    const headers = new Headers(init.headers)
    const request = { input, init, headers, cancelled: false }
    sent.push(request)
    if (input instanceof Request && input.bodyUsed) throw new TypeError('the body has been used')
    if (input instanceof Request && input.body) await input.text()
    if (answer instanceof Error) throw answer
    if (answer instanceof Response) return answer
    const body = new ReadableStream({
      start(controller) {
        if (typeof answer === 'string') controller.enqueue(encoder.encode(answer))
        if (typeof answer === 'string' && !answer.endsWith('…')) controller.close()
        init.signal.addEventListener('abort', () => {
          request.cancelled = true
          try {
            controller.error(init.signal.reason)
          } catch {}
        })
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { fetch, sent }
}

/**
 * The messages of one stream, and how the promise settles.
 * @param {FetchEventSource} fetchEventSource
 * @param {string} text
 */
async function messagesOf(fetchEventSource, text) {
  /** @type {unknown[]} */
  const calls = []
  const { fetch } = server(text)
  await fetchEventSource('/', {
    fetch,
    onopen: async () => void calls.push('open'),
    onmessage: (/** @type {object} */ message) => calls.push({ ...message }),
    onclose: () => calls.push('close'),
    onerror: (/** @type {unknown} */ error) => {
      throw error
    },
  })
  return calls
}

/**
 * What each of them does.
 * @template T
 * @param {(fetchEventSource: FetchEventSource) => Promise<T>} use
 */
async function both(use) {
  return { ours: await use(ours), theirs: await use(theirs) }
}

describe('fetchEventSource', () => {
  it('calls back as the real one does', async () => {
    for (const text of [
      'data: a\n\n',
      'id: 1\nevent: x\ndata: a\ndata: b\n\ndata: c\n\n',
      'retry: 500\ndata: a\n\ndata: b\n\n',
      'data: a\r\n\r\ndata: b\r\rdata: c\n\n',
      'data: a\n\ndata: unfinished',
      'data: €🐳\n\n',
      'unknown: x\ndata: a\n\n',
    ]) {
      const { ours, theirs } = await both((fetchEventSource) => messagesOf(fetchEventSource, text))
      assert.deepEqual(ours, theirs, text)
    }
  })

  it('sends what it is told, with the headers of the real one', async () => {
    const { ours, theirs } = await both(async (fetchEventSource) => {
      const { fetch, sent } = server('')
      await fetchEventSource('/x', { fetch, method: 'POST', body: 'b', headers: { a: '1' }, mode: 'cors' })
      const { input, headers, init } = /** @type {any} */ (sent[0])
      return [input, init.method, init.body, init.mode, [...headers]]
    })
    assert.deepEqual(ours, theirs)
    assert.deepEqual(ours, ['/x', 'POST', 'b', 'cors', [['a', '1'], ['accept', 'text/event-stream']]])
  })

  it('asks again after an error, in as many ms as onerror says, from the last event ID', async () => {
    const { ours, theirs } = await both(async (fetchEventSource) => {
      const { fetch, sent } = server(new Error('lost'), 'id: 7\ndata: a\n\n', 'data: b\n\n')
      /** @type {unknown[]} */
      const calls = []
      let closed = 0
      await fetchEventSource('/', {
        fetch,
        onmessage: (/** @type {any} */ { data }) => calls.push(data),
        onclose() {
          if (++closed === 1) throw new Error('again')
        },
        onerror: (/** @type {Error} */ { message }) => (calls.push(message), 1),
      })
      return [calls, sent.map(({ headers }) => headers.get('last-event-id'))]
    })
    assert.deepEqual(ours, theirs)
    assert.deepEqual(ours, [['lost', 'a', 'again', 'b'], [null, null, '7']])
  })

  it('rejects with what onerror throws', async () => {
    const fatal = new Error('fatal')
    const { ours, theirs } = await both((fetchEventSource) =>
      fetchEventSource('/', {
        fetch: server(new Error('lost')).fetch,
        onerror() {
          throw fatal
        },
      }).catch((error) => error),
    )
    assert.equal(ours, fatal)
    assert.equal(theirs, fatal)
  })

  it('asks onopen, which may refuse, before it reads', async () => {
    const response = new Response('sorry', { status: 500, headers: { 'content-type': 'text/plain' } })
    const { ours } = await both(async (fetchEventSource) => {
      const error = await fetchEventSource('/', {
        fetch: server(response.clone()).fetch,
        async onopen(/** @type {Response} */ response) {
          throw new Error(await response.text())
        },
        onerror(/** @type {Error} */ error) {
          throw error
        },
      }).catch((error) => error)
      assert.equal(error.message, 'sorry')
      return error
    })
    assert.ok(ours)
  })

  it('resolves when it is aborted, and ends the request, which is no error', async () => {
    await both(async (fetchEventSource) => {
      const controller = new AbortController()
      const { fetch, sent } = server('data: a\n\n…')
      const { signal } = controller
      await fetchEventSource('/', {
        fetch,
        signal,
        onmessage: () => controller.abort(),
        onerror: () => assert.fail('onerror was called'),
      })
      assert.equal(sent[0]?.cancelled, true)
      assert.equal(sent.length, 1)
    })
  })

  it('resolves when it is aborted while it waits to ask again', async () => {
    await both(async (fetchEventSource) => {
      const controller = new AbortController()
      const { fetch, sent } = server(new Error('lost'))
      setTimeout(() => controller.abort(), 10)
      await fetchEventSource('/', { fetch, signal: controller.signal, onerror: () => 60_000 })
      assert.equal(sent.length, 1)
    })
  })

  it('lets go of the request while the page is hidden, and asks again when it is shown', async () => {
    await both(async (fetchEventSource) => {
      const controller = new AbortController()
      const { fetch, sent } = server('id: 3\ndata: a\n\n…')
      const done = fetchEventSource('/', { fetch, signal: controller.signal })
      await tick()
      page.turn(true)
      await tick()
      assert.deepEqual([sent.length, sent[0]?.cancelled], [1, true])
      page.turn(false)
      await tick()
      assert.equal(sent.length, 2)
      assert.equal(sent[1]?.headers.get('last-event-id'), '3')
      controller.abort()
      await done
    })
  })

  it('keeps the request of a hidden page with openWhenHidden', async () => {
    await both(async (fetchEventSource) => {
      const controller = new AbortController()
      const { fetch, sent } = server('data: a\n\n…')
      const done = fetchEventSource('/', { fetch, openWhenHidden: true, signal: controller.signal })
      await tick()
      page.turn(true)
      await tick()
      assert.deepEqual([sent.length, sent[0]?.cancelled], [1, false])
      controller.abort()
      await done
    })
  })

  describe('bugs of the real one', () => {
    /**
     * The messages of a stream differ in this way.
     * @param {string} text
     * @param {(message: any) => unknown} pick
     */
    const differ = async (text, pick) => {
      const { ours, theirs } = await both((fetchEventSource) => messagesOf(fetchEventSource, text))
      return [ours, theirs].map((calls) => calls.filter((call) => typeof call === 'object').map(pick))
    }
    const data = (/** @type {any} */ message) => message.data

    it('drops fields without a colon', async () => {
      assert.deepEqual(await differ('data\ndata\n\n', data), [['\n'], ['']])
    })

    it('loses a leading empty data line', async () => {
      assert.deepEqual(await differ('data:\ndata: a\n\n', data), [['\na'], ['a']])
    })

    it('makes an empty message of every blank line, that of a keep-alive too', async () => {
      assert.deepEqual(await differ(': keep-alive\n\nid: 1\n\n\ndata: a\n\n', data), [['a'], ['', '', '', 'a']])
    })

    it('takes a byte order mark from every value', async () => {
      assert.deepEqual(await differ('data: a\n\ndata: \uFEFFb\n\n', data), [
        ['a', '\uFEFFb'],
        ['a', 'b'],
      ])
    })

    it('takes numbers of all kinds for a reconnection time', async () => {
      const retry = (/** @type {any} */ message) => message.retry
      assert.deepEqual(await differ('retry: 12abc\ndata: a\n\nretry: -5\ndata: b\n\n', retry), [
        [undefined, undefined],
        [12, -5],
      ])
    })

    it('takes an ID with NUL', async () => {
      const id = (/** @type {any} */ message) => message.id
      assert.deepEqual(await differ('id: a\0b\ndata: a\n\n', id), [[''], ['a\0b']])
    })

    it('takes an ID that no blank line has ended', async () => {
      const { ours, theirs } = await both(async (fetchEventSource) => {
        const { fetch, sent } = server('id: 1\n\nid: unfinished\n', '')
        let closed = 0
        await fetchEventSource('/', {
          fetch,
          onclose() {
            if (++closed === 1) throw new Error('again')
          },
          onerror: () => 1,
        }).catch(() => {})
        return sent[1]?.headers.get('last-event-id')
      })
      assert.equal(ours, '1')
      assert.equal(theirs, 'unfinished')
    })

    it('cannot send an ID beyond Latin-1', async () => {
      const use = async (/** @type {FetchEventSource} */ fetchEventSource) => {
        const { fetch, sent } = server('id: €\n\n', '')
        let closed = 0
        await fetchEventSource('/', {
          // As the real `fetch` does, this makes Headers of what it is given.
          fetch,
          onclose() {
            if (++closed === 1) throw new Error('again')
          },
          onerror(/** @type {Error} */ error) {
            if (error.message !== 'again') throw error
            return 1
          },
        })
        return sent[1]?.headers.get('last-event-id')
      }
      assert.equal(await use(ours), '\xE2\x82\xAC')
      await assert.rejects(use(theirs), TypeError)
    })

    it('ignores headers that are not a plain object, and those of a Request', async () => {
      const { ours, theirs } = await both(async (fetchEventSource) => {
        /** @type {unknown[]} */
        const seen = []
        for (const [input, headers] of [
          ['/', new Headers({ a: '1' })],
          ['/', [['a', '1']]],
          [new Request('http://a.test/', { headers: { a: '1' } }), undefined],
        ]) {
          const { fetch, sent } = server('')
          await fetchEventSource(input, { fetch, headers })
          seen.push(sent[0]?.headers.get('a'))
        }
        return seen
      })
      assert.deepEqual(ours, ['1', '1', '1'])
      assert.deepEqual(theirs, [null, null, null])
    })

    it('sends two values of Accept where yours is spelt with a capital', async () => {
      const { ours, theirs } = await both(async (fetchEventSource) => {
        const { fetch, sent } = server('')
        await fetchEventSource('/', { fetch, headers: { Accept: 'x/y' } })
        return sent[0]?.headers.get('accept')
      })
      assert.equal(ours, 'x/y')
      assert.equal(theirs, 'x/y, text/event-stream')
    })

    it('cannot send a Request with a body again', async () => {
      const use = async (/** @type {FetchEventSource} */ fetchEventSource) => {
        const { fetch, sent } = server(new Error('lost'), '')
        const input = new Request('http://a.test/', { method: 'POST', body: 'b' })
        /** @type {unknown[]} */
        const errors = []
        await fetchEventSource(input, {
          fetch,
          onerror(/** @type {Error} */ { message }) {
            errors.push(message)
            if (errors.length === 2) throw new Error('enough')
            return 1
          },
        }).catch(() => {})
        return [errors, sent.length]
      }
      assert.deepEqual(await use(ours), [['lost'], 2])
      assert.deepEqual(await use(theirs), [['lost', 'the body has been used'], 2])
    })

    it('makes the request though its signal was aborted before', async () => {
      const signal = AbortSignal.abort()
      const mine = server('data: a\n\n…')
      await ours('/', { fetch: mine.fetch, signal })
      assert.equal(mine.sent.length, 0)
      const real = server('data: a\n\n')
      await theirs('/', { fetch: real.fetch, signal })
      assert.equal(real.sent.length, 1)
    })

    it('leaves a response open whose message made a callback throw, and asks for another', async () => {
      const { ours, theirs } = await both(async (fetchEventSource) => {
        const { fetch, sent } = server('data: a\n\n…', '')
        let count = 0
        await fetchEventSource('/', {
          fetch,
          onmessage() {
            if (++count === 1) throw new Error('mine')
          },
          onerror: () => 1,
        })
        return sent[0]?.cancelled
      })
      assert.equal(ours, true)
      assert.equal(theirs, false)
    })

    it('opens two connections when the page is shown while it waits to ask again', async () => {
      const { ours, theirs } = await both(async (fetchEventSource) => {
        const controller = new AbortController()
        const { fetch, sent } = server(new Error('lost'), 'data: a\n\n…')
        const { signal } = controller
        const done = fetchEventSource('/', { fetch, signal, onerror: () => 20 })
        await tick()
        page.turn(true)
        page.turn(false)
        await new Promise((resolve) => setTimeout(resolve, 60))
        const open = sent.slice(1).filter(({ cancelled }) => !cancelled).length
        controller.abort()
        await done
        return open
      })
      assert.equal(ours, 1)
      assert.equal(theirs, 2)
    })

    it('asks again while the page is hidden', async () => {
      const { ours, theirs } = await both(async (fetchEventSource) => {
        const controller = new AbortController()
        const { fetch, sent } = server(new Error('lost'), 'data: a\n\n…')
        const { signal } = controller
        const done = fetchEventSource('/', { fetch, signal, onerror: () => 10 })
        await tick()
        page.turn(true)
        await new Promise((resolve) => setTimeout(resolve, 40))
        const { length } = sent
        controller.abort()
        await done
        return length
      })
      assert.equal(ours, 1)
      assert.equal(theirs, 2)
    })

    it('keeps its listener on the signal', async () => {
      const { ours, theirs } = await both(async (fetchEventSource) => {
        const { signal } = new AbortController()
        let listeners = 0
        const { addEventListener, removeEventListener } = signal
        signal.addEventListener = (/** @type {any[]} */ ...args) => {
          listeners += 1
          Reflect.apply(addEventListener, signal, args)
        }
        signal.removeEventListener = (/** @type {any[]} */ ...args) => {
          listeners -= 1
          Reflect.apply(removeEventListener, signal, args)
        }
        await fetchEventSource('/', { fetch: server('').fetch, signal })
        return listeners
      })
      assert.ok(ours <= 0, `${ours}`)
      assert.equal(theirs, 1)
    })

    it('takes any type that begins like an event stream, none in capitals, and any status', async () => {
      const use = async (/** @type {FetchEventSource} */ fetchEventSource) => {
        /** @type {unknown[]} */
        const results = []
        for (const [type, status] of [
          ['text/event-streams', 200],
          ['Text/Event-Stream', 200],
          ['text/event-stream', 500],
        ]) {
          const response = new Response('', { status: Number(status), headers: { 'content-type': String(type) } })
          const { fetch } = server(response)
          const onerror = (/** @type {unknown} */ error) => {
            throw error
          }
          results.push(
            await fetchEventSource('/', { fetch, onerror }).then(
              () => 'taken',
              (error) => error.reason ?? 'refused',
            ),
          )
        }
        return results
      }
      assert.deepEqual(await use(ours), ['content-type', 'taken', 'status'])
      assert.deepEqual(await use(theirs), ['taken', 'refused', 'taken'])
    })

    it('works nowhere but in a window', async () => {
      Reflect.deleteProperty(globalThis, 'document')
      Reflect.deleteProperty(globalThis, 'window')
      const calls = await messagesOf(ours, 'data: a\n\n')
      assert.equal(calls.length, 3)
      await assert.rejects(messagesOf(theirs, 'data: a\n\n'), ReferenceError)
    })

    it('asks without a pause where the server says retry: 0', async () => {
      const use = async (/** @type {FetchEventSource} */ fetchEventSource) => {
        const controller = new AbortController()
        const { fetch, sent } = server('retry: 0\n\n')
        const { signal } = controller
        setTimeout(() => controller.abort(), 80)
        await fetchEventSource('/', {
          fetch,
          signal,
          onclose() {
            throw new Error('again')
          },
        })
        return sent.length
      }
      assert.equal(await use(ours), 1)
      assert.ok((await use(theirs)) > 5)
    })

    it('takes quadratic time for a long line in many pieces', async () => {
      const pieces = 1_000
      const chunk = encoder.encode('x'.repeat(1_000))
      const use = async (/** @type {FetchEventSource} */ fetchEventSource) => {
        let copied = 0
        const { set } = Uint8Array.prototype
        Uint8Array.prototype.set = function (array, offset) {
          copied += array.length
          return Reflect.apply(set, this, [array, offset])
        }
        let left = pieces
        const body = new ReadableStream({
          pull(controller) {
            if (left === pieces) controller.enqueue(encoder.encode('data: '))
            if (left-- === 0) {
              controller.enqueue(encoder.encode('\n\n'))
              controller.close()
            } else controller.enqueue(chunk)
          },
        })
        const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
        let length = 0
        await fetchEventSource('/', {
          fetch: async () => response,
          onmessage: (/** @type {any} */ { data }) => (length = data.length),
        })
        Uint8Array.prototype.set = set
        assert.equal(length, 1_000 * pieces)
        return copied / length
      }
      assert.ok((await use(ours)) < 3)
      assert.ok((await use(theirs)) > 100)
    })
  })
})
