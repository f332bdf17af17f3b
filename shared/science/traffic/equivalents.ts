import type { Road, RoadType } from './road.js'

/** Passenger car equivalents of urban roads (emp; ekr in PKJI 2014). A light vehicle is 1. */

export interface Equivalents {
  heavyVehicle: number
  motorcycle: number
}

interface Row extends Equivalents {
  type: RoadType
  /** Vehicles an hour: of both directions where undivided, of one lane where divided. */
  fromFlow: number
  belowFlow: number
  /** Widest carriageway of the row, in metres. */
  upToWidthM?: number
}

const ANY = Number.POSITIVE_INFINITY

/** The first row that fits holds. */
// biome-ignore format: one row a line reads as the table it is
export const EQUIVALENTS: readonly Row[] = [
  { type: '2/2-undivided', fromFlow: 0, belowFlow: 1800, upToWidthM: 6, heavyVehicle: 1.3, motorcycle: 0.5 },
  { type: '2/2-undivided', fromFlow: 0, belowFlow: 1800, heavyVehicle: 1.3, motorcycle: 0.4 },
  { type: '2/2-undivided', fromFlow: 1800, belowFlow: ANY, upToWidthM: 6, heavyVehicle: 1.2, motorcycle: 0.35 },
  { type: '2/2-undivided', fromFlow: 1800, belowFlow: ANY, heavyVehicle: 1.2, motorcycle: 0.25 },
  { type: '4/2-undivided', fromFlow: 0, belowFlow: 3700, heavyVehicle: 1.3, motorcycle: 0.4 },
  { type: '4/2-undivided', fromFlow: 3700, belowFlow: ANY, heavyVehicle: 1.2, motorcycle: 0.25 },
  { type: 'divided', fromFlow: 0, belowFlow: 1050, heavyVehicle: 1.3, motorcycle: 0.4 },
  { type: 'divided', fromFlow: 1050, belowFlow: ANY, heavyVehicle: 1.2, motorcycle: 0.25 },
]

/** Of a road at a flow in vehicles an hour; undefined where the table needs a width or lanes that are unknown. */
export function equivalentsOf(
  { type, widthM, lanes }: Road,
  vehiclesPerHour: number,
): Equivalents | undefined {
  if (type === '2/2-undivided' && widthM === null) return undefined
  if (type === 'divided' && !lanes) return undefined
  const flow = type === 'divided' && lanes ? vehiclesPerHour / lanes : vehiclesPerHour
  return EQUIVALENTS.find(
    (row) =>
      row.type === type &&
      flow >= row.fromFlow &&
      flow < row.belowFlow &&
      (widthM ?? 0) <= (row.upToWidthM ?? ANY),
  )
}
