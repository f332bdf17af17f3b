import type { Judgement, Point } from '../../../shared/science/qartod/judgement.js'

/** Readings with flag 3 or 4, one after another. */
export interface Run {
  fromS: number
  toS: number
  /** All reasons in it. */
  why: number
}

/** Flagged readings no further apart than this are one run: what somebody would look at once. */
const APART_S = 3600

export function runsOf(points: readonly Point[], judgements: readonly Judgement[]): Run[] {
  const runs: Run[] = []
  for (const [index, { time }] of points.entries()) {
    const { flag = 0, why = 0 } = judgements[index] ?? {}
    if (flag < 3) continue
    const last = runs.at(-1)
    if (last === undefined || time - last.toS > APART_S) runs.push({ fromS: time, toS: time, why })
    else {
      last.toS = time
      last.why |= why
    }
  }
  return runs
}

/** When a sensor is at fault, in unix seconds. */
export interface Fault {
  fromS: number
  /** From when on it is so wrong that it is to be found; infinite where it never is. */
  wrongS: number
  toS: number
}

export interface Outcome {
  /** The first reading of the fault that has flag 3 or 4; undefined: it was not found. */
  foundS: number | undefined
  /** Runs that touch no time of the fault. */
  falseRuns: Run[]
}

/** `fault` is undefined for a sensor that is well. */
export function outcomeOf(
  points: readonly Point[],
  judgements: readonly Judgement[],
  fault: Fault | undefined,
): Outcome {
  const runs = runsOf(points, judgements)
  if (fault === undefined) return { foundS: undefined, falseRuns: runs }
  const { fromS, wrongS, toS } = fault
  const found = points.find(
    ({ time }, index) => time >= wrongS && time < toS && (judgements[index]?.flag ?? 0) >= 3,
  )
  // The first good reading jumps back from the last bad one.
  const afterS = points.find(({ time }) => time >= toS)?.time ?? toS
  const falseRuns = runs.filter((run) => run.toS < fromS || run.fromS > afterS)
  return { foundS: found?.time, falseRuns }
}

export interface Score {
  found: number
  episodes: number
  falseRuns: number
}

/** What was found is right, every false run is wrong. */
export function precision({ found, falseRuns }: Score): number {
  const said = found + falseRuns
  return said === 0 ? 1 : found / said
}

export function recall({ found, episodes }: Score): number {
  return episodes === 0 ? 1 : found / episodes
}
