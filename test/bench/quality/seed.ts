import type { Point } from '../../../shared/science/qartod/judgement.js'
import { limitsOf, type QualityLimits } from '../../../shared/science/qartod/limits.js'
import { quantityByKey } from '../../../shared/wire/quantities.js'
import type { World } from '../../../simulators/world/world.js'
import { correctionCriterion } from './criteria.js'
import { type Judged, judge, withNeighbours } from './flags.js'
import { type Episode, isWandering, PLACES, type Place, type Plan } from './plan.js'
import { type Fault, outcomeOf } from './score.js'
import { pointsOf, worldOf } from './series.js'

/** What became of the faults of one kind in one world. */
export interface Result {
  fault: string
  episodes: { place: Place; wrongS: number; foundS: number | undefined }[]
  falseRuns: { place: Place; why: number }[]
}

type Series = ReadonlyMap<Place, Judged>

/** The worlds of a plan, judged: one for each kind of fault. */
export function resultsOf(plan: Plan): Result[] {
  const world = worldOf(plan, [])
  const well: Series = new Map(PLACES.map((place) => [place, judgedAt(world, place, plan)]))
  return plan.faults.map(({ kind, faults }) => {
    const world = worldOf(plan, faults)
    const series = new Map(well)
    const broken = new Map<Place, Fault>()
    for (const place of PLACES) {
      const episode = faults.find((fault) => isAt(fault, place))
      const healthy = well.get(place)
      if (episode === undefined || healthy === undefined) continue
      const one = judgedAt(world, place, plan)
      series.set(place, one)
      broken.set(place, faultOf(episode, plan, [healthy.points, one.points]))
    }
    return { fault: kind.name, ...outcomes(withAllNeighbours(series, plan), broken) }
  })
}

function outcomes(series: Series, broken: ReadonlyMap<Place, Fault>): Omit<Result, 'fault'> {
  const result: Omit<Result, 'fault'> = { episodes: [], falseRuns: [] }
  for (const [place, { points, judgements }] of series) {
    const fault = broken.get(place)
    const { foundS, falseRuns } = outcomeOf(points, judgements, fault)
    const wrongS = fault?.wrongS ?? Number.POSITIVE_INFINITY
    if (wrongS !== Number.POSITIVE_INFINITY) result.episodes.push({ place, wrongS, foundS })
    result.falseRuns.push(...falseRuns.map(({ why }) => ({ place, why })))
  }
  return result
}

function isAt(episode: Episode, { site, quantity }: Place): boolean {
  return episode.site === site && episode.quantity === quantity.key
}

function judgedAt(world: World, place: Place, { startS }: Plan): Judged {
  return judge(pointsOf(world, place, startS), limitsAt(place), startS)
}

function limitsAt({ quantity }: Place): QualityLimits {
  const limits = limitsOf(quantity.id)
  if (limits === undefined) throw new RangeError(`no limits of ${quantity.key}`)
  return limits
}

function withAllNeighbours(series: Series, { startS }: Plan): Series {
  const tested = new Map(series)
  for (const quantity of new Set(PLACES.map((place) => place.quantity))) {
    const departure = limitsOf(quantity.id)?.neighbourDeparture
    if (departure === undefined) continue
    const own = [...series].filter(([place]) => place.quantity === quantity)
    const judged = withNeighbours(
      own.map(([, one]) => one),
      startS,
      departure,
    )
    for (const [index, one] of judged.entries()) {
      const [place] = own[index] ?? []
      if (place !== undefined) tested.set(place, one)
    }
  }
  return tested
}

/** A wandering sensor is to be found once its error, by a healthy one in the same world, is to be corrected. */
function faultOf(
  { kind, quantity, afterS, durationS }: Episode,
  { startS }: Plan,
  [well, broken]: readonly [readonly Point[], readonly Point[]],
): Fault {
  const fromS = startS + afterS
  const toS = fromS + (durationS ?? kind.durationH * 3600)
  const criterion = correctionCriterion(quantity)
  if (!isWandering(kind) || criterion === undefined) return { fromS, wrongS: fromS, toS }
  const step = quantityByKey(quantity)?.step ?? 1
  const truth = new Map(well.map(({ time, value }) => [time, value * step]))
  const wrong = broken.find(({ time, value }) => {
    const right = truth.get(time)
    return right !== undefined && Math.abs(value * step - right) > criterion(right)
  })
  return { fromS, wrongS: wrong?.time ?? Number.POSITIVE_INFINITY, toS }
}
