import { LOCAL_OFFSET_MS, localDay } from '../local-time.js'

/** A local month. */
export interface MonthSpan {
  /** Included. */
  from: Date
  /** Not included. */
  to: Date
}

/** `month` as 2026-06. */
export function monthSpan(month: string): MonthSpan {
  const [year = 0, number = 0] = month.split('-').map(Number)
  const begin = (index: number) => new Date(Date.UTC(year, index) - LOCAL_OFFSET_MS)
  return { from: begin(number - 1), to: begin(number) }
}

/** The month in which a time lies. */
export function monthOf(time: Date): string {
  return localDay(time.getTime()).slice(0, 7)
}

/** All months that [from, to] touches, oldest first. */
export function monthsBetween(from: Date, to: Date): string[] {
  const months: string[] = []
  for (let at = from; at <= to; at = monthSpan(monthOf(at)).to) months.push(monthOf(at))
  return months
}
