import { HOUR_S, yearCurve } from '../calendar.js'
import { drift } from '../noise.js'
import { type Spot, STREAM } from '../spot.js'

/**
 * m above the site's datum, one for the whole lake: highest in January after the rains, within the 1.5 m that it
 * moves in a year (ILEC). On top a seiche of a centimetre, opposite at both ends, and wind that pushes the water.
 */
export function waterLevel(spot: Spot): number {
  const { seed, timeS, site } = spot
  const years = 0.12 * drift(seed, STREAM.level, timeS, 60 * 24 * HOUR_S)
  const season = 0.35 * yearCurve(timeS, 1)
  const end = (site.latitude - MIDDLE_LATITUDE) / HALF_LENGTH
  const swing = 0.006 * drift(seed, STREAM.seiche, timeS, 5 * HOUR_S)
  const seiche = end * swing * Math.sin((2 * Math.PI * timeS) / SEICHE_S)
  return 1.2 + season + years + seiche + 0.0004 * spot.ask('wind_speed') ** 2
}

const MIDDLE_LATITUDE = 2.5
const HALF_LENGTH = 0.17
const SEICHE_S = 42 * 60
