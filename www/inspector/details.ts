/** One event: what it says as a tree or as text, beside the exact bytes that it came in. */

import { exactBytes, type Piece } from '../observation/exact-bytes.js'
import type { Observation } from '../observation/observation.js'
import type { Row } from '../observation/types.js'
import { copyButton, h } from '../page/dom.js'
import { bytes, clock, duration } from '../page/formats.js'
import { parsed } from './filter.js'
import { jsonTree } from './json-tree.js'

/** How much of data and bytes is shown. */
const MOST_SHOWN = 20_000

export function details(observation: Observation, row: Row, close: () => void): HTMLElement {
  const closeButton = h(
    'button',
    { type: 'button', className: 'quiet close', 'aria-label': 'Close the details' },
    '✕',
  )
  closeButton.addEventListener('click', close)
  const value = parsed(row.data)
  const isTree = typeof value === 'object' && value !== null
  const facts: [string, string][] = [
    ['ID', row.id === '' ? 'none' : row.id],
    ['Time', clock(row.at)],
    ['Gap', duration(row.gap)],
    ['Size', bytes(new TextEncoder().encode(row.data).length)],
    ['Request', String(row.request)],
    ['Chunk', String(row.chunk + 1)],
  ]
  if (row.isRepeated) facts.push(['Note', 'its ID has come before'])
  if (row.missing > 0) facts.push(['Note', `${row.missing} IDs before it were left out`])
  return h(
    'section',
    { className: 'details', 'aria-label': 'The event' },
    h(
      'header',
      {},
      h('h2', {}, row.kind === 'event' ? row.type : 'comment'),
      copyButton('Copy data', () => row.data),
      closeButton,
    ),
    h(
      'dl',
      { className: 'facts' },
      ...facts.flatMap(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]),
    ),
    h('h3', {}, isTree ? 'Data, as JSON' : 'Data'),
    isTree ? jsonTree(value) : h('pre', { className: 'wire-text', tabIndex: 0 }, shortened(row.data)),
    h('h3', {}, 'As it came'),
    rawView(exactBytes(observation, row)),
  )
}

function shortened(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}… ${text.length - MOST_SHOWN} more` : text
}

function rawView(pieces: Piece[] | undefined): HTMLElement {
  if (pieces === undefined)
    return h('p', { className: 'note' }, 'These bytes are no longer kept, or too many to show.')
  const isHex = h('input', { type: 'checkbox' })
  const view = h('pre', { className: 'wire-text raw', tabIndex: 0, 'aria-label': 'The bytes' })
  const draw = () =>
    view.replaceChildren(
      ...pieces.flatMap((piece) => [
        boundary(piece),
        ...(isHex.checked ? [hex(piece.bytes)] : text(piece.bytes)),
      ]),
    )
  isHex.addEventListener('change', draw)
  draw()
  return h('div', {}, h('label', { className: 'check' }, isHex, ' Hexadecimal'), view)
}

function boundary({ chunk, at, bytes: part }: Piece): HTMLElement {
  return h('span', { className: 'boundary' }, `chunk ${chunk + 1} · ${clock(at)} · ${bytes(part.length)}`)
}

/** Text with its ends of line made visible, and bytes that are no whole character as what they are. */
function text(part: Uint8Array): HTMLElement[] {
  const shown = part.subarray(0, MOST_SHOWN)
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(shown)
  const hasPartial = decoded.includes('\ufffd')
  const result: HTMLElement[] = []
  for (const line of decoded.match(/[^\r\n]*(?:\r\n|\r|\n|$)/g) ?? []) {
    if (line === '') continue
    const content = line.replace(/[\r\n]+$/, '')
    const end = line.slice(content.length)
    const colon = content.indexOf(':')
    const className = colon === 0 ? 'line comment' : 'line'
    result.push(
      h(
        'span',
        { className },
        colon > 0 ? h('b', {}, content.slice(0, colon)) : '',
        colon > 0 ? content.slice(colon) : content,
        h('i', {}, end.replace('\r', '\\r').replace('\n', '\\n')),
        end === '' ? '' : '\n',
      ),
    )
  }
  if (hasPartial)
    result.push(h('span', { className: 'boundary' }, 'not whole characters: see them in hexadecimal'))
  if (part.length > MOST_SHOWN)
    result.push(h('span', { className: 'boundary' }, `${part.length - MOST_SHOWN} more bytes`))
  return result
}

function hex(part: Uint8Array): HTMLElement {
  const lines: string[] = []
  for (let offset = 0; offset < Math.min(part.length, 4_096); offset += 16) {
    const row = [...part.subarray(offset, offset + 16)]
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const characters = row
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'))
      .join('')
    lines.push(`${digits.padEnd(48)} ${characters}\n`)
  }
  return h('span', {}, lines.join(''))
}
