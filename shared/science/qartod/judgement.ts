import { type Flag, WHY } from '../../schema/flags.js'
import type { QualityLimits } from './limits.js'
import type { Verdict } from './verdict.js'

/** A reading as the tests see it: `value` in steps of its quantity, `why` with the reasons known so far. */
export interface Point {
  /** Unix seconds. */
  time: number
  value: number
  why: number
}

/** Flag and reasons of a reading. */
export interface Judgement {
  flag: Flag
  why: number
}

/** Reasons that the tests give, and take back when data around a reading change. The others stay. */
const TESTED = WHY.gross | WHY.spike | WHY.rate | WHY.flat | WHY.climatology

/** With these a value says nothing about the place, nor about its neighbours. */
const FAILED = WHY.range | WHY.maintenance | WHY.drift
/** Reasons from elsewhere that make a reading suspect whatever these tests say. */
const DOUBTED = WHY.clock | WHY.neighbour

/** The tests see a missing value where a reading has failed before them. */
export function seenValue({ value, why }: Point): number | null {
  return (why & FAILED) === 0 ? value : null
}

/** A reading before its tests. */
export function untested(why: number): Judgement {
  const kept = why & ~TESTED
  if ((kept & FAILED) !== 0) return { flag: 4, why: kept }
  return { flag: (kept & DOUBTED) !== 0 ? 3 : 2, why: kept }
}

export type TestName = 'gross' | 'spike' | 'rate' | 'flat' | 'climatology'

export function isBad(verdict: Verdict): verdict is 3 | 4 {
  return verdict === 3 || verdict === 4
}

/** A reading of which some test was made and none found anything. */
export function passed(why: number): Judgement {
  const before = untested(why)
  return before.flag === 2 ? { flag: 1, why: before.why } : before
}

/** `judgement` with the verdict of one more test on a present value. */
export function withVerdict(
  judgement: Judgement,
  { test, verdict }: { test: TestName; verdict: Verdict },
  { value, limits }: { value: number; limits: QualityLimits },
): Judgement {
  if (verdict === 1) return judgement.flag === 2 ? { ...judgement, flag: 1 } : judgement
  if (!isBad(verdict)) return judgement
  const isSuspectAtMost =
    test === 'flat' ? value < limits.flatSuspectBelow : limits.isSuspectAtMost && test !== 'gross'
  const given = isSuspectAtMost ? 3 : verdict
  const flag = given > judgement.flag ? given : judgement.flag
  return { flag, why: judgement.why | WHY[test] }
}
