/** Says in words what is wrong with a stream, and what would mend it. */

import type { Observation } from './observation.js'

export interface Finding {
  level: 'bad' | 'odd'
  title: string
  advice: string
}

/** Less silence than this before a burst is no sign of a buffer. */
const LONG_SILENCE = 1_500
/** So many events in a chunk are a burst. */
const BURST = 4
/** A stream that is open for less long ends at once. */
const AT_ONCE = 1_000
const LONG_WITHOUT_EVENT = 3_000

/** What is to be said of a connection at a moment; the worst first. */
export function diagnose(observation: Observation, now: number): Finding[] {
  return [
    ...aboutFailure(observation),
    ...aboutEnd(observation),
    ...aboutBlankLine(observation, now),
    ...aboutBuffer(observation),
    ...aboutIds(observation),
    ...aboutStall(observation, now),
  ]
}

function aboutFailure({ lastFailure, phase, exchange }: Observation): Finding[] {
  if (lastFailure === undefined || ['open', 'paused', 'closed'].includes(phase)) return []
  const { reason, status, retryIn } = lastFailure
  if (retryIn !== null && (reason === 'status' || reason === 'network') && exchange?.headAt !== undefined) {
    const why = status === undefined ? 'The connection broke' : `The server answers ${status}`
    return [odd(why, 'It is asked again by the policy; nothing needs to be done.')]
  }
  if (status === 204) {
    return [
      odd(
        'The server has said that it is done',
        'It answers 204 No Content, which asks clients not to come back.',
      ),
    ]
  }
  switch (reason) {
    case 'content-type':
      return [
        bad(
          `It is ${exchange?.contentType || 'nothing that has a type'}, not an event stream`,
          'The server has to answer with Content-Type: text/event-stream.',
        ),
      ]
    case 'cors':
      return [
        bad(
          'The server does not let this page read its answer',
          `It has to answer with Access-Control-Allow-Origin: ${location.origin}, to the preflight too. ` +
            'For a server on this machine, the proxy below is the way round.',
        ),
      ]
    case 'blocked':
      return [bad('The policy of this page forbids the request', 'Only http: and https: are allowed.')]
    case 'network':
      return [
        bad(
          exchange?.status === undefined ? 'Nobody answers there' : 'The connection broke',
          exchange?.status === undefined
            ? 'Is the server running, and the port right? A page at https: cannot reach http: servers.'
            : 'The server, or something on the way, closed it in the middle of the stream.',
        ),
      ]
    case 'status':
      if (status === 401 || status === 403) {
        return [
          bad(
            `The server wants to know who asks: ${status}`,
            'Add the header Authorization, or credentials.',
          ),
        ]
      }
      if (status === 404 || status === 405) {
        return [bad(`There is no such stream: ${status}`, 'Look at the path and at the method.')]
      }
      if (status === 429 || status === 503) {
        return [
          bad(
            `The server is busy: ${status}`,
            'With that status among “Come back after”, it is asked again.',
          ),
        ]
      }
      return [bad(`The server answers ${status}`, 'Only 200 opens a stream. The story shows the body.')]
    case 'connect-timeout':
      return [
        bad(
          'The answer does not begin',
          'Some servers send no headers before the first event: send a comment first.',
        ),
      ]
    case 'idle-timeout':
      return [
        bad(
          'The stream was silent for too long',
          'A comment every 15 seconds, “: still here”, keeps it alive.',
        ),
      ]
    case 'limit':
      return [bad('An event is too large', 'It has no end, or more than 64 MiB.')]
    default:
      return []
  }
}

function aboutEnd({ exchange, requests, losses, lastFailure }: Observation): Finding[] {
  if (lastFailure?.reason !== 'ended' || losses < 2 || exchange?.headAt === undefined) return []
  const { headAt, endedAt } = exchange
  if (endedAt === undefined || endedAt - headAt > AT_ONCE) return []
  return [
    bad(
      'The answer ends at once, each time',
      `${requests} requests so far. The server has to keep the response open, and to flush what it writes; ` +
        'an answer that is complete should be followed by 204.',
    ),
  ]
}

function aboutBlankLine({ exchange }: Observation, now: number): Finding[] {
  if (exchange?.firstByteAt === undefined || exchange.events > 0 || exchange.bytes < 6) return []
  const isLong = (exchange.endedAt ?? now) - exchange.firstByteAt > LONG_WITHOUT_EVENT
  if (!isLong && exchange.endedAt === undefined) return []
  return [
    bad(
      'Bytes come, but no event is complete',
      'Each event has to end with a blank line, and to have a line that begins with “data:”.',
    ),
  ]
}

function aboutBuffer({ chunks, exchange }: Observation): Finding[] {
  let bursts = 0
  let looked = 0
  for (let number = chunks.end - 1; number >= chunks.first && looked < 8; number--, looked++) {
    const chunk = chunks.at(number)
    if (chunk !== undefined && chunk.events >= BURST && chunk.silence > LONG_SILENCE) bursts += 1
  }
  if (bursts < 3) return []
  const via = exchange?.answerHeaders?.find(([name]) => ['via', 'server', 'x-cache', 'cf-ray'].includes(name))
  const who = via === undefined ? 'Something on the way' : `Something on the way (${via[0]}: ${via[1]})`
  return [
    odd(
      'Events come in bursts, with silence between',
      `${who} may gather them. Send X-Accel-Buffering: no and Cache-Control: no-transform, and switch compression off.`,
    ),
  ]
}

function aboutIds({ events, withoutId, losses, missing, repeated }: Observation): Finding[] {
  const findings: Finding[] = []
  if (losses > 0 && events >= 5 && withoutId === events) {
    findings.push(
      odd('The events have no IDs', 'After a loss, the server cannot know where to go on. Add “id:” lines.'),
    )
  }
  if (missing > 0) {
    findings.push(
      bad(
        `${missing} IDs were left out`,
        'The server has skipped them, or did not go on where the last connection ended.',
      ),
    )
  }
  if (repeated > 0) {
    findings.push(
      odd(
        `${repeated} events came twice`,
        'The server has sent them again, or goes on at the Last-Event-ID, not after it.',
      ),
    )
  }
  return findings
}

function aboutStall({ stalledSince }: Observation, now: number): Finding[] {
  if (stalledSince === undefined) return []
  const seconds = Math.floor((now - stalledSince) / 1_000)
  return [
    odd(
      `Nothing has come for ${seconds} s`,
      'The stream is open, but slower than it was. An idle time-out would ask again.',
    ),
  ]
}

function bad(title: string, advice: string): Finding {
  return { level: 'bad', title, advice }
}

function odd(title: string, advice: string): Finding {
  return { level: 'odd', title, advice }
}
