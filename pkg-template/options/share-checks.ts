/** Checks of what users ask for who want to share a connection. */

import { type Dictionary, wrong } from './option-checks.js'

/** Who shares: all, those with the same name, or nobody. */
export function shareOf(options: Dictionary, isGet: boolean, init: RequestInit): true | string | undefined {
  const share = options.members['share'] ?? false
  if (share === false) return undefined
  if (share !== true && (typeof share !== 'string' || share === '')) {
    throw wrong(options, 'share', 'a boolean, or a name that is not empty')
  }
  if (!isGet) {
    throw new TypeError('share: only a GET request can be shared; others may change something, each time')
  }
  if (share === true) {
    const own = ['headers', 'fetch'].filter((name) => options.members[name] !== undefined)
    if (init.credentials !== undefined) own.push('credentials')
    if (own.length > 0) throw mayDiffer(own.join(', '))
  }
  return share
}

/** The error of a request that may not be the same in another tab. */
export function mayDiffer(what: string): TypeError {
  return new TypeError(
    `share: with ${what}, say who may share: two tabs may be logged in as two users, who must not get each ` +
      "other's events. Set share to a name, that of the user for example",
  )
}
