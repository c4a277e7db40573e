/** The scenarios, in the order in which they are shown. */

import * as chat from './code/chat.js'
import chatCode from './code/chat.ts?code'
import * as clock from './code/clock.js'
import clockCode from './code/clock.ts?code'
import * as counts from './code/counts.js'
import countsCode from './code/counts.ts?code'
import * as gateway from './code/gateway.js'
import gatewayCode from './code/gateway.ts?code'
import * as greetings from './code/greetings.js'
import greetingsCode from './code/greetings.ts?code'
import * as intermission from './code/intermission.js'
import intermissionCode from './code/intermission.ts?code'
import * as reload from './code/reload.js'
import reloadCode from './code/reload.ts?code'
import * as slides from './code/slides.js'
import slidesCode from './code/slides.ts?code'
import * as tabs from './code/tabs.js'
import tabsCode from './code/tabs.ts?code'
import * as ticker from './code/ticker.js'
import tickerCode from './code/ticker.ts?code'
import type { Stage } from './stage.js'

export interface Scenario {
  name: string
  title: string
  /** What it is for, in a sentence. */
  purpose: string
  run(stage: Stage): void | Promise<void>
  code: string
}

const SHARING: Scenario = {
  name: 'tabs',
  title: 'Ten tabs',
  purpose:
    'Over HTTP/1.1 a browser opens six connections to a server: of ten tabs four hang, and all else hangs with them, unless they share one.',
  run: tabs.run,
  code: tabsCode,
}

export const SCENARIOS: Scenario[] = [
  {
    name: 'greetings',
    title: 'A greeting every second',
    purpose: 'The least there is: a server that speaks when it likes, and three lines that listen.',
    run: greetings.run,
    code: greetingsCode,
  },
  {
    name: 'ticker',
    title: 'A ticker',
    purpose:
      'Prices come as events of a type of their own, so that one stream carries them beside other messages.',
    run: ticker.run,
    code: tickerCode,
  },
  {
    name: 'slides',
    title: 'A slide show',
    purpose: 'IDs say where the show is, retry says how soon to come back, and comments keep the line alive.',
    run: slides.run,
    code: slidesCode,
  },
  {
    name: 'intermission',
    title: 'A server that takes a break',
    purpose:
      'The server sends everybody away, names the time to come back at, and the show goes on from there.',
    run: intermission.run,
    code: intermissionCode,
  },
  {
    name: 'clock',
    title: 'Every second counts',
    purpose: 'The connection is cut every five seconds, and the seconds that were missed are made up for.',
    run: clock.run,
    code: clockCode,
  },
  {
    name: 'counts',
    title: 'A header of your own',
    purpose:
      'Ten counts a second, on a stream that is asked for by a header, which the native class cannot send.',
    run: counts.run,
    code: countsCode,
  },
  {
    name: 'chat',
    title: 'A chat over POST',
    purpose:
      'A question is posted and its answer streams in, past a 401 that a fresh token mends and a 429 that says when.',
    run: chat.run,
    code: chatCode,
  },
  {
    name: 'gateway',
    title: 'A gateway that cuts',
    purpose:
      'Many gateways end what takes long. Here it is every few seconds, and nothing is lost or doubled.',
    run: gateway.run,
    code: gatewayCode,
  },
  {
    name: 'reload',
    title: 'A page that is reloaded',
    purpose: 'The last event ID outlives the page: reload it, and the stream goes on where it was.',
    run: reload.run,
    code: reloadCode,
  },
  // Only where the package can do it.
  ...(OFFERS_SHARE ? [SHARING] : []),
]
