// @ts-check
/**
 * The Model Context Protocol over streamable HTTP, with the real server of npm
 * `@modelcontextprotocol/sdk`: a POST that is answered by an event stream, and the GET stream, resumed
 * by `Last-Event-ID`.
 */

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, describe, it } from 'node:test'

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'

/** A path that the type checker, which runs before there is a package, does not follow. */
const PACKAGE = '../../pkg/index.js'
const { EventSource, eventsFrom, json } = await import(PACKAGE)

/**
 * What has been sent, so that a stream can be resumed. (The one in the examples of the SDK cannot
 * resume the GET stream, whose name begins with the character that it splits its IDs at.)
 */
class EventStore {
  /** @type {{ stream: string, message: any }[]} */
  #events = []

  /**
   * @param {string} stream
   * @param {any} message
   */
  async storeEvent(stream, message) {
    return `event-${this.#events.push({ stream, message }) - 1}`
  }

  /**
   * @param {string} id
   * @param {{ send: (id: string, message: any) => Promise<void> }} to
   */
  async replayEventsAfter(id, { send }) {
    const last = Number(id.replace('event-', ''))
    const stream = this.#events[last]?.stream ?? ''
    for (const [index, event] of this.#events.entries()) {
      if (index > last && event.stream === stream) await send(`event-${index}`, event.message)
    }
    return stream
  }
}

/** @type {import('node:http').Server} */
let server
/** @type {McpServer} */
let mcp
/** @type {import('node:http').IncomingMessage[]} */
const gets = []
let url = ''
/** @type {Record<string, string>} */
let headers = {}

before(async () => {
  mcp = new McpServer({ name: 'test', version: '1' }, { capabilities: { logging: {} } })
  mcp.registerTool('count', { description: 'Counts to three, aloud.' }, async (extra) => {
    for (const number of [1, 2, 3]) {
      await extra.sendNotification({
        method: 'notifications/message',
        params: { level: 'info', data: `count ${number}` },
      })
    }
    return { content: [{ type: 'text', text: 'counted' }] }
  })
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    eventStore: new EventStore(),
  })
  await mcp.connect(transport)
  server = createServer((request, response) => {
    if (request.method === 'GET') gets.push(request)
    void transport.handleRequest(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/mcp`

  const initialized = await post({
    id: 0,
    method: 'initialize',
    params: {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    },
  })
  headers = {
    'Mcp-Session-Id': /** @type {string} */ (initialized.headers.get('mcp-session-id')),
    'Mcp-Protocol-Version': '2025-06-18',
  }
  for await (const answer of json(eventsFrom(initialized))) assert.equal(answer.id, 0)
  await post({ method: 'notifications/initialized' })
})
after(async () => {
  await mcp.close()
  server.closeAllConnections()
  server.close()
})

/** @param {object} message */
const init = (message) => ({
  method: 'POST',
  headers: {
    ...headers,
    Accept: 'application/json, text/event-stream',
    'Content-Type': 'application/json',
  },
  body: JSON.stringify({ jsonrpc: '2.0', ...message }),
})
/** @param {object} message */
const post = (message) => fetch(url, init(message))

/** Something that the server says to nobody in particular, on the GET stream. */
const say = (/** @type {string} */ data) => mcp.server.sendLoggingMessage({ level: 'info', data })

describe('Model Context Protocol', () => {
  const call = { id: 1, method: 'tools/call', params: { name: 'count', arguments: {} } }

  it('answers a POST with an event stream', async () => {
    for (const messages of [new EventSource(url, init(call)), eventsFrom(await post(call))]) {
      const said = []
      let result
      for await (const message of json(messages)) {
        if (message.id === 1) ({ result } = message)
        else said.push(message.params.data)
      }
      assert.deepEqual(said, ['count 1', 'count 2', 'count 3'])
      assert.equal(result.content[0].text, 'counted')
    }
  })

  it('resumes the GET stream from the last event ID, and loses nothing', async () => {
    const source = new EventSource(url, { headers, reconnect: { delay: 50 } })
    await once(source, 'open')
    const messages = json(source)
    await say('one')
    assert.equal((await messages.next()).value.params.data, 'one')

    const lost = once(source, 'error')
    gets.at(-1)?.socket.destroy()
    await lost
    await say('two')
    await once(source, 'open')
    await say('three')
    assert.equal((await messages.next()).value.params.data, 'two')
    assert.equal((await messages.next()).value.params.data, 'three')
    assert.equal(gets.length, 2)
    assert.equal(gets[0]?.headers['last-event-id'], undefined)
    assert.match(String(gets[1]?.headers['last-event-id']), /^event-/)
    const closed = once(/** @type {import('node:http').IncomingMessage} */ (gets[1]).socket, 'close')
    await messages.return()
    await closed
    assert.equal(source.readyState, 2)
  })
})
