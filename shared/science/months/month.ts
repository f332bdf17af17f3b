/** A month as people live it here, Asia/Jakarta: UTC+7 the year round, and has been since 1964. */

const OFFSET_MS = 7 * 3_600_000

export interface MonthSpan {
  /** Included. */
  from: Date
  /** Not included. */
  to: Date
}

/** `month` as 2026-06. */
export function monthSpan(month: string): MonthSpan {
  const [year = 0, number = 0] = month.split('-').map(Number)
  const begin = (index: number) => new Date(Date.UTC(year, index) - OFFSET_MS)
  return { from: begin(number - 1), to: begin(number) }
}

/** The month in which a time lies. */
export function monthOf(time: Date): string {
  return new Date(time.getTime() + OFFSET_MS).toISOString().slice(0, 7)
}

/** All months that [from, to] touches, oldest first. */
export function monthsBetween(from: Date, to: Date): string[] {
  const months: string[] = []
  for (let at = from; at <= to; at = monthSpan(monthOf(at)).to) months.push(monthOf(at))
  return months
}
