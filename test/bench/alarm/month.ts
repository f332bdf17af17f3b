import { DAY_S } from '../../../simulators/world/calendar.js'
import { createWorld, type World } from '../../../simulators/world/world.js'
import { draws, LAKE_SITES, startOf } from './plan.js'
import { dangersAt, isFalse, measuredTimes } from './station.js'

/** A month in which nothing happens. */
export interface Month {
  world: World
  startS: number
  endS: number
}

const DAYS = 30

export function monthOf(seed: number, noise: number): Month {
  const startS = startOf(draws(seed, 'month'))
  const options = { seed, startMs: startS * 1000, sites: LAKE_SITES, events: [], faults: [] }
  return { world: createWorld({ ...options, noise }), startS, endS: startS + DAYS * DAY_S }
}

export function falseAlarmsOf({ world, ...span }: Month): number {
  return LAKE_SITES.reduce((sum, site) => {
    const dangers = dangersAt(world, site, measuredTimes(world, site, span))
    return sum + dangers.filter((danger) => isFalse(world, site, danger)).length
  }, 0)
}
