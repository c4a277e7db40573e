/** The option `share`, until the package has it: then this file goes. */

import 'wasm-eventsource'

declare module 'wasm-eventsource' {
  interface EventSourceOptions {
    share?: boolean
  }
}
