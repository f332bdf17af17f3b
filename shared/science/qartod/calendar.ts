/** Parts of a moment's date in UTC, as the climatology test compares them. */

export const CALENDAR_PERIODS = [
  'year',
  'quarter',
  'month',
  'week',
  'weekofyear',
  'dayofyear',
  'dayofweek',
] as const
export type CalendarPeriod = (typeof CALENDAR_PERIODS)[number]

const DAY_MS = 86_400_000

/**
 * month, quarter and dayofyear count from 1; week and weekofyear are the ISO 8601 week; dayofweek is 0 on Monday.
 * `time` is in unix seconds.
 */
export function calendarPart(time: number, period: CalendarPeriod): number {
  const date = new Date(time * 1000)
  switch (period) {
    case 'year':
      return date.getUTCFullYear()
    case 'quarter':
      return Math.floor(date.getUTCMonth() / 3) + 1
    case 'month':
      return date.getUTCMonth() + 1
    case 'dayofyear':
      return dayOfYear(date)
    case 'dayofweek':
      return dayOfWeek(date)
    default:
      return isoWeek(date)
  }
}

function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getUTCFullYear(), 0, 1)
  return Math.floor((date.getTime() - start) / DAY_MS) + 1
}

function dayOfWeek(date: Date): number {
  return (date.getUTCDay() + 6) % 7
}

/** A week belongs to the year that its Thursday lies in. */
function isoWeek(date: Date): number {
  const thursday = new Date(date.getTime() + (3 - dayOfWeek(date)) * DAY_MS)
  return Math.ceil(dayOfYear(thursday) / 7)
}
