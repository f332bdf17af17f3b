import { climatology } from './climatology.js'
import { flatLineByTime } from './flat-time.js'
import { grossRange } from './gross-range.js'
import {
  isBad,
  type Judgement,
  type Point,
  seenValue,
  type TestName,
  untested,
  withVerdict,
} from './judgement.js'
import type { QualityLimits } from './limits.js'
import { rateOfChange } from './rate-of-change.js'
import { isChangeScatter, isSpikeScatter } from './scatter.js'
import { spike } from './spike.js'
import type { Times, Values, Verdict } from './verdict.js'

/**
 * What every reading of a whole series is, by all tests: the definition of its flags. `points` in ascending order of
 * time. The streaming form, tail.ts, comes to the same.
 */
export function judgeSeries(points: readonly Point[], limits: QualityLimits): Judgement[] {
  const values = points.map(seenValue)
  const tests = Object.entries(
    verdictsOf(
      values,
      points.map((point) => point.time),
      limits,
    ),
  )
  return points.map(({ why }, index) => {
    const value = values[index] ?? null
    if (value === null) return untested(why)
    return tests.reduce(
      (judgement, [test, verdicts]) =>
        withVerdict(
          judgement,
          { test: test as TestName, verdict: verdicts[index] ?? 9 },
          { value, limits },
        ),
      untested(why),
    )
  })
}

function verdictsOf(
  values: Values,
  times: Times,
  limits: QualityLimits,
): Record<TestName, Verdict[]> {
  const { climatologySpan, flatExemptFrom, scatterShare } = limits
  const allYear = climatologySpan && [{ timeSpan: EVER, suspectSpan: climatologySpan }]
  const flat = flatLineByTime(values, times, limits.flat)
  return {
    gross: grossRange(values, limits.gross),
    climatology: climatology({ values, times }, allYear ?? []),
    rate: rateOfChange(values, times, limits.rate).map((verdict, index) => {
      const change = [values[index - 1] ?? 0, values[index] ?? 0] as const
      return isBad(verdict) && isChangeScatter(change, scatterShare) ? 1 : verdict
    }),
    spike: spike(values, limits.spike).map((verdict, index) => {
      const three = [values[index - 1] ?? 0, values[index] ?? 0, values[index + 1] ?? 0] as const
      return isBad(verdict) && isSpikeScatter(three, scatterShare) ? 1 : verdict
    }),
    flat: flat.map((verdict, index) => ((values[index] ?? 0) >= flatExemptFrom ? 1 : verdict)),
  }
}

const EVER = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const
