import { dayBell } from '../calendar.js'
import { blend, type Spot, STREAM, slow } from '../spot.js'

/**
 * Wind over the lake and its shore: calm nights at about 1 m/s, a lake breeze in the afternoon of about 4 m/s, and
 * the weather's own on top. Levels: ../shared/data/simulator_profile.json.
 */

const NIGHT_MS = -0.8
const AFTERNOON_MS = 3.8
/** About the middle of the lake's southern half: the breeze blows from there by day and back by night. */
const MIDDLE = { longitude: 98.9, latitude: 2.52 }

/** m/s. */
export function windSpeed(spot: Spot): number {
  const [east, north] = blowing(spot)
  return Math.hypot(east, north)
}

/** Degrees that it comes from, 0 to 360. */
export function windDirection(spot: Spot): number {
  const [east, north] = blowing(spot)
  return degrees(-east, -north)
}

/** m/s, the highest of the last minutes. */
export function windGust(spot: Spot): number {
  const speed = spot.ask('wind_speed')
  return 0.3 + speed * (1.35 + 0.2 * Math.abs(slow(spot, STREAM.gust, 0.2)))
}

/** m/s towards east and north. */
function blowing(spot: Spot): [number, number] {
  const { longitude, latitude } = spot.site
  const breeze = blend(NIGHT_MS, AFTERNOON_MS, dayBell(spot.hour, 15, 7))
  const away = Math.atan2(latitude - MIDDLE.latitude, longitude - MIDDLE.longitude)
  const east = 0.9 * slow(spot, STREAM.windEast, 9) + 0.4 * slow(spot, STREAM.windPuffEast, 0.5)
  const north = 0.9 * slow(spot, STREAM.windNorth, 9) + 0.4 * slow(spot, STREAM.windPuffNorth, 0.5)
  return [breeze * Math.cos(away) + east, breeze * Math.sin(away) + north]
}

function degrees(east: number, north: number): number {
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360
}
