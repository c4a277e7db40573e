/** What stands in the list as long as there is nothing in it. */

import type { Observation } from '../observation/observation.js'
import { plural } from '../page/formats.js'

export function emptyText({ rows, phase, lastFailure }: Observation): [title: string, advice: string] {
  if (rows.length > 0)
    return ['The filter lets nothing through.', `${plural(rows.length, 'row')} could be shown without it.`]
  switch (phase) {
    case 'idle':
    case 'connecting':
      return ['Waiting for the answer.', 'It begins with its status and its headers.']
    case 'open':
      return ['Open, and silent so far.', 'The first event will stand here once a blank line has ended it.']
    case 'waiting':
      return ['Nothing has come yet.', 'The wire above shows when it is asked again.']
    case 'paused':
      return ['Paused before anything came.', 'Go on, and it is asked again.']
    case 'closed':
      return ['Closed before anything came.', 'Connect, and it is asked again.']
    case 'complete':
      return ['It is over, and had no event.', 'The tab “Story” has all that happened.']
    case 'failed':
      return [
        `Refused before anything came: ${lastFailure?.status ?? lastFailure?.reason ?? ''}`,
        'What may mend it is told above; the tab “Story” has headers and body of the answer.',
      ]
  }
}
