import { oxygenSaturation } from '../../../shared/science/water/oxygen.js'
import { LAKE_TOBA_ALTITUDE_M, pressureAtAltitude } from '../../../shared/science/water/pressure.js'
import { dayCurve } from '../calendar.js'
import { type Spot, STREAM, slow } from '../spot.js'

/**
 * mg/L: a share of what water of this temperature holds at 905 m (7.25 at 26 °C). At the surface 0.95 ± 0.06 over the
 * day, lowest at dawn, highest at 15; near nothing below 100 m, where under the cages none was found.
 */
export function dissolvedOxygen(spot: Spot): number {
  const byLight = 0.06 * dayCurve(spot.hour, 6, 15) * Math.exp(-spot.depthM / 8)
  const share = 0.95 + byLight + 0.012 * slow(spot, STREAM.oxygen, 15)
  const full = saturation(spot.ask('water_temperature'))
  const depth = oxygenated(spot.depthM)
  return Math.max(0, (full * share + (spot.site.oxygenOffset ?? 0)) * depth)
}

/** 1 at the surface, half at about 60 m, none below 120. */
export function oxygenated(depthM: number): number {
  return (1 + Math.exp(-60 / 13)) / (1 + Math.exp((depthM - 60) / 13))
}

const pressure = pressureAtAltitude(LAKE_TOBA_ALTITUDE_M)
const pressureHpa = pressure.isComputable ? pressure.value.hPa : null

function saturation(waterTempC: number): number {
  const full = oxygenSaturation({ waterTempC, pressureHpa })
  if (!full.isComputable) throw new RangeError(full.reason.en)
  return full.value
}
