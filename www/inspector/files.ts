/** What was received as a file, and a file as something to be received. */

import type { Row } from '../observation/observation.js'

/** An event of a file, and when it came, in ms since the first. */
export interface Recorded {
  type: string
  id: string
  data: string
  at: number
}

/** A line of JSON for each event. */
export function jsonLines(rows: Iterable<Row>): string {
  return eventsOf(rows)
    .map(
      ({ type, id, data, at }) =>
        `${JSON.stringify({ time: new Date(performance.timeOrigin + at), type, id, data })}\n`,
    )
    .join('')
}

/** After RFC 4180. */
export function csv(rows: Iterable<Row>): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = eventsOf(rows).map(({ type, id, data, at }) =>
    [new Date(performance.timeOrigin + at).toISOString(), type, id, data].map(cell).join(','),
  )
  return ['time,type,id,data', ...lines, ''].join('\r\n')
}

function eventsOf(rows: Iterable<Row>): Row[] {
  return [...rows].filter(({ kind }) => kind === 'event')
}

/**
 * The events of a file of JSON lines.
 * @throws an `Error` that says which line is wrong
 */
export function readJsonLines(text: string): Recorded[] {
  let start: number | undefined
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const record = parseLine(line, index + 1)
      const time = typeof record['time'] === 'string' ? Date.parse(record['time']) : Number.NaN
      start ??= time
      const at = Number.isNaN(time) || Number.isNaN(start) ? 0 : Math.max(time - start, 0)
      return {
        type: String(record['type'] ?? 'message'),
        id: String(record['id'] ?? ''),
        data: typeof record['data'] === 'string' ? record['data'] : JSON.stringify(record['data'] ?? ''),
        at,
      }
    })
}

function parseLine(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new Error(`Line ${number} is no JSON object.`)
}

/** An event as a server would send it. */
export function encode({ type, id, data }: Recorded): string {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  const name = type === 'message' ? '' : `event: ${type.replace(/[\r\n]/g, '')}\n`
  const own = id === '' ? '' : `id: ${id.replace(/[\r\n]/g, '')}\n`
  return `${name}${own}${lines.join('')}\n`
}
