/** The twin for `require`. */

import wasmEventsource = require('wasm-eventsource')
import parser = require('wasm-eventsource/eventsource-parser')
import fetcher = require('wasm-eventsource/fetch-event-source')
import slim = require('wasm-eventsource/slim')
import noWasm = require('wasm-eventsource/no-wasm')

const source: wasmEventsource.EventSource = new wasmEventsource.EventSource('/')
source.addEventListener('error', ({ reason }) => reason satisfies wasmEventsource.EventSourceErrorReason)
parser.createParser({}).feed('')
void [slim.init('/'), new noWasm.EventSource('/'), fetcher.fetchEventSource('/')]
