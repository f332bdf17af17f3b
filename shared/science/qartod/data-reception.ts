import { judgeEach, type Values, type Verdict } from './verdict.js'

export interface Reception {
  /** Unix seconds to look back from. */
  now: number
  /** Cut to whole seconds. */
  limitHours?: number
}

/**
 * Data reception on unix seconds: 4 for a time more than `limitHours` before `now`, else 1, in the future too;
 * exactly the limit is good. Missing 9.
 */
export function dataReception(times: Values, { now, limitHours = 6 }: Reception): Verdict[] {
  const limitS = Math.trunc(limitHours * 3600)
  return judgeEach(times, (time) => (now - time > limitS ? 4 : 1))
}

/** Impossible date on unix seconds: 4 for a time after `now`, else 1. Missing 9. */
export function impossibleDate(times: Values, now: number): Verdict[] {
  return judgeEach(times, (time) => (time > now ? 4 : 1))
}
