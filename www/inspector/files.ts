/** What was received as a file, and a file as something to be received. */

import { csvParseRows } from 'd3-dsv'

import type { Row } from '../observation/types.js'

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
  return recorded(
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line, index) => parseLine(line, index + 1)),
  )
}

/**
 * The events of a file of comma-separated values, whose first line names the columns.
 * @throws an `Error` that says what is missing
 */
export function readCsv(text: string): Recorded[] {
  const [names = [], ...rows] = csvParseRows(text.replace(/^\ufeff/, ''))
  if (!names.includes('data')) throw new Error('Its first line names no column “data”.')
  return recorded(
    rows.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']))),
  )
}

/** Times count from the first that there is. */
function recorded(records: Record<string, unknown>[]): Recorded[] {
  let start: number | undefined
  return records.map(({ time, type, id, data }) => {
    const moment = typeof time === 'string' ? Date.parse(time) : Number.NaN
    if (!Number.isNaN(moment)) start ??= moment
    return {
      type: String(type ?? 'message'),
      id: String(id ?? ''),
      data: typeof data === 'string' ? data : JSON.stringify(data ?? ''),
      at: Number.isNaN(moment) || start === undefined ? 0 : Math.max(moment - start, 0),
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
