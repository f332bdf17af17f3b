import type { Tier } from '../../../shared/schema/alarm.js'
import { DEFAULT_RULES } from '../../../shared/science/alarms/default-rules.js'
import type { Episode, Measurement } from '../../../shared/science/alarms/episode.js'
import { episodesOf, isAbout, isOfChannel } from '../../../shared/science/alarms/evaluate.js'
import { judgeSeries } from '../../../shared/science/qartod/judge-series.js'
import type { Point } from '../../../shared/science/qartod/judgement.js'
import { limitsOf } from '../../../shared/science/qartod/limits.js'
import {
  fromSteps,
  type Quantity,
  quantityByKey,
  toSteps,
} from '../../../shared/wire/quantities.js'
import { STATION_KEYS } from '../../../simulators/world/sensors.js'
import type { WorldSite } from '../../../simulators/world/sites.js'
import type { World } from '../../../simulators/world/world.js'

/** A lake station in a world: its series with the flags that the service gives them, and what the rules make of them. */

const STEP_S = 300
const URGENT_STEP_S = 60
/** mg/L: below, the station samples fast, until three samples in a row were calm. */
export const URGENT_BELOW = 5.5
const CALM_SAMPLES = 3

/** Its oxygen, and when it measured: the other channels go with it. */
export function measuredTimes(
  world: World,
  site: WorldSite,
  { startS, endS }: { startS: number; endS: number },
): number[] {
  const times: number[] = []
  let urgent = 0
  for (let time = startS; time < endS; time += urgent > 0 ? URGENT_STEP_S : STEP_S) {
    times.push(time)
    const oxygen = world.sensed(site, 'dissolved_oxygen', time * 1000)
    urgent = oxygen !== null && oxygen < URGENT_BELOW ? CALM_SAMPLES : Math.max(0, urgent - 1)
  }
  return times
}

function flagged(
  world: World,
  site: WorldSite,
  { quantity, times }: { quantity: Quantity; times: readonly number[] },
): Measurement[] {
  const points = times.flatMap((time): Point[] => {
    const value = world.sensed(site, quantity.key, time * 1000)
    return value === null ? [] : [{ time, value: toSteps(quantity, value), why: 0 }]
  })
  const limits = limitsOf(quantity.id)
  if (limits === undefined) throw new RangeError(`no limits of ${quantity.key}`)
  const judgements = judgeSeries(points, limits)
  return points.map(({ time, value }, index) => {
    const { flag, why } = judgements[index] ?? { flag: 2, why: 0 }
    return { time, value: fromSteps(quantity, value), flag, why }
  })
}

/** What every default rule about the water says of a station, waspada or higher. */
export function dangersAt(world: World, site: WorldSite, times: readonly number[]): Episode[] {
  const series = new Map(
    STATION_KEYS.lake.map((key) => {
      const quantity = quantityByKey(key)
      if (quantity === undefined) throw new RangeError(`the registry has no ${key}`)
      return [key, flagged(world, site, { quantity, times })]
    }),
  )
  const waterTemperature = series.get('water_temperature') ?? []
  const found: Episode[] = []
  for (const { purpose, definition } of DEFAULT_RULES) {
    if (purpose !== 'danger' || !isOfChannel(definition)) continue
    for (const [quantity, own] of series) {
      if (!isAbout(definition, quantity)) continue
      found.push(...episodesOf(definition, { own, quantity, waterTemperature }))
    }
  }
  return found.filter(({ tier }) => tier !== 'note')
}

/** The oxygen that each tier stands for, mg/L. */
export const TIER_OXYGEN: Readonly<Record<Exclude<Tier, 'note'>, number>> = {
  waspada: 5,
  siaga: 4,
  awas: 3,
}
const MARGIN = 0.3
const AROUND_S = 7200
const LOOK_S = 60

/** Whether the true oxygen never came near what the tier says, within two hours either way of the alarm. */
export function isFalse(world: World, site: WorldSite, { tier, raisedS }: Episode): boolean {
  if (tier === 'note') return false
  for (let time = raisedS - AROUND_S; time <= raisedS + AROUND_S; time += LOOK_S) {
    const oxygen = world.truth(site, 'dissolved_oxygen', time * 1000)
    if (oxygen !== null && oxygen < TIER_OXYGEN[tier] + MARGIN) return false
  }
  return true
}
