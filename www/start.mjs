// @ts-check
/**
 * `npm start`: installs what is missing, builds the package, and serves the demo page. The port is
 * any that is free, or the one in the environment variable PORT.
 */

import { writeFileSync } from 'node:fs'

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
// Only here, as it needs a package that has just been installed.
const { startHttp2 } = await import('./http2.mjs')
const http2 = await startHttp2(server.origin)
// Where the page finds it.
writeFileSync(new URL('dist/http2.json', import.meta.url), JSON.stringify({ origin: http2.origin }))
console.log(`\nThe page is at ${server.origin}/www/`)
console.log(`Over HTTP/2, with a certificate that the browser warns of: ${http2.origin}/www/`)
console.log('Stop with Ctrl+C.')
await server.ended
http2.stop()
