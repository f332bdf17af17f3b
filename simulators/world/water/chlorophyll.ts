import { dayBell } from '../calendar.js'
import { type Spot, STREAM, slow } from '../spot.js'

/**
 * µg/L: about 1.6 near the surface and most at 10–20 m (measured 0.8–3.8 in November 2017). In strong light the
 * algae at the surface shine less, so a fluorometer reads a tenth lower at noon.
 */
export function chlorophyll(spot: Spot): number {
  const light = 1 - 0.1 * dayBell(spot.hour, 12.5, 5) * Math.exp(-spot.depthM / 5)
  const layer = 1 + 0.7 * Math.exp(-(((spot.depthM - 15) / 8) ** 2))
  const deep = Math.exp(-((spot.depthM / 60) ** 2))
  return 1.6 * Math.exp(0.25 * slow(spot, STREAM.chlorophyll, 120)) * light * layer * deep
}
