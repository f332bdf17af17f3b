import { dayBell, monthOf } from '../calendar.js'
import { blend, type Spot, STREAM, slow, smoothStep } from '../spot.js'
import { wetness } from './rain.js'

/**
 * What people and fires put into the air, µg/m³ at 25 °C and 1 atm. PM2.5: median 14, spread 0.5, three times as much
 * in the burning season (../shared/data/simulator_profile.json); gases: small-town levels, engineering judgement.
 */

const MEDIAN_PM = 14
const BURNING_FACTOR = 3

/** Traffic and kitchens: morning and evening, the evening under a lid of cool air. 0 to about 1. */
function town(hour: number): number {
  return 0.15 + 0.6 * dayBell(hour, 7, 3) + 0.8 * dayBell(hour, 19, 4) + 0.25 * dayBell(hour, 13, 6)
}

/** 0 outside July to October, up to 1 while fields and peat burn. */
function burning(spot: Spot): number {
  const month = monthOf(spot.timeS)
  const season = smoothStep(month, 5.8, 7) * (1 - smoothStep(month, 9.5, 10.3))
  return season * smoothStep(slow(spot, STREAM.burning, 8 * 24), -0.5, 1.5)
}

/** How little the air is stirred: 1 in calm, less in wind. */
function stillness(spot: Spot): number {
  return 1.6 / (1 + 0.6 * spot.ask('wind_speed'))
}

export function fineParticles(spot: Spot): number {
  const weather =
    0.4 * slow(spot, STREAM.particles, 60) + 0.25 * slow(spot, STREAM.particlesHours, 3)
  const day = (0.55 + 0.7 * town(spot.hour)) * blend(1, stillness(spot), 0.5)
  const washed = 1 - 0.5 * (1 - Math.exp(-wetness(spot, 6) / 12))
  const smoke = 1 + (BURNING_FACTOR - 1) * burning(spot)
  return MEDIAN_PM * Math.exp(weather) * day * washed * smoke
}

/** Fine particles and the road's dust, which rain lays. */
export function coarseParticles(spot: Spot): number {
  const dust = 7 * Math.exp(0.4 * slow(spot, STREAM.coarse, 12)) * (0.3 + town(spot.hour))
  return 1.25 * spot.ask('pm2_5') + dust * Math.exp(-wetness(spot, 12) / 8)
}

export function carbonMonoxide(spot: Spot): number {
  const traffic = 450 * town(spot.hour) * stillness(spot)
  return (330 + traffic) * Math.exp(0.15 * slow(spot, STREAM.gases, 20)) + 6 * spot.ask('pm2_5')
}

export function nitrogenDioxide(spot: Spot): number {
  return (
    (5 + 16 * town(spot.hour) * stillness(spot)) * Math.exp(0.25 * slow(spot, STREAM.gases, 20))
  )
}

/** Made by the sun, eaten by fresh exhaust. */
export function ozone(spot: Spot): number {
  const sun = 40 * dayBell(spot.hour, 14, 7) * (1 - 0.5 * spot.ask('cloud_cover'))
  const fresh = 0.5 * spot.ask('nitrogen_dioxide')
  return Math.max(3, (32 + sun) * Math.exp(0.12 * slow(spot, STREAM.gases + 100, 30)) - fresh)
}

export function sulfurDioxide(spot: Spot): number {
  return (3 + 2.5 * town(spot.hour)) * Math.exp(0.3 * slow(spot, STREAM.gases + 200, 30))
}

/** ppm. Plants and soil breathe into the still air of the night. */
export function carbonDioxide(spot: Spot): number {
  return 418 + 22 * dayBell(spot.hour, 4, 8) * stillness(spot) + 6 * town(spot.hour)
}
