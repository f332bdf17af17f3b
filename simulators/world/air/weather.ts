import { pressureAtAltitude } from '../../../shared/science/water/pressure.js'
import { dayBell, dayCurve, monthOf, yearCurve } from '../calendar.js'
import { LAKE_ELEVATION_M } from '../sites.js'
import { clamp, type Spot, STREAM, slow, smoothStep } from '../spot.js'
import { rainIntensity } from './rain.js'

/** Sky, air and sun. Means and amplitudes: ../shared/data/simulator_profile.json. */

const SUN_OVERHEAD_WM2 = 1080

/** Share of the sky, 0 to 1: more in the rainy season and in the afternoon. */
export function cloudCover(spot: Spot): number {
  const season = 0.4 * yearCurve(spot.timeS, 11)
  const afternoon = 0.9 * dayBell(spot.hour, 16, 6)
  const sky = 1.1 * slow(spot, STREAM.cloud, 7) + season + afternoon - 0.5
  return 1 / (1 + Math.exp(-1.5 * sky - Math.min(rainIntensity(spot), 3)))
}

/** °C: 21.5 with 4 up and down, lowest at 6, highest at 14; less on cloudy days, cooler while it rains. */
export function airTemperature(spot: Spot): number {
  const amplitude = 4 * (1 + 0.15 * slow(spot, STREAM.warmDay, 24))
  const showered = 2 * smoothStep(rainIntensity(spot), 0, 6)
  const weather = 0.6 * slow(spot, STREAM.airTemperature, 48)
  return 21.5 + amplitude * dayCurve(spot.hour, 6, 14) + weather - showered
}

/** %: 82 at the mean temperature, 12 less at the warmest hour; near 100 in rain. */
export function relativeHumidity(spot: Spot): number {
  const dry = 3 * (spot.ask('air_temperature') - 21.5)
  const wet = 14 * smoothStep(rainIntensity(spot), 0, 4)
  return clamp(82 - dry + wet + 2.5 * slow(spot, STREAM.humidity, 24), 30, 100)
}

/** hPa at the site: the standard atmosphere at its altitude, with the tropics' two tides a day, highest at 10 and 22. */
export function airPressure(spot: Spot): number {
  const tide = 1.3 * Math.cos((4 * Math.PI * (spot.hour - 10)) / 24)
  const mean = meanPressure(spot.site.elevationM ?? LAKE_ELEVATION_M)
  return mean + tide + 0.9 * slow(spot, STREAM.pressure, 96)
}

/** W/m² on level ground: the clear sky's by the height of the sun, less what clouds take. */
export function solarRadiation(spot: Spot): number {
  const height = sunHeight(spot)
  if (height <= 0) return 0
  return SUN_OVERHEAD_WM2 * height ** 1.15 * (1 - 0.75 * spot.ask('cloud_cover') ** 2)
}

/** Sine of the sun's height; its noon there is at 12:25 local time, 99° E being six degrees from the zone's middle. */
function sunHeight({ site, hour, timeS }: Spot): number {
  const declination = -0.4091 * Math.cos((2 * Math.PI * (monthOf(timeS) + 0.32)) / 12)
  const latitude = (site.latitude * Math.PI) / 180
  const turn = (Math.PI * (hour - 12.42)) / 12
  return (
    Math.sin(latitude) * Math.sin(declination) +
    Math.cos(latitude) * Math.cos(declination) * Math.cos(turn)
  )
}

function meanPressure(altitudeM: number): number {
  const pressure = pressureAtAltitude(altitudeM)
  if (!pressure.isComputable) throw new RangeError(pressure.reason.en)
  return pressure.value.hPa
}
