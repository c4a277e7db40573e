/** Numbers and times, as people read them. */

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
})
const COUNT = new Intl.NumberFormat('en-GB')

/** The time of day of a moment of `performance.now()`. */
export function clock(at: number): string {
  return CLOCK.format(performance.timeOrigin + at)
}

export function count(number: number): string {
  return COUNT.format(number)
}

export function bytes(number: number): string {
  if (number < 1_000) return `${number} B`
  if (number < 1_000_000) return `${(number / 1_000).toFixed(1)} kB`
  return `${(number / 1_000_000).toFixed(1)} MB`
}

export function duration(ms: number): string {
  if (ms < 1) return '0 ms'
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
}

export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`
}
