import { WHY } from '../../../shared/schema/flags.js'
import type { Point } from '../../../shared/science/qartod/judgement.js'
import { toSteps } from '../../../shared/wire/quantities.js'
import { WORLD_SITES } from '../../../simulators/world/sites.js'
import { createWorld, type World } from '../../../simulators/world/world.js'
import { DAYS, type Episode, type Place, type Plan, STEP_S } from './plan.js'

const DAY_S = 86_400

/** The world of a plan, with the faults given. */
export function worldOf({ seed, startS, events }: Plan, faults: readonly Episode[]): World {
  return createWorld({ seed, startMs: startS * 1000, sites: WORLD_SITES, events, faults })
}

/** Readings as they reach the store, five minutes apart, before the tests. */
export function pointsOf(world: World, { site, quantity }: Place, startS: number): Point[] {
  const points: Point[] = []
  for (let time = startS; time < startS + DAYS * DAY_S; time += STEP_S) {
    const value = world.sensed(site, quantity.key, time * 1000)
    if (value === null) continue
    const isPlausible = value >= quantity.min && value <= quantity.max
    points.push({ time, value: toSteps(quantity, value), why: isPlausible ? 0 : WHY.range })
  }
  return points
}
