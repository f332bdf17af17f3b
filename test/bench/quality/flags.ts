import { WHY } from '../../../shared/schema/flags.js'
import { judgeSeries } from '../../../shared/science/qartod/judge-series.js'
import type { Judgement, Point } from '../../../shared/science/qartod/judgement.js'
import type { QualityLimits } from '../../../shared/science/qartod/limits.js'
import type { DayMeans } from '../../../shared/science/qartod/neighbour.js'
import { JUDGED_DAYS, suspectDays } from '../../../shared/science/qartod/neighbour-days.js'
import { DAYS } from './plan.js'

const DAY_S = 86_400

/** A series with its flags. */
export interface Judged {
  points: readonly Point[]
  judgements: Judgement[]
  /** By day. */
  means: DayMeans
}

export function judge(points: readonly Point[], limits: QualityLimits, startS: number): Judged {
  const judgements = judgeSeries(points, limits)
  return { points, judgements, means: meansOf(points, judgements, startS) }
}

/** As reading_day has them: of flags 1 and 2. */
function meansOf(
  points: readonly Point[],
  judgements: readonly Judgement[],
  startS: number,
): DayMeans {
  const days = Array.from({ length: DAYS }, () => ({ sum: 0, used: 0 }))
  for (const [index, { time, value }] of points.entries()) {
    const day = days[dayOf(time, startS)]
    if (day === undefined || (judgements[index]?.flag ?? 9) > 2) continue
    day.sum += value
    day.used++
  }
  return days.map(({ sum, used }) => (used === 0 ? null : sum / used))
}

/**
 * The series of one quantity with the neighbour test as the service runs it: when each day has ended, on the days that
 * late data may still change, by what is known then; and their readings get the verdict.
 */
export function withNeighbours(
  series: readonly Judged[],
  startS: number,
  departure: number,
): Judged[] {
  let suspect = series.map((): ReadonlySet<number> => new Set())
  for (let day = 0; day < DAYS; day++) {
    const from = Math.max(0, day + 1 - JUDGED_DAYS)
    const asNeighbours = series.map(({ means }, index) =>
      means.slice(0, day + 1).map((mean, at) => (suspect[index]?.has(at) ? null : mean)),
    )
    suspect = series.map(({ means }, index) => {
      const known = suspect[index] ?? new Set()
      const others = asNeighbours.filter((_, other) => other !== index)
      const hood = { own: means.slice(0, day + 1), others, resets: [0] }
      const before = [...known].filter((one) => one < from)
      return new Set([...before, ...suspectDays(hood, departure, { from, known })])
    })
  }
  return series.map((one, index) => doubted(one, suspect[index] ?? new Set(), startS))
}

function doubted(series: Judged, days: ReadonlySet<number>, startS: number): Judged {
  if (days.size === 0) return series
  const judgements = series.judgements.map((judgement, index) => {
    const day = dayOf(series.points[index]?.time ?? 0, startS)
    if (!days.has(day)) return judgement
    const flag = judgement.flag === 4 ? 4 : 3
    return { flag, why: judgement.why | WHY.neighbour } as const
  })
  return { ...series, judgements }
}

function dayOf(time: number, startS: number): number {
  return Math.floor((time - startS) / DAY_S)
}
