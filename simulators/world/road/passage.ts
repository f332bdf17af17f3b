import { spotSpeeds } from '../../../shared/science/traffic/speeds.js'
import type { Field } from '../field.js'
import type { Spot } from '../spot.js'
import { type Vehicle, vehiclesBetween } from './arrivals.js'
import type { VehicleClass } from './demand.js'

/** What passed in a period: all of it, or what a detector saw. */
export interface Passage {
  counts: Record<VehicleClass, number>
  /** Speeds of motor vehicles, km/h. */
  speeds: number[]
  /** Share of the period for which somebody stood over a detector, %. */
  occupancy: number
}

/** With the metre and a half that a detector itself is long. */
const LENGTH_M = { motorcycle: 3.5, light: 6, heavy: 10.5, 'non-motor': 3.5 }

export function passage(spot: Spot, isSeen: boolean): Passage {
  const { timeS, periodS, direction } = spot
  const slots = kept.get(spot.field) ?? {}
  kept.set(spot.field, slots)
  const key = isSeen ? 'seen' : 'all'
  const last = slots[key]
  if (last?.timeS === timeS && last.periodS === periodS && last.direction === direction) {
    return last.passage
  }
  const traffic = spot.site.traffic
  const all = traffic === undefined ? [] : vehiclesBetween(spot, traffic, [timeS - periodS, timeS])
  const counted = all.filter(
    (vehicle) =>
      (direction === undefined || vehicle.direction === direction) && (vehicle.isSeen || !isSeen),
  )
  const summary = summarise(counted, direction === undefined ? 2 * periodS : periodS)
  slots[key] = { timeS, periodS, direction, passage: summary }
  return summary
}

/** Null where nobody passed. */
export function meanSpeed({ speeds }: Passage): number | null {
  if (speeds.length === 0) return null
  return speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length
}

/** A percentile of a handful of vehicles says nothing: then there is none. */
export function v85({ speeds }: Passage): number | null {
  const result = spotSpeeds(speeds)
  return result.isComputable ? result.value.v85KmH : null
}

type Kept = Pick<Spot, 'timeS' | 'periodS' | 'direction'> & { passage: Passage }

/** The last one asked for, since a sample asks for seven quantities of it. */
const kept = new WeakMap<Field, { all?: Kept; seen?: Kept }>()

function summarise(vehicles: readonly Vehicle[], detectorS: number): Passage {
  const counts = { motorcycle: 0, light: 0, heavy: 0, 'non-motor': 0 }
  const speeds: number[] = []
  let coveredS = 0
  for (const vehicle of vehicles) {
    counts[vehicle.class]++
    coveredS += LENGTH_M[vehicle.class] / (vehicle.kmH / 3.6)
    if (vehicle.class !== 'non-motor') speeds.push(vehicle.kmH)
  }
  return { counts, speeds, occupancy: Math.min(100, (100 * coveredS) / detectorS) }
}
