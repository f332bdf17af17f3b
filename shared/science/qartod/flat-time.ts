import type { FlatTimes } from './limits.js'
import {
  isPresent,
  judgeEach,
  requireSameLength,
  type Times,
  type Values,
  type Verdict,
} from './verdict.js'

/**
 * Flat line by time. The reference turns a duration into points by the median step of the whole series, so that
 * later data change what earlier points are; here the points themselves say how long a line lasts: from its first
 * point to its last, and a step more, as the reference counts. On a regular series both give the same flags.
 *
 * A step of more than half of the shorter duration ends a line: nobody knows what was in between, and three points
 * at least make a line. Missing points continue one and take no part in its range; they are 9.
 */
export function flatLineByTime(values: Values, times: Times, limits: FlatTimes): Verdict[] {
  requireSameLength(values, times)
  return judgeEach(values, (_, index) => {
    const start = lineStart(values, times, { index, ...limits })
    const [time, first, before] = [times[index], times[start], times[index - 1]]
    if (start >= index || time === undefined || first === undefined) return 1
    return lineVerdict(time - first, time - (before ?? time), limits)
  })
}

/** A line that lasts `lengthS` and had its last point `stepS` after the one before. */
export function lineVerdict(lengthS: number, stepS: number, limits: FlatTimes): Verdict {
  if (lengthS === 0) return 1
  if (lengthS + stepS > limits.failS) return 4
  return lengthS + stepS > limits.suspectS ? 3 : 1
}

export function longestStepS({ suspectS, failS }: FlatTimes): number {
  return Math.min(suspectS, failS) / 2
}

function lineStart(values: Values, times: Times, line: FlatTimes & { index: number }): number {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let at = line.index; ; at--) {
    const value = values[at]
    if (isPresent(value)) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    if (!(high - low < line.tolerance)) return at + 1
    const stepS = (times[at] ?? 0) - (times[at - 1] ?? Number.NEGATIVE_INFINITY)
    if (stepS > longestStepS(line)) return at
  }
}
