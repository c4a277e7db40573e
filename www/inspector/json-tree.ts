/** JSON as a tree that opens where it is clicked. */

import { h } from '../page/dom.js'

/** How many members are shown before one asks for more. */
const MOST_SHOWN = 100

export function jsonTree(value: unknown): HTMLElement {
  return h('div', { className: 'tree' }, node(undefined, value, 0))
}

function node(name: string | undefined, value: unknown, depth: number): HTMLElement {
  const label = name === undefined ? null : h('span', { className: 'name' }, `${name}: `)
  if (typeof value !== 'object' || value === null) {
    return h(
      'div',
      { className: 'leaf' },
      label,
      h('span', { className: typeOf(value) }, JSON.stringify(value)),
    )
  }
  const entries = Object.entries(value)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  if (entries.length === 0) return h('div', { className: 'leaf' }, label, `${open}${close}`)
  const members = h('div', { className: 'members' })
  const details = h(
    'details',
    { open: depth < 2 && entries.length <= 20 },
    h('summary', {}, label, `${open} ${entries.length} ${close}`),
    members,
  )
  let filled = false
  const fill = () => {
    if (filled || !details.open) return
    filled = true
    append(members, entries, 0, depth)
  }
  details.addEventListener('toggle', fill)
  fill()
  return details
}

function append(members: HTMLElement, entries: [string, unknown][], from: number, depth: number): void {
  for (const [name, value] of entries.slice(from, from + MOST_SHOWN))
    members.append(node(name, value, depth + 1))
  const left = entries.length - from - MOST_SHOWN
  if (left <= 0) return
  const more = h('button', { type: 'button', className: 'quiet' }, `${left} more`)
  more.addEventListener('click', () => {
    more.remove()
    append(members, entries, from + MOST_SHOWN, depth)
  })
  members.append(more)
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : typeof value
}
