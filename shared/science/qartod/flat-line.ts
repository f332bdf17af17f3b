import { medianStepS } from './intervals.js'
import {
  isPresent,
  judgeEach,
  requireSameLength,
  type Times,
  type Values,
  type Verdict,
} from './verdict.js'

export interface FlatLimits {
  /** How long a value may stay within the tolerance, in seconds. */
  suspectS: number
  failS: number
  /** In the unit of the values; a range that reaches it is no flat line, so 0 never flags. */
  tolerance: number
}

/** The reference passes all, missing ones too, where so few points make no line. */
const FEWEST = 3

/**
 * Flat line (QARTOD test 8). A duration is turned into points by the *median* step, cut down; a point is flagged
 * where its range with that many points before it stays below the tolerance: 3 by `suspectS`, then 4 by `failS`
 * whichever is longer. Missing points take a place in the window and no part in its range; they are 9.
 * A duration shorter than the step asks for no point before and so flags each point.
 * A median step below one second gives 2 (the reference stops there). Throws RangeError on a negative duration.
 */
export function flatLine(values: Values, times: Times, limits: FlatLimits): Verdict[] {
  requireSameLength(values, times)
  if (limits.suspectS < 0 || limits.failS < 0) throw new RangeError('a duration is negative')
  if (values.length < FEWEST) return values.map(() => 1)
  const stepS = medianStepS(times)
  if (stepS < 1) return judgeEach(values, () => 2)
  const suspect = Math.trunc(Math.trunc(limits.suspectS) / stepS)
  const fail = Math.trunc(Math.trunc(limits.failS) / stepS)
  const farthest = Math.max(suspect, fail)
  return judgeEach(values, (_, index) => {
    const points = flatPoints(values, { index, farthest, tolerance: limits.tolerance })
    if (points >= fail) return 4
    return points >= suspect ? 3 : 1
  })
}

interface Reach {
  index: number
  farthest: number
  tolerance: number
}

/** How many points before `index`, at most `farthest`, are flat with it; -1 where it is not flat with itself. */
function flatPoints(values: Values, { index, farthest, tolerance }: Reach): number {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let back = 0; back <= farthest; back++) {
    if (back > index) return back - 1
    const value = values[index - back]
    if (!isPresent(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
    if (!(high - low < tolerance)) return back - 1
  }
  return farthest
}
