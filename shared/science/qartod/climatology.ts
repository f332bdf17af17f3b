import { type CalendarPeriod, calendarPart } from './calendar.js'
import {
  isOutside,
  isPresent,
  judgeEach,
  requireSameLength,
  type Span,
  type Times,
  type Values,
  type Verdict,
} from './verdict.js'

export interface ClimatologyMember {
  /** In the unit of `period`, or in unix seconds where there is none. */
  timeSpan: Span
  /** Calendar in UTC. Spans do not run over the new year: [12, 2] means the months 2 to 12. */
  period?: CalendarPeriod
  /** Depths in metres, positive downwards, that the member holds for; absent: any depth, an unknown one too. */
  depthSpan?: Span
  /** In the unit of the values: outside it a value is suspect. */
  suspectSpan: Span
  /** Outside it a value fails. */
  failSpan?: Span
}

export interface ClimatologySeries {
  values: Values
  times: Times
  /** Metres, positive downwards, one for each value; absent: none is known. */
  depths?: Values
}

/**
 * Climatology (QARTOD test 5): the last member that holds for the time and the depth judges: 4 outside its fail
 * span, else 3 outside its suspect span, else 1. Without a member 2. All spans hold their ends. Missing 9, always
 * (the reference gives 1 to a missing value inside some members, against its own words).
 */
export function climatology(
  series: ClimatologySeries,
  members: readonly ClimatologyMember[],
): Verdict[] {
  const { values, times, depths } = series
  requireSameLength(values, times)
  if (depths !== undefined) requireSameLength(values, depths)
  return judgeEach(values, (value, index) => {
    const time = times[index] ?? Number.NaN
    const depth = depths?.[index]
    const member = members.findLast((candidate) => holdsFor(candidate, time, depth))
    if (member === undefined) return 2
    if (member.failSpan !== undefined && isOutside(value, member.failSpan)) return 4
    return isOutside(value, member.suspectSpan) ? 3 : 1
  })
}

function holdsFor(
  member: ClimatologyMember,
  time: number,
  depth: number | null | undefined,
): boolean {
  const { period, timeSpan, depthSpan } = member
  const moment = period === undefined ? time : calendarPart(time, period)
  if (isOutside(moment, timeSpan)) return false
  return depthSpan === undefined || (isPresent(depth) && !isOutside(depth, depthSpan))
}
