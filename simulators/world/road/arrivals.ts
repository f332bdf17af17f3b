import type { Field } from '../field.js'
import { gaussian, uniform } from '../noise.js'
import type { SiteTraffic } from '../sites.js'
import { type Direction, type Spot, STREAM } from '../spot.js'
import { CLASSES, type VehicleClass } from './demand.js'
import { type Flow, flowAt } from './flow.js'

/** Single vehicles. Platoons arrive by chance (Poisson), each led by one whom the others cannot overtake. */

export interface Vehicle {
  timeS: number
  direction: Direction
  class: VehicleClass
  kmH: number
  /** A detector counts it; motorcycles in a platoon hide each other. */
  isSeen: boolean
}

/** Time is cut into minutes; what sets out in one does not depend on any other. */
const CELL_S = 60
const LONGEST_PLATOON = 12
const HEADWAY_S = [1.2, 3.2] as const
const SPEED_FACTOR = { motorcycle: 0.97, light: 1, heavy: 0.82, 'non-motor': 0.3 }
const SPREAD = 0.13
/** Shares that a radar or a pair of beams counts (facts: motorcycles in platoons −10…−30 %). */
const SEEN = { motorcycle: 0.95, light: 0.98, heavy: 0.97, 'non-motor': 0.7 }
const HIDDEN_MOTORCYCLES = 0.2

/** After `fromS`, up to and with `toS`, in no order. */
export function vehiclesBetween(
  spot: Spot,
  traffic: SiteTraffic,
  [fromS, toS]: readonly [number, number],
): Vehicle[] {
  const found: Vehicle[] = []
  // The tail of a platoon arrives in the next minute.
  for (let cell = Math.floor(fromS / CELL_S) - 1; cell <= Math.floor(toS / CELL_S); cell++) {
    for (const vehicle of vehiclesOf(spot, traffic, cell)) {
      if (vehicle.timeS > fromS && vehicle.timeS <= toS) found.push(vehicle)
    }
  }
  return found
}

const KEPT_CELLS = 64
/** By site of a world: the minutes asked for last, since every quantity and the next sample ask again. */
const kept = new WeakMap<Field, { cell: number; vehicles: readonly Vehicle[] }[]>()

function vehiclesOf(spot: Spot, traffic: SiteTraffic, cell: number): readonly Vehicle[] {
  const cells = kept.get(spot.field) ?? []
  kept.set(spot.field, cells)
  const found = cells[cell % KEPT_CELLS]
  if (found?.cell === cell) return found.vehicles
  const flow = flowAt(spot.at((cell + 0.5) * CELL_S), traffic)
  const own = spot.field.own
  const vehicles = [...arrivals(own, flow, cell, 0), ...arrivals(own, flow, cell, 1)]
  cells[cell % KEPT_CELLS] = { cell, vehicles }
  return vehicles
}

function arrivals(own: number, flow: Flow, cell: number, direction: Direction): Vehicle[] {
  // Platoons grow with the traffic that nobody can overtake.
  const meanSize = 1.15 + 2.5 * flow.degree
  const setOut = ((flow.vehH[direction] / 3600) * CELL_S) / meanSize
  const lane: Lane = { own, cell, direction }
  const platoons = poisson(setOut, chance(lane, 63, 0))
  const vehicles: Vehicle[] = []
  for (let platoon = 0; platoon < platoons; platoon++) {
    const size = geometric(meanSize, chance(lane, platoon, 1))
    let timeS = (cell + chance(lane, platoon, 2)) * CELL_S
    let leaderKmH = Number.POSITIVE_INFINITY
    for (let number = 0; number < size; number++) {
      const part = 3 + 8 * number
      const vehicleClass = classOf(flow.mix, chance(lane, platoon, part))
      const wish = flow.speedKmH * SPEED_FACTOR[vehicleClass]
      const kmH = wish * Math.exp(SPREAD * gaussian(own, STREAM.vehicles + 7 + number, timeS * 10))
      if (number > 0) {
        const headway = chance(lane, platoon, part + 1)
        timeS += HEADWAY_S[0] + (HEADWAY_S[1] - HEADWAY_S[0]) * headway
      }
      leaderKmH = Math.min(kmH, leaderKmH)
      const hidden = number > 0 && vehicleClass === 'motorcycle' ? HIDDEN_MOTORCYCLES : 0
      const isSeen = chance(lane, platoon, part + 2) < SEEN[vehicleClass] - hidden
      vehicles.push({ timeS, direction, class: vehicleClass, kmH: leaderKmH, isSeen })
    }
  }
  return vehicles
}

interface Lane {
  own: number
  cell: number
  direction: Direction
}

function chance({ own, cell, direction }: Lane, platoon: number, part: number): number {
  return uniform(own, STREAM.vehicles + 100 * (direction + 2 * part), cell * 64 + platoon)
}

function classOf(mix: Flow['mix'], drawn: number): VehicleClass {
  let left = drawn
  for (const vehicleClass of CLASSES) {
    left -= mix[vehicleClass]
    if (left < 0) return vehicleClass
  }
  return 'light'
}

/** By inversion; the means here are a few platoons a minute. */
function poisson(mean: number, drawn: number): number {
  let probability = Math.exp(-mean)
  let total = probability
  let count = 0
  while (drawn > total && count < 60) {
    count++
    probability *= mean / count
    total += probability
  }
  return count
}

/** 1 or more. */
function geometric(mean: number, drawn: number): number {
  if (mean <= 1) return 1
  const size = 1 + Math.floor(Math.log(1 - drawn) / Math.log(1 - 1 / mean))
  return Math.min(size, LONGEST_PLATOON)
}
