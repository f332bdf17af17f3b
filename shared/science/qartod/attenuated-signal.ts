import { medianStepS } from './intervals.js'
import {
  isPresent,
  judgeEach,
  requireSameLength,
  type Times,
  type Values,
  type Verdict,
} from './verdict.js'

export interface AttenuationLimits {
  /** In the unit of the values: a smaller spread is suspect, or fails. */
  suspect: number
  fail: number
  /** Standard deviation of the population, or highest less lowest. `std` unless said. */
  spread?: 'std' | 'range'
  /** Length of the window that ends with a point, in seconds. Absent or 0: one spread for the whole series. */
  periodS?: number
  /** Fewest present points in a window; goes before `leastS`. */
  leastPoints?: number
  /** The same as a duration in seconds, divided by the median step. */
  leastS?: number
}

/**
 * Attenuated signal (QARTOD test 10): 4 where the spread is below `fail`, else 3 below `suspect`, else 1; missing 9.
 * 2 where a window holds too few points, and for `range` where it holds a missing one. The window is open at its
 * older end. Throws RangeError where times descend and a window is asked for.
 */
export function attenuatedSignal(
  values: Values,
  times: Times,
  limits: AttenuationLimits,
): Verdict[] {
  requireSameLength(values, times)
  const spreadOf = limits.spread === 'range' ? range : standardDeviation
  if (!limits.periodS) {
    const spread = spreadOf(values.filter(isPresent))
    return judgeEach(values, () => judge(spread, limits))
  }
  const windowStart = slidingStart(times, limits.periodS)
  const least = leastPoints(times, limits)
  return judgeEach(values, (_, index) => {
    const window = values.slice(windowStart(index), index + 1)
    const present = window.filter(isPresent)
    const isBroken = limits.spread === 'range' && present.length < window.length
    if (isBroken || !(present.length >= least)) return 2
    return judge(spreadOf(present), limits)
  })
}

function judge(spread: number, { suspect, fail }: AttenuationLimits): Verdict {
  if (spread < fail) return 4
  return spread < suspect ? 3 : 1
}

function leastPoints(times: Times, { leastPoints, leastS }: AttenuationLimits): number {
  if (leastPoints !== undefined) return leastPoints
  // One reading alone has no step to divide by: the reference then asks for none.
  if (leastS === undefined || times.length < 2) return 0
  return Math.trunc(leastS / medianStepS(times))
}

/** Index of the first time after `time - periodS`, for indices asked in ascending order. */
function slidingStart(times: Times, periodS: number): (index: number) => number {
  if (times.some((time, index) => time < (times[index - 1] ?? time))) {
    throw new RangeError('times descend')
  }
  let start = 0
  return (index) => {
    const end = times[index] ?? Number.NaN
    while ((times[start] ?? Number.NaN) <= end - periodS) start++
    return start
  }
}

function range(values: readonly number[]): number {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return high - low
}

function standardDeviation(values: readonly number[]): number {
  // Equal values deviate by exactly nothing; their computed mean may miss them by a last digit.
  if (values.every((value) => value === values[0])) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / values.length)
}
