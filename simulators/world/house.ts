import { dayCurve } from './calendar.js'
import { type Spot, STREAM, slow } from './spot.js'

/** What a healthy node would tell of itself: a lithium cell of 3.7 V behind a 6 V panel, in a closed box. */

/** V. */
export function batteryVoltage(spot: Spot): number {
  return 3.97 + 0.1 * dayCurve(spot.hour, 6.5, 16) + 0.03 * slow(spot, STREAM.battery, 60)
}

/** V. */
export function solarVoltage(spot: Spot): number {
  return 6 * (1 - Math.exp(-spot.ask('solar_radiation') / 60))
}

/** °C: the air's, and up to 12 more in full sun. */
export function enclosureTemperature(spot: Spot): number {
  return spot.ask('air_temperature') + spot.ask('solar_radiation') / 85
}
