import { roadCapacity } from '../../../shared/science/traffic/capacity.js'
import { equivalentsOf } from '../../../shared/science/traffic/equivalents.js'
import type { Road } from '../../../shared/science/traffic/road.js'
import { rainIntensity } from '../air/rain.js'
import type { SiteTraffic } from '../sites.js'
import { type Direction, type Spot, smoothStep } from '../spot.js'
import { demand, mix, type VehicleClass } from './demand.js'

export interface Flow {
  /** Vehicles an hour in each direction. */
  vehH: Record<Direction, number>
  mix: Record<VehicleClass, number>
  /** Flow against capacity, 0 to 1. */
  degree: number
  /** What a light vehicle on its own drives, km/h. */
  speedKmH: number
}

const SHOULDER_M = 1
const BUSIER_SHARE = 55
/** At capacity a road is driven at some four tenths of its free speed. */
const SPEED_LOST = 0.6

/**
 * What of the demand the road carries, and how fast: no more than its capacity by PKJI 2014, and slower the nearer to
 * it. There is no memory of a queue: what found no room does not come later.
 */
export function flowAt(spot: Spot, traffic: SiteTraffic): Flow {
  const { road, capacitySmp } = roadOf(traffic)
  const wanted = { 0: demand(spot, traffic, 0), 1: demand(spot, traffic, 1) }
  const shares = mix(spot, traffic)
  const smpPerVehicle = weight(road, wanted[0] + wanted[1], shares)
  const wantedSmp = (wanted[0] + wanted[1]) * smpPerVehicle
  const roomSmp = capacitySmp * spot.ask('road_capacity')
  const carried = wantedSmp > roomSmp ? roomSmp / wantedSmp : 1
  const degree = roomSmp > 0 ? Math.min(1, wantedSmp / roomSmp) : 1
  const rain = 1 - 0.08 * smoothStep(rainIntensity(spot), 0, 10)
  return {
    vehH: { 0: wanted[0] * carried, 1: wanted[1] * carried },
    mix: shares,
    degree,
    speedKmH: traffic.freeSpeed * rain * (1 - SPEED_LOST * degree ** 1.8),
  }
}

/** Worked out once for each road, since every minute of traffic asks. */
const roads = new WeakMap<SiteTraffic, { road: Road; capacitySmp: number }>()

function roadOf(traffic: SiteTraffic): { road: Road; capacitySmp: number } {
  const known = roads.get(traffic)
  if (known !== undefined) return known
  const { widthM, friction, population } = traffic
  const road = {
    type: '2/2-undivided',
    widthM,
    busierShare: BUSIER_SHARE,
    friction,
    shoulderM: SHOULDER_M,
    population,
  } as const
  const capacity = roadCapacity(road)
  if (!capacity.isComputable) throw new RangeError(capacity.reason.en)
  const found = { road, capacitySmp: capacity.value }
  roads.set(traffic, found)
  return found
}

/** Passenger car units of the mean vehicle. */
function weight(road: Road, vehH: number, shares: Record<VehicleClass, number>): number {
  const units = equivalentsOf(road, vehH)
  if (units === undefined) throw new RangeError('no passenger car units for this road')
  return shares.light + shares.motorcycle * units.motorcycle + shares.heavy * units.heavyVehicle
}
