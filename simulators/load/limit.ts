import type { SendResult } from './send.js'

/** The search for the highest rate that a service keeps up with: doubled until it does not, then bisected. */

/** 99 of 100 frames are acknowledged within this, from the moment they were meant to leave. */
export const LIMIT_MS = 1_000
/** The rate that passed and the one that did not are this close at the end. */
const CLOSE_ENOUGH = 1.1
/** A sender that is later than this is the limit itself. */
const OWN_LATE_MS = 250

export interface Step {
  framesPerS: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  isWithin: boolean
  /** Why not. */
  why: string
}

/** The rate of the next step; undefined when the search is over. */
export function nextRate(firstFramesPerS: number, steps: readonly Step[]): number | undefined {
  const good = highestGood(steps)
  const bad = Math.min(...steps.filter(({ isWithin }) => !isWithin).map((step) => step.framesPerS))
  if (steps.length === 0) return firstFramesPerS
  if (good === 0) return undefined
  if (bad === Number.POSITIVE_INFINITY) return good * 2
  return bad / good <= CLOSE_ENOUGH ? undefined : (good + bad) / 2
}

/** 0 when none was. */
export function highestGood(steps: readonly Step[]): number {
  return Math.max(0, ...steps.filter(({ isWithin }) => isWithin).map((step) => step.framesPerS))
}

export function judge(framesPerS: number, result: SendResult): Step {
  const { p50Ms, p99Ms, maxMs } = result.fromDue.summary()
  const why = reasonAgainst(result, p99Ms)
  return { framesPerS, p50Ms, p99Ms, maxMs, isWithin: why === '', why }
}

function reasonAgainst(result: SendResult, p99Ms: number): string {
  if (result.mostLateMs > OWN_LATE_MS && result.isOverrun === false && p99Ms >= LIMIT_MS) {
    return 'this machine sends too late'
  }
  if (result.isOverrun) return 'the service falls behind'
  if (result.unanswered > 0) return `${result.unanswered} not acknowledged`
  return p99Ms < LIMIT_MS ? '' : 'too slow'
}
