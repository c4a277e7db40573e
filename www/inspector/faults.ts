/** Buttons that have our own server go wrong. */

import { h } from '../page/dom.js'
import { errorText } from '../page/server.js'

const FAULTS = [
  { name: 'drop', label: 'Drop', tells: 'the connection breaks' },
  { name: 'delay', label: 'Delay', tells: 'silence for four seconds' },
  { name: 'split', label: 'Split', tells: 'the next event comes byte by byte' },
  { name: '503', label: '503', tells: 'a break, then two refusals' },
  { name: 'skip', label: 'Skip', tells: 'three events are left out' },
  { name: 'repeat', label: 'Repeat', tells: 'two events come twice' },
]

/** The stream of ours that can go wrong, if the URL is one. */
export function laboratoryIn(url: string): string | undefined {
  try {
    const { origin, pathname } = new URL(url, location.origin)
    return origin === location.origin && /^\/scenarios\/laboratory\/[^/]+$/.test(pathname)
      ? pathname
      : undefined
  } catch {
    return undefined
  }
}

/** @param onFault - told what was asked for, and in the end whether the server has taken it */
export function faultButtons(
  path: () => string | undefined,
  onFault: (title: string, detail: string) => void,
): HTMLElement {
  return h(
    'div',
    { className: 'faults', role: 'group', 'aria-label': 'Have the server go wrong' },
    h('span', {}, 'Have the server:'),
    ...FAULTS.map(({ name, label, tells }) => {
      const button = h('button', { type: 'button', title: tells, data: { fault: name } }, label)
      button.addEventListener('click', async () => {
        const target = path()
        if (target === undefined) return
        onFault(`You asked for: ${label}`, tells)
        try {
          const { ok, status } = await fetch(`${target}/${name}`, { method: 'POST' })
          if (!ok) onFault('The server did not take it', `It answers ${status}.`)
        } catch (error) {
          onFault('The server did not take it', errorText(error))
        }
      })
      return button
    }),
  )
}
