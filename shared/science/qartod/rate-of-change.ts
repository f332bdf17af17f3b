import { wholeSeconds } from './intervals.js'
import {
  isPresent,
  judgeEach,
  requireSameLength,
  type Times,
  type Values,
  type Verdict,
} from './verdict.js'

export interface RateLimits {
  /** In units of the values per second. */
  suspect: number
  fail?: number
  /** A change up to this is the sensor's scatter, however fast; in units. The reference has none: 0. */
  leastChange?: number
}

/**
 * Rate of change (QARTOD test 7): 4 above the fail rate, else 3 above the suspect rate, else 1; missing 9.
 * The first point and one after a missing one are 1. Steps count in whole seconds; in a step of less than a
 * second the change itself is held against the limits, as the reference's masked division does.
 */
export function rateOfChange(values: Values, times: Times, limits: RateLimits): Verdict[] {
  requireSameLength(values, times)
  return judgeEach(values, (value, index) => {
    const before = values[index - 1]
    if (!isPresent(before)) return 1
    const seconds = wholeSeconds((times[index] ?? 0) - (times[index - 1] ?? 0))
    return rateVerdict(value - before, seconds, limits)
  })
}

/** Of one change within whole seconds. */
export function rateVerdict(change: number, seconds: number, limits: RateLimits): Verdict {
  const { suspect, fail = Number.POSITIVE_INFINITY, leastChange = 0 } = limits
  if (Math.abs(change) <= leastChange) return 1
  const rate = Math.abs(change / (seconds || 1))
  if (rate > fail) return 4
  return rate > suspect ? 3 : 1
}
