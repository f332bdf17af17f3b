import { wetness } from '../air/rain.js'
import { dayCurve, yearCurve } from '../calendar.js'
import { lasting, type Spot, STREAM, slow } from '../spot.js'
import { oxygenated } from './oxygen.js'
import { upperWater } from './temperature.js'

/** pH 7.9 ± 0.12 over the day with the light; half a unit lower where nothing grows (profile; measured 7.3–8.2). */
export function ph(spot: Spot): number {
  const byLight = 0.12 * dayCurve(spot.hour, 6, 15) * Math.exp(-spot.depthM / 8)
  const deep = 0.6 * (1 - oxygenated(spot.depthM))
  return 7.9 + byLight + (spot.site.phOffset ?? 0) + 0.03 * slow(spot, STREAM.ph, 18) - deep
}

/**
 * µS/cm at 25 °C: 168 with 4 between sites and 3 over the year, up to 6 less after heavy rain, a little more in deep
 * water (profile; 160–190 from memory).
 */
export function conductivity(spot: Spot): number {
  const place = (spot.site.conductivityOffset ?? 0) + 3 * lasting(spot, STREAM.conductivitySite)
  const rain = 6 * (1 - Math.exp(-wetness(spot, 18) / 25)) * Math.exp(-spot.depthM / 5)
  const season = 3 * yearCurve(spot.timeS, 8)
  const deep = 5 * (1 - upperWater(spot.depthM))
  return 168 + place + season - rain + deep + 0.8 * slow(spot, STREAM.conductivity, 48)
}
