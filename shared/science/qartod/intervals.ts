import type { Times } from './verdict.js'

/** Time steps as the reference sees them: it cuts each to whole seconds before it divides. */

/** Whole seconds of a duration, cut towards zero; binary rounding below a microsecond is no second less. */
export function wholeSeconds(seconds: number): number {
  return Math.trunc(Math.round(seconds * 1e6) / 1e6)
}

/** The median step in whole seconds, of an even count the middle of the two; NaN for fewer than two times. */
export function medianStepS(times: Times): number {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? Number.NaN))
  steps.sort((a, b) => a - b)
  const half = steps.length >> 1
  const upper = steps[half] ?? Number.NaN
  const lower = steps.length % 2 === 1 ? upper : (steps[half - 1] ?? Number.NaN)
  return wholeSeconds((lower + upper) / 2)
}
