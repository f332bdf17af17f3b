import type { Channel, Sample } from '../../shared/wire/frame.js'
import { quantityByKey, toSteps } from '../../shared/wire/quantities.js'
import { drift, gaussian, uniform } from './noise.js'
import type { WorldSite } from './sites.js'

/**
 * What a station at a site would measure: daily shapes and noise, and nothing that happens. Means and
 * amplitudes are engineering judgement within published ranges for Lake Toba (surface 24.6–26.7 °C,
 * pH 7.3–8.2, oxygen 6.3–6.8 mg/L, 160–190 µS/cm). Every value is a function of seed, site and time.
 */

const KEYS = {
  lake: ['water_temperature', 'ph', 'dissolved_oxygen', 'conductivity_25', 'turbidity'],
  air: ['air_temperature', 'relative_humidity', 'air_pressure', 'pm2_5', 'pm10'],
  road: [
    'motorcycle_count',
    'light_vehicle_count',
    'heavy_vehicle_count',
    'non_motor_count',
    'mean_speed',
    'occupancy',
    'counting_period',
  ],
} as const

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
const WIB_S = 7 * HOUR_S

/** Share of a day's vehicles in each hour, local time. */
const TRAFFIC_BY_HOUR = [
  0.012, 0.008, 0.007, 0.008, 0.014, 0.028, 0.052, 0.066, 0.062, 0.057, 0.055, 0.056, 0.057, 0.055,
  0.056, 0.06, 0.066, 0.07, 0.06, 0.048, 0.038, 0.03, 0.021, 0.014,
]
const BUSIEST_HOUR = 0.07
const VEHICLE_LENGTH_M = 4
/** Share of motorcycles, light and heavy vehicles, and of what has no engine. */
const MIX = [0.57, 0.33, 0.09, 0.01]

/** The channels of a station at this site, in the order of its samples' values. */
export function channelsAt(site: WorldSite): Channel[] {
  return KEYS[site.kind].map((key) => ({ quantity: quantityOf(key).id, position: 0 }))
}

/** Keys of the registry in the order of `channelsAt`. */
export function keysAt(site: WorldSite): readonly string[] {
  return KEYS[site.kind]
}

/** @param periodS how long a road station has counted. */
export function sampleAt(site: WorldSite, seed: number, timeS: number, periodS: number): Sample {
  const chance = chanceAt(site, seed, timeS)
  const units =
    site.kind === 'lake'
      ? lakeValues(site, chance)
      : site.kind === 'air'
        ? airValues(chance)
        : roadValues(site, chance, periodS)
  const values = KEYS[site.kind].map((key, index) => {
    const value = units[index]
    return value === undefined || value === null ? null : toSteps(quantityOf(key), value)
  })
  return { time: timeS, values }
}

interface Chance {
  /** Local hour of the day, with its fraction. */
  hour: number
  /** 1 at `peakHour`, -1 twelve hours away. */
  daily(peakHour: number): number
  noise(stream: number): number
  /** Changes over hours. */
  slow(stream: number): number
  uniform(stream: number): number
}

function chanceAt(site: WorldSite, seed: number, timeS: number): Chance {
  const place = [...site.name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, seed)
  const hour = ((timeS + WIB_S) % DAY_S) / HOUR_S
  return {
    hour,
    daily: (peakHour) => Math.cos((2 * Math.PI * (hour - peakHour)) / 24),
    noise: (stream) => gaussian(place, stream, timeS),
    slow: (stream) => drift(place, 100 + stream, timeS, 6 * HOUR_S),
    uniform: (stream) => uniform(place, 200 + stream, timeS),
  }
}

function lakeValues(site: WorldSite, { daily, noise, slow }: Chance): number[] {
  const temperature = 25.9 + 0.55 * daily(15) + 0.25 * slow(0) + 0.03 * noise(0)
  const saturation = 0.95 + 0.06 * daily(15) + 0.015 * slow(2)
  const oxygen =
    oxygenAtSaturation(temperature) * saturation + (site.oxygenOffset ?? 0) + 0.05 * noise(2)
  const ph = 7.9 + 0.12 * daily(15) + (site.phOffset ?? 0) + 0.03 * slow(1) + 0.02 * noise(1)
  const conductivity = 168 + (site.conductivityOffset ?? 0) + 2 * slow(3) + 0.4 * noise(3)
  const turbidity = 1.4 * (site.turbidityFactor ?? 1) * Math.exp(0.3 * slow(4) + 0.05 * noise(4))
  return [temperature, ph, oxygen, conductivity, turbidity]
}

/**
 * mg/L at 909 hPa: a parabola through the formula of Benson and Krause (APHA 4500-O) at 905 m: 22 °C 7.822,
 * 24 °C 7.528, 26 °C 7.252, 28 °C 6.993; within 0.002 between them.
 */
function oxygenAtSaturation(temperature: number): number {
  const above = temperature - 26
  return 7.2519 - 0.1337 * above + 0.0021 * above * above
}

function airValues({ hour, daily, noise, slow }: Chance): number[] {
  const temperature = 21.5 + 4 * daily(14) + 0.5 * slow(0) + 0.08 * noise(0)
  const humidity = Math.min(100, 82 - 12 * daily(14) + 2 * slow(1) + 0.4 * noise(1))
  const pressure = 909 + 1.3 * Math.cos((4 * Math.PI * (hour - 10)) / 24) + 0.6 * slow(2)
  const fine = 14 * Math.exp(0.35 * slow(3) + 0.06 * noise(3))
  const coarse = fine * (1.5 + 0.05 * noise(4))
  return [temperature, humidity, pressure, fine, coarse]
}

/** Nobody passes in a quiet ten seconds: then there is no speed. */
function roadValues(site: WorldSite, chance: Chance, periodS: number): (number | null)[] {
  const share = TRAFFIC_BY_HOUR[Math.floor(chance.hour)] ?? 0
  const expected = ((site.dailyTraffic ?? 0) * share * periodS) / HOUR_S
  const counts = MIX.map((part, index) => Math.floor(expected * part + chance.uniform(index)))
  const vehicles = counts.reduce((sum, count) => sum + count, 0)
  const free = site.freeSpeed ?? 50
  const speed = free * (1 - (0.35 * share) / BUSIEST_HOUR) + 1.5 * chance.noise(0)
  const secondsOverDetector = VEHICLE_LENGTH_M / (speed / 3.6)
  const occupancy = Math.min(100, (100 * vehicles * secondsOverDetector) / periodS)
  return [...counts, vehicles > 0 ? speed : null, occupancy, periodS]
}

function quantityOf(key: string) {
  const quantity = quantityByKey(key)
  if (quantity === undefined) throw new Error(`the registry has no ${key}`)
  return quantity
}
