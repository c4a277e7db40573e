/** The twin for `require`. */

import wasmEventsource = require('wasm-eventsource')
import decoding = require('wasm-eventsource/decoder')
import parser = require('wasm-eventsource/eventsource-parser')
import fetcher = require('wasm-eventsource/fetch-event-source')
import slim = require('wasm-eventsource/slim')
import noWasm = require('wasm-eventsource/no-wasm')

const source: wasmEventsource.EventSource = new wasmEventsource.EventSource('/')
source.addEventListener('error', ({ reason }) => reason satisfies wasmEventsource.EventSourceErrorReason)
parser.createParser({}).feed('')
void [new decoding.EventStreamDecoder(), slim.init('/'), new noWasm.EventSource('/'), fetcher.fetchEventSource('/')]
