import { rainIntensity } from '../air/rain.js'
import { dayBell, weekdayOf } from '../calendar.js'
import type { SiteTraffic } from '../sites.js'
import { along, type Direction, type Spot, STREAM, slow, smoothStep } from '../spot.js'

/**
 * How many would like to drive Jalan Lintas Sumatera here. Hours, mix and week: ../shared/data/simulator_profile.json,
 * engineering judgement.
 */

export const CLASSES = ['motorcycle', 'light', 'heavy', 'non-motor'] as const
export type VehicleClass = (typeof CLASSES)[number]

/** Share of a day's vehicles in each hour, local time. */
const BY_HOUR = [
  0.012, 0.008, 0.007, 0.008, 0.014, 0.028, 0.052, 0.066, 0.062, 0.057, 0.055, 0.056, 0.057, 0.055,
  0.056, 0.06, 0.066, 0.07, 0.06, 0.048, 0.038, 0.03, 0.021, 0.014,
]
const HOURS: [number, number][] = [
  [-0.5, BY_HOUR[23] ?? 0],
  ...BY_HOUR.map((share, hour): [number, number] => [hour + 0.5, share]),
  [24.5, BY_HOUR[0] ?? 0],
]
const WEEKEND_FACTOR = 1.25
/** The daily number of a site is the mean of a week. */
const WEEK_MEAN = (5 + 2 * WEEKEND_FACTOR) / 7
const MARKET_FACTOR = 1.35

/** Vehicles an hour. */
export function demand(spot: Spot, traffic: SiteTraffic, direction: Direction): number {
  const weekday = weekdayOf(spot.day)
  const week = (weekday === 0 || weekday === 6 ? WEEKEND_FACTOR : 1) / WEEK_MEAN
  const market = 1 + (MARKET_FACTOR - 1) * marketBustle(spot, traffic)
  const chance = Math.exp(0.06 * slow(spot, STREAM.demand, 30))
  const rain = 1 - 0.15 * smoothStep(rainIntensity(spot), 0, 8)
  const hour = traffic.daily * along(HOURS, spot.hour) * directionShare(spot.hour, direction)
  return hour * week * market * chance * rain * spot.ask('traffic_demand')
}

/** Shares of the classes, which add up to 1: trucks travel by night, motorcycles and carts go to market. */
export function mix(spot: Spot, traffic: SiteTraffic): Record<VehicleClass, number> {
  const night = dayBell(spot.hour, 2, 6)
  const market = marketBustle(spot, traffic)
  const heavy = 0.09 + 0.16 * night - 0.02 * market
  const nonMotor = 0.01 * (1 - night) + 0.02 * market
  const motorcycle = (0.64 - 0.2 * night) * (1 - heavy - nonMotor)
  return { motorcycle, heavy, 'non-motor': nonMotor, light: 1 - motorcycle - heavy - nonMotor }
}

function marketBustle({ day, hour }: Spot, { marketDay }: SiteTraffic): number {
  return weekdayOf(day) === marketDay ? dayBell(hour, 9, 5) : 0
}

/** Towards Pematangsiantar in the morning, back in the evening. */
function directionShare(hour: number, direction: Direction): number {
  const towardsSiantar = 0.5 + 0.06 * dayBell(hour, 7, 4) - 0.06 * dayBell(hour, 17, 4)
  return direction === 1 ? towardsSiantar : 1 - towardsSiantar
}
