import { isPresent, type Verdict } from './verdict.js'

export interface Place {
  lonDeg: number | null
  latDeg: number | null
}

/** Radius of the sphere in metres that the reference measures distances on. */
const EARTH_M = 6_371_000

/**
 * Location (QARTOD test 3): 4 off the globe (180 and 90 degrees themselves lie on it) or where only one of the two
 * is missing; 9 where both are. With `farthestM`, 3 where a place lies farther from the one before it.
 */
export function location(places: readonly Place[], farthestM?: number): Verdict[] {
  return places.map((place, index) => {
    const { lonDeg, latDeg } = place
    if (!isPresent(lonDeg) && !isPresent(latDeg)) return 9
    if (!isPresent(lonDeg) || !isPresent(latDeg)) return 4
    if (Math.abs(lonDeg) > 180 || Math.abs(latDeg) > 90) return 4
    const before = places[index - 1]
    if (farthestM === undefined || before === undefined) return 1
    return haversineM(before, place) > farthestM ? 3 : 1
  })
}

/** Great-circle distance in metres; NaN where a coordinate is missing. */
function haversineM(from: Place, to: Place): number {
  const [lat1, lat2] = [radians(from.latDeg), radians(to.latDeg)]
  const dLat = lat2 - lat1
  const dLon = radians(to.lonDeg) - radians(from.lonDeg)
  const a = Math.sin(dLat / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_M * Math.atan2(Math.sqrt(a), Math.sqrt(1 - a))
}

function radians(degrees: number | null): number {
  return isPresent(degrees) ? (degrees * Math.PI) / 180 : Number.NaN
}
