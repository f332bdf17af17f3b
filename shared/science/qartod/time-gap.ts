import { isPresent, type Values, type Verdict } from './verdict.js'

/**
 * Time gap (QARTOD test 1) on unix seconds: 4 for the point after a step longer than `limitHours` (cut to whole
 * seconds), else 1; a step of exactly the limit is good. A point after a missing time is 2, a missing one 9.
 * The first point takes the second's flag, and is 2 where the second is missing. A point alone is 2: nothing was
 * compared (the reference stops there).
 */
export function timeGap(times: Values, limitHours = 2): Verdict[] {
  const limitS = Math.trunc(limitHours * 3600)
  const verdicts = times.map((time, index): Verdict => {
    const before = times[index - 1]
    if (!isPresent(time)) return 9
    if (!isPresent(before)) return 2
    return time - before > limitS ? 4 : 1
  })
  const [first, second] = verdicts
  if (first === undefined || second === undefined) return verdicts
  return [first !== 9 && second === 9 ? 2 : second, ...verdicts.slice(1)]
}
