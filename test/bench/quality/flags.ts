import { WHY } from '../../../shared/schema/flags.js'
import { judgeSeries } from '../../../shared/science/qartod/judge-series.js'
import type { Judgement, Point } from '../../../shared/science/qartod/judgement.js'
import type { QualityLimits } from '../../../shared/science/qartod/limits.js'
import { type DayMeans, neighbourVerdict } from '../../../shared/science/qartod/neighbour.js'
import { DAYS } from './plan.js'

const DAY_S = 86_400

/** A series with its flags. */
export interface Judged {
  points: readonly Point[]
  judgements: Judgement[]
  /** By day; see `neighbourVerdict`. */
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
 * The series of one quantity with the neighbour test, day by day: each day is judged when it has ended, by what is
 * known then, and its readings get the verdict.
 */
export function withNeighbours(
  series: readonly Judged[],
  startS: number,
  departure: number,
): Judged[] {
  const suspect = series.map(() => new Set<number>())
  const asNeighbours = series.map(({ means }) => [...means])
  for (let day = 0; day < DAYS; day++) {
    const verdicts = series.map(({ means }, index) => {
      const others = asNeighbours.filter((_, other) => other !== index)
      return neighbourVerdict(
        means.slice(0, day + 1),
        others.map((other) => other.slice(0, day + 1)),
        departure,
      )
    })
    for (const [index, verdict] of verdicts.entries()) {
      const own = asNeighbours[index]
      if (verdict !== 3 || own === undefined) continue
      suspect[index]?.add(day)
      own[day] = null
    }
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
