// @ts-check
/**
 * `npm run start:rust`: installs what is missing, builds the page in Rust, and serves it. The port is
 * any that is free, or the one in the environment variable PORT.
 */

import { buildTestServer, startTestServer } from '../../tests/package/test-server.mjs'
import { buildRustPage } from './build.mjs'

console.log('Building the page, which takes a minute or two')
await buildRustPage()
console.log('Building the server, which takes up to a minute')
buildTestServer()
const server = await startTestServer({ port: Number(process.env.PORT ?? 0) })
console.log(`\nThe page is at ${server.origin}/www/rust/\nStop with Ctrl+C.`)
await server.ended
