import { isPresent, judgeEach, type Values, type Verdict } from './verdict.js'

/**
 * average: the distance from the middle of the two neighbours; the neighbours of a spike are flagged too.
 * differential: the smaller of the two steps, and only where they go in opposite directions.
 */
export type SpikeMethod = 'average' | 'differential'

export interface SpikeLimits {
  /** In the unit of the values. Absent or 0: this limit is not tested, as in the reference. */
  suspect?: number
  fail?: number
  method?: SpikeMethod
}

/**
 * Spike (QARTOD test 6): 4 above the fail limit, else 3 above the suspect limit, else 1; a value that only
 * reaches a limit is good. The first and the last point and those beside a missing one are 2; missing 9.
 */
export function spike(values: Values, limits: SpikeLimits): Verdict[] {
  return judgeEach(values, (value, index) => {
    const before = values[index - 1]
    const after = values[index + 1]
    if (!isPresent(before) || !isPresent(after)) return 2
    return spikeVerdict([before, value, after], limits)
  })
}

/** Of the middle one of three present values. */
export function spikeVerdict(
  [before, value, after]: readonly [number, number, number],
  { suspect = 0, fail = 0, method = 'average' }: SpikeLimits,
): Verdict {
  const height = method === 'average' ? distanceFromMiddle : smallerStep
  const size = height(before, value, after)
  if (fail !== 0 && size > fail) return 4
  return suspect !== 0 && size > suspect ? 3 : 1
}

function distanceFromMiddle(before: number, value: number, after: number): number {
  return Math.abs(value - (before + after) / 2)
}

/** The differential height of a spike; 0 where both steps go the same way. */
export function smallerStep(before: number, value: number, after: number): number {
  const up = value - before
  const down = after - value
  return up * down >= 0 ? 0 : Math.min(Math.abs(up), Math.abs(down))
}
