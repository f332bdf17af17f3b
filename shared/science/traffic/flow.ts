import {
  computeFrom,
  type Input,
  notComputable,
  objection,
  quantityInput,
  type Result,
  type Text,
} from '../result.js'
import { SOURCES } from '../sources.js'
import { equivalentsOf } from './equivalents.js'
import type { Road } from './road.js'

/**
 * Vehicles counted in one period, of both directions where the road is undivided, else of the one direction.
 * Vehicles without a motor are side friction and no flow.
 */
export interface Counts {
  motorcycles: number | null
  lightVehicles: number | null
  heavyVehicles: number | null
  periodS: number
}

export interface Flow {
  /** Vehicles an hour. */
  vehH: number
  /** Passenger car units (smp) an hour. */
  smpH: number
}

const NO_EQUIVALENTS: Text = {
  id: 'lebar jalur atau jumlah lajur belum ditentukan',
  en: 'the width or the number of lanes has not been set',
}

/** Flow in vehicles an hour: the counts of a quarter of an hour times four. */
export function trafficFlow(counts: Counts): Result<number> {
  const basis = { inputs: countInputs(counts), source: SOURCES.traffic }
  return computeFrom(basis, (motorcycles, light, heavy, periodS) =>
    perHour(motorcycles + light + heavy, periodS),
  )
}

/** Flow with each class weighed by what it takes of the road, by the table of its type. */
export function weightedFlow(counts: Counts, road: Road): Result<Flow> {
  const basis = { inputs: countInputs(counts), source: SOURCES.traffic }
  const flow = trafficFlow(counts)
  if (!flow.isComputable) return flow
  const weights = equivalentsOf(road, flow.value)
  if (weights === undefined) return notComputable(NO_EQUIVALENTS, basis)
  return computeFrom(basis, (motorcycles, light, heavy, periodS) => ({
    vehH: flow.value,
    smpH: perHour(motorcycles * weights.motorcycle + light + heavy * weights.heavyVehicle, periodS),
  }))
}

/**
 * Peak-hour factor from the vehicles in the four quarters of one hour, in any unit: 1 where they are even, 0.25
 * where all came in one.
 */
export function peakHourFactor(
  quarters: readonly [number | null, number | null, number | null, number | null],
): Result<number> {
  const inputs = quarters.map((value, index): Input => {
    const name = { id: `hitungan 15 menit ke-${index + 1}`, en: `15-minute count ${index + 1}` }
    return { key: `quarter_${index + 1}`, name, value, unit: 'kend', valid: [0, 1e6] }
  })
  const basis = { inputs, source: SOURCES.traffic }
  if (objection(inputs) === undefined && quarters.every((count) => count === 0)) {
    return notComputable({ id: 'tidak ada kendaraan', en: 'no vehicles' }, basis)
  }
  return computeFrom(basis, (...counts) => {
    const hour = counts.reduce((sum, count) => sum + count, 0)
    return hour / (4 * Math.max(...counts))
  })
}

function countInputs({ motorcycles, lightVehicles, heavyVehicles, periodS }: Counts): Input[] {
  return [
    quantityInput('motorcycle_count', motorcycles, [0, 1e6]),
    quantityInput('light_vehicle_count', lightVehicles, [0, 1e6]),
    quantityInput('heavy_vehicle_count', heavyVehicles, [0, 1e6]),
    quantityInput('counting_period', periodS, [1, 86_400]),
  ]
}

function perHour(vehicles: number, periodS: number): number {
  return (vehicles * 3600) / periodS
}
