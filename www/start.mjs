// @ts-check
/**
 * `npm start`: installs what is missing, builds the package, and serves the demo page. The port is
 * any that is free, or the one in the environment variable PORT.
 */

import { build } from '../pkg-template/build/build.mjs'
import { buildTestServer, startTestServer } from '../tests/package/test-server.mjs'
import { buildPage } from './build.mjs'

console.log(
  'wasm-eventsource: the package, the demo page and a server for both are built, and what they need is\n' +
    'installed. That takes some minutes the first time. At the end stands the address of the page.\n',
)
await build()
await buildPage()
console.log('Building the server, which takes up to a minute')
buildTestServer()
const server = await startTestServer({ port: Number(process.env.PORT ?? 0) })
console.log(`\nThe page is at ${server.origin}/www/\nStop with Ctrl+C.`)
await server.ended
